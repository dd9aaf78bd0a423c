"""The one table of measurements."""

import pytest

from sensors.reading import QUANTITIES
from stores.schema import ALWAYS, AREAS, MEASUREMENTS, Measurement

CHANGING = {"category", "level", "flag", "dominant", "revision", "valid", "state"}


@pytest.mark.parametrize("measurement", MEASUREMENTS.values(), ids=str)
def test_measurement(measurement: Measurement) -> None:
    """A measurement has the common fields first, each name once, no changing tag."""
    names = [field.name for field in measurement.fields]
    assert measurement.fields[: len(ALWAYS)] == ALWAYS
    assert len(names) == len(set(names))
    assert not set(names) & {*measurement.tags, AREAS, "time", "series"}
    assert measurement.tags[0] == "city"
    assert not set(measurement.tags) & CHANGING


def test_quantities() -> None:
    """Every quantity has its field, flag and revision in one reading measurement."""
    for quantity in QUANTITIES:
        names = MEASUREMENTS[f"reading_{quantity.kind}"].field_names
        assert {
            quantity.name,
            f"{quantity.name}_flag",
            f"{quantity.name}_revision",
        } <= set(names)
