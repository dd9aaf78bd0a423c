"""Every measurement of every store: its tags and fields, written once.

One row per tags and time, whatever the number of quantities. Time is the start of the
interval [unix s]. A row's tags never change; what may change is a field. Dashboards and
the API are tested against this table.
"""

from dataclasses import dataclass
from typing import Final, Literal

from sensors.ledger import COUNTED
from sensors.reading import QUANTITIES

Kind = Literal["int", "float", "str"]

AREAS: Final = "areas"
"""Tag of the areas in force at event time, as ``,a,b,`` (so that ``,a,`` finds one).

It follows from site and time and the city file, so it is no part of a row's identity;
areas that change go through a recomputation, which deletes first.
"""


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field of a measurement.

    Parameters
    ----------
    name
        Its name.
    kind
        The one type of all its values.
    unit
        Unit, or empty.
    """

    name: str
    kind: Kind
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A kind of row.

    Parameters
    ----------
    name
        Its name.
    tags
        Tags that, with the time, tell one row from another.
    fields
        Its fields; ``valid``, ``revision`` and ``origin`` first.
    with_areas
        Whether rows carry the tag `AREAS`.
    raw
        Whether it holds readings (kept for a while) or what was derived from them.
    """

    name: str
    tags: tuple[str, ...]
    fields: tuple[FieldType, ...]
    with_areas: bool = True
    raw: bool = False

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names of the fields, in order."""
        return tuple(field.name for field in self.fields)


def _fields(kind: Kind, *names: str, unit: str = "") -> tuple[FieldType, ...]:
    return tuple(FieldType(name, kind, unit) for name in names)


ALWAYS: Final = (*_fields("int", "valid", "revision"), *_fields("str", "origin"))
"""Fields that every row has; queries show rows with ``valid`` = 1."""


def _quantity(name: str, unit: str) -> tuple[FieldType, ...]:
    return (
        FieldType(name, "int", f"10⁻⁶ {unit}"),
        *_fields("int", f"{name}_flag", f"{name}_revision"),
    )


def _reading(kind: str) -> Measurement:
    return Measurement(
        name=f"reading_{kind}",
        tags=("city", "site", "device", "lane", "period"),
        with_areas=False,
        raw=True,
        fields=(
            *ALWAYS,
            *_fields("int", "late", "conflicts"),
            *(
                field
                for quantity in QUANTITIES
                if quantity.kind == kind
                for field in _quantity(quantity.name, quantity.unit)
            ),
        ),
    )


AIR_NAMES: Final = tuple(q.name for q in QUANTITIES if q.kind == "air")
NOWCAST_NAMES: Final = ("pm25", "pm10")
SUB_NAMES: Final = ("pm25", "pm10", "o3", "o3_1h", "o3_8h", "no2", "so2", "co")

_AIR_QUALITY = Measurement(
    name="air_quality",
    tags=("city", "site", "standard", "averaging"),
    fields=(
        *ALWAYS,
        *_fields("int", "end", "aqi", "provisional", "beyond_scale"),
        *_fields("str", "category", "dominant", "reason", "station_class"),
        *_fields("int", "observed", "tick", unit="unix s"),
        *_fields("int", *AIR_NAMES, unit="10⁻⁶ unit of the quantity"),
        *_fields("float", *(f"{name}_completeness" for name in AIR_NAMES)),
        *_fields("int", *(f"{name}_flag" for name in AIR_NAMES)),
        *_fields("int", *(f"{name}_nowcast" for name in NOWCAST_NAMES)),
        *_fields("int", *(f"{name}_sub" for name in SUB_NAMES)),
        *_fields("str", "more"),
    ),
)

_CONGESTION = Measurement(
    name="congestion",
    tags=("city", "site"),
    fields=(
        *ALWAYS,
        *_fields("int", "end", "evaluated", unit="unix s"),
        *_fields("str", "level", "method", "reason"),
        *_fields("float", "flow", unit="veh/h"),
        *_fields("float", "speed", "free_flow", unit="km/h"),
        *_fields("float", "occupancy", "ratio", "completeness"),
        *_fields("int", "free_flow_assumed", "stale", "vehicles"),
        *_fields("int", "level_since", "observed", "tick", unit="unix s"),
    ),
)

_EVENT = Measurement(
    name="event",
    tags=("city", "site", "id"),
    fields=(
        *ALWAYS,
        *_fields("str", "kind", "headline_vi", "headline_en"),
        *_fields("int", "until", unit="unix s"),
        *_fields("str", "record"),
    ),
)

_ALERT = Measurement(
    name="alert",
    tags=("city", "site", "rule"),
    fields=(
        *ALWAYS,
        *_fields("str", "transition", "state", "episode", "reason"),
        *_fields("str", "kind", "step", "severity", "quantity", "averaging"),
        *_fields("int", "since", "known", unit="unix s"),
        *_fields("float", "value", "threshold"),
        *_fields("str", "told", "record"),
    ),
)

_NOTICE = Measurement(
    name="notice",
    tags=("city", "id"),
    fields=(
        *ALWAYS,
        *_fields("int", "active", "sequence"),
        *_fields("int", "since", "until", "known", "next_update", unit="unix s"),
        *_fields("str", "kind", "rule", "site", "episode", "status"),
        *_fields("str", "urgency", "severity", "certainty"),
        *_fields("str", "headline_vi", "headline_en", "text_vi", "text_en", "told"),
        *_fields("str", "record"),
    ),
)

_LEDGER = Measurement(
    name="ledger",
    tags=("city", "device"),
    fields=(*ALWAYS, *_fields("int", *COUNTED, "in_flight", unit="readings")),
    with_areas=False,
)

_SITE_HEALTH = Measurement(
    name="site_health",
    tags=("city", "site", "device"),
    fields=(
        *ALWAYS,
        *_fields("str", "state", "reason"),
        *_fields("int", "observed", "expected", unit="unix s"),
        *_fields("float", "completeness"),
        *_fields("str", "record"),
    ),
)

MEASUREMENTS: Final = {
    measurement.name: measurement
    for measurement in (
        _reading("air"),
        _reading("traffic"),
        _AIR_QUALITY,
        _CONGESTION,
        _EVENT,
        _ALERT,
        _NOTICE,
        _LEDGER,
        _SITE_HEALTH,
    )
}
TAGS: Final = tuple(dict.fromkeys(t for m in MEASUREMENTS.values() for t in m.tags))
"""Every tag that is part of some identity, once."""
