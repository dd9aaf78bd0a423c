"""What goes wrong with devices."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.simulator.air_feed import Values, afflicted
from sensors.simulator.faults import (
    AIR_FAULTS,
    TRAFFIC_FAULTS,
    Fault,
    Kind,
    faults,
    lost,
)
from sensors.simulator.frame import DAY_S

DEVICES = tuple(f"d{k}" for k in range(30))
NOW: Values = {"pm25": 30.0, "no2": 20.0, "temperature": 29.0}
THEN: Values = {"pm25": 12.0, "no2": 8.0, "temperature": 25.0}


@given(seed=st.integers(0, 1000), day=st.integers(0, 40_000))
def test_every_kind_comes_every_day_within_it(seed: int, day: int) -> None:
    """A day has each pattern as often as it says, at different devices."""
    for patterns in (AIR_FAULTS, TRAFFIC_FAULTS):
        found = [f for fs in faults(seed, day, DEVICES, patterns).values() for f in fs]
        assert Counter(f.kind for f in found) == {p.kind: p.times for p in patterns}
        assert all(day * DAY_S <= f.start < f.end <= (day + 1) * DAY_S for f in found)


@given(chance=st.floats(0, 1, exclude_max=True))
def test_a_wrong_clock_is_off_by_seconds(chance: float) -> None:
    """It is slow by up to 40 s or fast by up to 25 s, and never right."""
    fault = Fault("clock", "d", 0, DAY_S, chance)
    assert -40 <= fault.clock_s <= -5 or 5 <= fault.clock_s <= 25


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("stuck", {**NOW, "pm25": 12.0}),
        ("negative", {**NOW, "pm25": -7.0}),
        ("sentinel", {**NOW, "temperature": 999.0}),
        ("text", {**NOW, "pm25": "ERR"}),
        ("calibrating", {**NOW, "pm25": 0.0, "no2": 0.0}),
        ("clock", NOW),
    ],
)
def test_each_kind_shows_in_its_way(kind: Kind, sent: Values) -> None:
    """A device in trouble sends these values instead of its usual ones."""
    assert afflicted(Fault(kind, "d", 0, 10, 0.1), NOW, THEN) == sent


def test_a_sentinel_without_weather_is_the_loggers() -> None:
    """A device of gases alone sends −999."""
    fault = Fault("sentinel", "d", 0, 10, 0.0)
    assert afflicted(fault, {"pm25": 3.0}, {"pm25": 3.0}) == {"pm25": -999.0}
    assert afflicted(fault, {"rain": 0.0}, {"rain": 0.0}) == {"rain": 0.0}


def test_losses_are_rare_and_settled_by_the_seed() -> None:
    """About one interval in a thousand is lost."""
    total = sum(len(lost(1, day, "d", 1440)) for day in range(50))
    assert 30 < total < 120
    assert lost(1, 3, "d", 1440) == lost(1, 3, "d", 1440)
