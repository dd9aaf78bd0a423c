"""Directions are averaged as vectors, rain adds up."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.calc.fixed import MICRO, MISSING
from streams.calc.weather import direction_mean, rain_total

SEEN = [352, 357, 13, 23, 37, 50, 48, 40, 54, 40, 45, 38]
"""An hour's directions that swing through north; their plain mean is 91°."""


def _mean(degrees: list[float], weight: list[int] | None = None) -> float:
    micro = np.array([round(each * MICRO) for each in degrees], np.int64)
    weights = np.array(weight or [1] * len(degrees), np.int64)
    return int(direction_mean(micro, weights)) / MICRO


def test_north_is_not_south() -> None:
    """350° and 10° are north, not south."""
    assert _mean([350, 10]) == pytest.approx(0, abs=1e-5)
    assert _mean(SEEN) == pytest.approx(31.8, abs=0.1)


def test_opposites_point_nowhere() -> None:
    """No direction is better than a wrong one."""
    opposite = np.array([0, 180 * MICRO], np.int64)
    assert int(direction_mean(opposite, np.ones(2, np.int64))) == MISSING


@given(st.floats(0, 359.99), st.integers(1, 12))
def test_of_one_direction_it_is_the_mean(degrees: float, count: int) -> None:
    """However often it is repeated."""
    apart = abs(_mean([degrees] * count) - degrees)
    assert min(apart, 360 - apart) < 1e-4


@given(st.lists(st.integers(0, 359), min_size=1, max_size=12), st.integers(0, 359))
def test_turning_all_turns_the_mean(degrees: list[int], turn: int) -> None:
    """The mean knows no north of its own."""
    resultant = sum(np.exp(1j * np.radians(each)) for each in degrees)
    assume(abs(resultant) > 0.05)
    turned = _mean([(each + turn) % 360 for each in degrees])
    apart = abs(turned - (_mean([float(each) for each in degrees]) + turn) % 360)
    assert min(apart, 360 - apart) < 1e-3


def test_what_has_no_weight_is_not_looked_at() -> None:
    """An empty slot has no direction."""
    assert _mean([90, 0, 0], [300, 0, 0]) == pytest.approx(90)
    nothing = np.zeros(2, np.int64)
    assert int(direction_mean(nothing, nothing)) == MISSING


def test_rain_adds_up() -> None:
    """Twelve times half a millimetre are six."""
    rain = np.full(12, MICRO // 2, np.int64)
    assert int(rain_total(rain, np.ones(12, np.int64))) == 6 * MICRO
    assert int(rain_total(rain, np.zeros(12, np.int64))) == MISSING
