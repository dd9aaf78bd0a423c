import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.reading import BY_NAME, LIMIT, MICRO, QUANTITIES, Quantity
from sensors.units import UnitError, scale, units_of

_ORACLE = Path(__file__).parents[1] / "published" / "aqi-oracle.json"
_decimals = st.decimals(
    min_value=-LIMIT, max_value=LIMIT, places=6, allow_nan=False, allow_infinity=False
)


@given(_decimals)
def test_decimals_are_exact(number: Decimal) -> None:
    """A number of up to six decimals becomes exactly that many micro-units."""
    assert scale(BY_NAME["pm25"]).micro(float(number)) == number * MICRO


@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_multiples_are_exact(number: Decimal) -> None:
    """So does one in a unit that is a whole multiple of the canonical one."""
    assert scale(BY_NAME["co"], "mg/m3").micro(float(number)) == number * 1000 * MICRO


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda quantity: quantity.name)
def test_canonical_unit_changes_nothing(quantity: Quantity) -> None:
    """In its canonical unit a number stays what it is, named or not."""
    assert scale(quantity) == scale(quantity, quantity.unit)
    assert scale(quantity).micro(35.7) == 35_700_000
    assert units_of(quantity)


@pytest.mark.parametrize(
    "unit", ["µg/m³", "μg/m³", "ug/m3", "UG/M3", "µg/m^3", "ug / m3", "㎍/㎥", "µg/Nm³"]
)
def test_spellings(unit: str) -> None:
    """All usual spellings of a unit mean the same."""
    assert scale(BY_NAME["o3"], unit).micro(1) == MICRO


@pytest.mark.parametrize(
    ("quantity", "unit", "number", "expected"),
    [
        ("temperature", "°F", 212, 100),
        ("temperature", "℃", 29.4, 29.4),
        ("temperature", "K", 273.15, 0),
        ("humidity", "fraction", 0.81, 81),
        ("pressure", "kPa", 101.325, 1013.25),
        ("pressure", "Pa", 101_325, 1013.25),
        ("wind_speed", "km/h", 36, 10),
        ("wind_speed", "kn", 1, 0.514444),
        ("wind_speed", "mph", 10, 4.4704),
        ("speed_harmonic", "mi/h", 62.5, 100.584),
        ("speed_arithmetic", "m/s", 10, 36),
        ("occupancy", "%", 12.5, 0.125),
        ("occupancy", "‰", 125, 0.125),
        ("rain", "in", 1, 25.4),
    ],
)
def test_conversions(quantity: str, unit: str, number: float, expected: float) -> None:
    """Units are converted as physics has it."""
    assert scale(BY_NAME[quantity], unit).micro(number) == round(expected * MICRO)


def _published() -> list[dict[str, dict[str, float]]]:
    cases = json.loads(_ORACLE.read_text(encoding="utf-8"))
    found = [case for case in cases if case["standard"] == "unit_conversion"]
    return [case for case in found if "ppb" in case["inputs"]]


@pytest.mark.parametrize("case", _published(), ids=lambda case: case["id"])
def test_published_gas_conversions(case: dict[str, dict[str, float]]) -> None:
    """Gases go from ppb to µg/m³ as published, at 25 °C and 24.45 L/mol."""
    gas, ppb = str(case["inputs"]["gas"]), case["inputs"]["ppb"]
    micro = scale(BY_NAME[gas], "ppb").micro(ppb)
    assert micro / MICRO == pytest.approx(case["expected"]["ug_m3"], abs=0.0006)
    assert scale(BY_NAME[gas], "ppm").micro(ppb / 1000) == pytest.approx(micro, abs=1)


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [("pm25", "ppb"), ("pm25", "kg"), ("temperature", "%"), ("count", ""), ("o3", "K")],
)
def test_unknown_unit(quantity: str, unit: str) -> None:
    """A unit that the quantity cannot come in is refused with those it can."""
    with pytest.raises(UnitError) as caught:
        scale(BY_NAME[quantity], unit)
    assert quantity in str(caught.value)
    assert units_of(BY_NAME[quantity])[0] in str(caught.value)
