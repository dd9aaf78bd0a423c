"""Lays a row out as its measurement's schema has it, or says why it does not fit."""

from typing import Any, Final

from stores.record import Row, StoreFormatError
from stores.schema import AREAS, MEASUREMENTS, FieldType, Measurement

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (float, int),
    "str": (str,),
}
_PLAIN: Final[dict[str, type]] = {"int": int, "float": float, "str": str}
_NAMES: Final = {m.name: frozenset(m.field_names) for m in MEASUREMENTS.values()}
_ALWAYS: Final = {"valid": 1, "revision": 0, "origin": "live"}


def measurement_of(name: str) -> Measurement:
    """Return a measurement by name.

    Raises
    ------
    StoreFormatError
        If there is none.
    """
    if name not in MEASUREMENTS:
        known = ", ".join(MEASUREMENTS)
        message = f"measurement {name!r} is unknown; stores.schema has {known}"
        raise StoreFormatError(message)
    return MEASUREMENTS[name]


def tags_of(row: Row) -> tuple[str, ...]:
    """Return a row's identifying tags in the schema's order, absent ones empty.

    Raises
    ------
    StoreFormatError
        If it has a tag that the measurement has not.
    """
    measurement = measurement_of(row.measurement)
    unknown = row.tags.keys() - measurement.tags
    if measurement.with_areas:
        unknown -= {AREAS}
    _refuse_unknown(row, "tag", unknown, measurement.tags)
    return tuple(row.tags.get(tag, "") for tag in measurement.tags)


def fields_of(row: Row) -> list[Any]:
    """Return a row's fields in the schema's order, None where it has none.

    Raises
    ------
    StoreFormatError
        If it has a field that the measurement has not, or one of another type.
    """
    measurement = measurement_of(row.measurement)
    unknown = row.fields.keys() - _NAMES[measurement.name]
    _refuse_unknown(row, "field", unknown, measurement.field_names)
    given = {**_ALWAYS, **row.fields}
    return [
        value
        if value is None or type(value) is _PLAIN[field.kind]
        else _typed(row, field, value)
        for field in measurement.fields
        for value in (given.get(field.name),)
    ]


def _refuse_unknown(
    row: Row, what: str, unknown: set[str], known: tuple[str, ...]
) -> None:
    if unknown:
        message = (
            f"{row.measurement} row at {row.time} has {what} {min(unknown)!r}; "
            f"stores.schema has {', '.join(known)}. Add it there, or leave it out"
        )
        raise StoreFormatError(message)


def _typed(row: Row, field: FieldType, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, _TYPES[field.kind]):
        message = (
            f"{row.measurement} row at {row.time}: field {field.name} is {value!r}, "
            f"wanted {field.kind}; a field keeps one type for good"
        )
        raise StoreFormatError(message)
    return float(value) if field.kind == "float" else value  # type: ignore[arg-type]
