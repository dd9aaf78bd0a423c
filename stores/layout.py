"""Lays a row out as its measurement's schema has it, or says why it does not fit."""

from typing import Any, Final

from stores.record import Row, StoreFormatError
from stores.schema import AREAS, MEASUREMENTS, FieldType, Measurement

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (float, int),
    "str": (str,),
}
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
    allowed = {*measurement.tags, AREAS} if measurement.with_areas else measurement.tags
    _refuse_unknown(row, "tag", set(row.tags) - set(allowed), measurement.tags)
    return tuple(row.tags.get(tag, "") for tag in measurement.tags)


def fields_of(row: Row) -> list[Any]:
    """Return a row's fields in the schema's order, None where it has none.

    Raises
    ------
    StoreFormatError
        If it has a field that the measurement has not, or one of another type.
    """
    measurement = measurement_of(row.measurement)
    names = measurement.field_names
    _refuse_unknown(row, "field", set(row.fields) - set(names), names)
    given = {**_ALWAYS, **row.fields}
    return [_typed(row, field, given.get(field.name)) for field in measurement.fields]


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
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, _TYPES[field.kind]):
        message = (
            f"{row.measurement} row at {row.time}: field {field.name} is {value!r}, "
            f"wanted {field.kind}; a field keeps one type for good"
        )
        raise StoreFormatError(message)
    return float(value) if field.kind == "float" else value  # type: ignore[arg-type]
