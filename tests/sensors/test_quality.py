import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.quality import RANGES, SENTINELS, SENTINELS_FROM, Range, assess
from sensors.reading import BY_NAME, MICRO, Flag
from sensors.units import scale, units_of

_ORACLE = Path(__file__).parents[1] / "published" / "aqi-oracle.json"


def test_published_gross_range() -> None:
    """The gross range test gives the flags of its published example [QARTOD]."""
    cases = json.loads(_ORACLE.read_text(encoding="utf-8"))
    case = next(case for case in cases if case["id"] == "QC-01")
    fail, suspect = case["inputs"]["fail_span"], case["inputs"]["suspect_span"]
    gross = Range(fail[0], suspect[0], suspect[1], fail[1])
    flags = [int(gross.flag(value)) for value in case["inputs"]["values"]]
    assert flags == case["expected"]["flags"]


@pytest.mark.parametrize("name", RANGES)
def test_ranges_are_nested(name: str) -> None:
    """The good range of each quantity lies within the possible one."""
    gross = RANGES[name]
    assert gross.fail_below <= gross.suspect_below < gross.suspect_above
    assert gross.suspect_above <= gross.fail_above


@pytest.mark.parametrize(
    ("name", "value", "flag"),
    [
        ("pm25", 35.7, Flag.GOOD),
        ("pm25", 0, Flag.GOOD),
        ("pm25", 999, Flag.GOOD),
        ("pm25", -0.4, Flag.SUSPECT),
        ("pm25", -30, Flag.FAIL),
        ("pm25", 1500, Flag.SUSPECT),
        ("pm25", 2500, Flag.FAIL),
        ("co", 9_900, Flag.GOOD),
        ("co", 9_999, Flag.FAIL),
        ("humidity", 101, Flag.SUSPECT),
        ("occupancy", 1.04, Flag.SUSPECT),
        ("occupancy", 12.5, Flag.FAIL),
        ("speed_harmonic", -1, Flag.FAIL),
        ("count", 27, Flag.GOOD),
        ("count", 27.5, Flag.FAIL),
        ("count_motorcycle", -1, Flag.FAIL),
        ("wind_direction", 361, Flag.FAIL),
    ],
)
def test_flags(name: str, value: float, flag: Flag) -> None:
    """A value gets the flag that its plausibility asks for."""
    assert assess(name, value, round(value * MICRO)) is flag


@given(st.sampled_from(sorted(SENTINELS)), st.sampled_from(sorted(RANGES)), st.data())
def test_sentinels_fail_in_any_unit(
    sent: float, name: str, data: st.DataObject
) -> None:
    """The numbers that stand for "no value" fail, before and after conversion."""
    unit = data.draw(st.sampled_from(units_of(BY_NAME[name])))
    micro = scale(BY_NAME[name], unit).micro(sent)
    assert assess(name, sent, micro) is Flag.FAIL


@given(st.sampled_from(sorted(SENTINELS)), st.sampled_from(sorted(RANGES)))
def test_low_sentinels_are_never_good_by_range(sent: float, name: str) -> None:
    """Below `SENTINELS_FROM` the good range alone keeps sentinels out."""
    if sent < SENTINELS_FROM:
        assert RANGES[name].flag(sent) is not Flag.GOOD
