"""NowCast: arrays give what fractions give, to the millionth."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.calc import nowcast as module
from streams.calc.fixed import MICRO, MISSING, half_up
from streams.calc.nowcast import nowcast, nowcast_of

hour = st.one_of(
    st.just(MISSING), st.integers(0, 1000 * MICRO), st.integers(0, 40), st.just(0)
)
hours = st.lists(hour, min_size=12, max_size=12)


def _scalar(row: list[int]) -> int:
    value = nowcast_of(row).value
    return MISSING if value is None else half_up(value.numerator, value.denominator)


@given(st.lists(hours, min_size=1, max_size=8))
@example([[1, 4, MISSING] + [MISSING] * 9])
@example([[10**15 + 1, 10**15] + [MISSING] * 10])
def test_arrays_agree_with_fractions(rows: list[list[int]]) -> None:
    """Many sites at once give each site's exact NowCast, rounded half-up."""
    assert nowcast(np.array(rows)).tolist() == [_scalar(row) for row in rows]


@given(st.integers(0, 10**7).map(lambda k: 2 * k + 1))
def test_a_tie_goes_up(odd: int) -> None:
    """A NowCast of exactly half a millionth goes up, though floats can hardly tell."""
    row = [10 * odd, 6 * odd]
    assert nowcast_of(row).value == Fraction(17 * odd, 2)
    assert nowcast(np.array(row)) == (17 * odd + 1) // 2


def test_doubtful_rows_are_worked_in_fractions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Were every row doubtful, the answers would be the same."""
    rng = np.random.default_rng(7)
    rows = rng.integers(0, 500 * MICRO, size=(50, 12))
    fast = nowcast(rows)
    monkeypatch.setattr(module, "_DOUBT", 1.0)
    np.testing.assert_array_equal(nowcast(rows), fast)


@given(hours)
def test_nowcast_lies_between_the_hours(row: list[int]) -> None:
    """A NowCast is a weighted mean: never outside what was measured."""
    result = int(nowcast(np.array(row)))
    known = [value for value in row if value != MISSING]
    if result != MISSING:
        assert min(known) <= result <= max(known)


@given(hours)
def test_two_of_the_last_three_hours_are_needed(row: list[int]) -> None:
    """There is a NowCast exactly where two of the newest three hours are known."""
    recent = sum(value != MISSING for value in row[:3])
    assert (int(nowcast(np.array(row))) != MISSING) == (recent >= 2)


def test_negative_hours_count_as_not_there() -> None:
    """A mean below zero is no concentration and has no weight."""
    assert nowcast(np.array([-1, 30, 30])) == 30
    assert nowcast(np.array([-1, -1, 30])) == MISSING


def test_shape_is_kept_for_sites_and_pollutants() -> None:
    """Any leading shape goes through; the hours are the last axis."""
    block = np.full((4, 2, 12), 9_100_000)
    np.testing.assert_array_equal(nowcast(block), np.full((4, 2), 9_100_000))
