"""Turns results into rows and rows into results: what a store keeps, a page shows."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from stores.record import Field, Row
from stores.schema import AIR_NAMES, AREAS, NOWCAST_NAMES, SUB_NAMES
from streams.results import AirQuality, Congestion

Result = TypeVar("Result", AirQuality, Congestion)
AreasOf = Callable[[str, int], tuple[str, ...]]
"""The areas that a site lies in at a time [unix s]."""

_AIR_PLAIN: Final = (
    *("origin", "revision", "end", "aqi", "provisional", "beyond_scale", "category"),
    *("dominant", "reason", "station_class", "observed", "tick"),
)
_AIR_DICTS: Final = (
    ("means", "", AIR_NAMES),
    ("completeness", "_completeness", AIR_NAMES),
    ("flags", "_flag", AIR_NAMES),
    ("nowcast", "_nowcast", NOWCAST_NAMES),
    ("sub", "_sub", SUB_NAMES),
)
"""Fields of a result that hold a value by name, their suffix and the names kept."""
_YES_OR_NO: Final = {"provisional", "beyond_scale", "free_flow_assumed", "stale"}
_CONGESTION: Final = tuple(
    name
    for name in Congestion.__struct_fields__
    if name not in {"v", "city", "site", "start"}
)


def no_areas(_site: str, _time: int) -> tuple[str, ...]:
    """Say that no area is known."""
    return ()


def areas_tag(areas: tuple[str, ...]) -> str:
    """Return areas as one tag, in which ``,a,`` finds one.

    >>> areas_tag(("thuan-an", "lai-thieu"))
    ',thuan-an,lai-thieu,'
    """
    return f",{','.join(areas)}," if areas else ""


def air_row(result: AirQuality, areas: tuple[str, ...] = ()) -> Row:
    """Return a result of air quality as a row of ``air_quality``."""
    fields = _plain(result, _AIR_PLAIN)
    more: dict[str, dict[str, Any]] = {}
    for name, suffix, known in _AIR_DICTS:
        values: Mapping[str, Any] = getattr(result, name)
        fields |= {f"{key}{suffix}": values[key] for key in known if key in values}
        others = {key: value for key, value in values.items() if key not in known}
        more |= {name: others} if others else {}
    if more:
        fields["more"] = msgspec.json.encode(more).decode()
    tags = {
        "city": result.city,
        "site": result.site,
        "standard": result.standard,
        "averaging": result.averaging,
        AREAS: areas_tag(areas),
    }
    return Row("air_quality", tags, result.start, fields)


def congestion_row(result: Congestion, areas: tuple[str, ...] = ()) -> Row:
    """Return a result of congestion as a row of ``congestion``."""
    tags = {"city": result.city, "site": result.site, AREAS: areas_tag(areas)}
    return Row("congestion", tags, result.start, _plain(result, _CONGESTION))


def air_of(row: Row) -> AirQuality:
    """Return the result that `air_row` made a row of."""
    fields = row.fields
    more = msgspec.json.decode(str(fields.get("more", "{}")))
    dicts = {
        name: {
            key: fields[f"{key}{suffix}"] for key in known if f"{key}{suffix}" in fields
        }
        | more.get(name, {})
        for name, suffix, known in _AIR_DICTS
    }
    return _result(row, AirQuality, _AIR_PLAIN, dicts)


def congestion_of(row: Row) -> Congestion:
    """Return the result that `congestion_row` made a row of."""
    return _result(row, Congestion, _CONGESTION, {})


def _plain(result: msgspec.Struct, names: tuple[str, ...]) -> dict[str, Field]:
    """Return the fields that have a value; a yes or no as 1 or 0."""
    values = {name: getattr(result, name) for name in names}
    return {
        name: int(value) if isinstance(value, bool) else value
        for name, value in values.items()
        if value is not None
    }


def _result(
    row: Row, kind: type[Result], names: tuple[str, ...], dicts: Mapping[str, Any]
) -> Result:
    plain = {
        name: bool(row.fields[name]) if name in _YES_OR_NO else row.fields[name]
        for name in names
        if name in row.fields
    }
    tags = {name: tag for name, tag in row.tags.items() if name != AREAS}
    return msgspec.convert({**tags, **plain, **dicts, "start": row.time}, kind)
