"""Means are exact, say what they cover, and need enough of it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calc import averaging
from streams.calc.aqi import vn
from streams.calc.fixed import LARGEST, MICRO, MISSING, half_up

values = st.integers(-(10**9), 10**11)
slots = st.lists(st.one_of(st.just(MISSING), values), min_size=1, max_size=60)


@given(slots)
def test_mean_is_the_exact_mean_of_what_is_there(row: list[int]) -> None:
    """The mean is the exact one, rounded half-up to a millionth."""
    mean, covered = averaging.mean(np.array([row]))
    known = [value for value in row if value != MISSING]
    assert covered[0] == len(known)
    if not known:
        assert mean[0] == MISSING
    else:
        assert mean[0] == half_up(sum(known), len(known))


@given(slots, st.randoms(use_true_random=False))
def test_order_of_arrival_changes_no_mean(row: list[int], random: object) -> None:
    """Shuffled slots have the same mean."""
    shuffled = row.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' own Random
    assert averaging.mean(np.array(row)) == averaging.mean(np.array(shuffled))


@given(st.integers(0, 600 * MICRO), st.sampled_from(["pm25", "pm10"]))
def test_a_day_of_one_value_has_that_values_index(value: int, column: str) -> None:
    """Averaging 24 equal hours moves no value into another category."""
    day = averaging.day_mean(np.full((1, 24), value)).value
    assert day[0] == value
    index = vn.sub_index(column, np.array([value]))
    assert vn.sub_index(column, day).tolist() == index.tolist()


@pytest.mark.parametrize(("covered", "valid"), [(44, False), (45, True), (60, True)])
def test_an_hour_needs_three_quarters_of_its_minutes(
    covered: int,
    valid: bool,  # noqa: FBT001  # a table of cases
) -> None:
    """45 of 60 minutes make an hourly mean, 44 do not; the cover is told anyway."""
    minutes = np.full((1, 60), MISSING)
    minutes[0, :covered] = 7 * MICRO
    mean = averaging.hour_mean(minutes)
    assert mean.value[0] == (7 * MICRO if valid else MISSING)
    assert mean.covered[0] == covered
    assert averaging.completeness(mean.covered, 60)[0] == covered / 60


def test_three_quarters_is_exact_for_any_number_of_slots() -> None:
    """No rounding decides whether enough is covered: 3 of 4 yes, 5 of 7 no."""
    covered = np.array([3, 2])
    assert averaging.enough(covered, 4).tolist() == [True, False]
    assert averaging.enough(np.array([5, 6]), 7).tolist() == [False, True]
    assert averaging.enough(np.array([1]), 3, Fraction(1, 3)).tolist() == [True]


def test_a_trailing_mean_belongs_to_its_last_hour() -> None:
    """31 hours give the 24 eight-hour means of a day, each with 6 of 8 hours."""
    hours = np.arange(31) * MICRO
    hours[3:6] = MISSING
    mean = averaging.trailing(hours)
    assert mean.value.shape == (24,)
    assert mean.covered[:4].tolist() == [5, 5, 5, 5]
    assert (mean.value[:4] == MISSING).all()
    assert mean.covered[4] == 6
    assert mean.value[-1] == half_up(sum(range(23, 31)) * MICRO, 8)


@pytest.mark.parametrize(("known", "valid"), [(17, False), (18, True)])
def test_a_day_needs_eighteen_hours(
    known: int,
    valid: bool,  # noqa: FBT001  # a table of cases
) -> None:
    """18 of 24 hours make a daily mean, 17 do not."""
    hours = np.full(24, MISSING)
    hours[:known] = MICRO
    assert (averaging.day_mean(hours).value != MISSING) == valid


def test_a_peak_needs_enough_values() -> None:
    """The largest value of a day is told only where enough of the day is known."""
    rows = np.array([[1, 5, MISSING], [MISSING, MISSING, 2], [MISSING] * 3])
    assert averaging.peak(rows).tolist() == [5, 2, MISSING]
    assert averaging.peak(rows, least=2).tolist() == [5, MISSING, MISSING]


def test_a_value_too_large_to_sum_is_refused() -> None:
    """A sum that would overflow is an error that says so, not a wrong mean."""
    with pytest.raises(OverflowError, match="largest is"):
        averaging.mean(np.array([LARGEST + 1, 1]))
    assert averaging.mean(np.full(1440, LARGEST)).value == LARGEST


@given(st.integers(0, 2 * 10**9), st.sampled_from([0, 25_200, -12_600, 20_700]))
def test_a_local_day_has_24_hours_ending_1_to_24(second: int, offset: int) -> None:
    """Every hour lies in one local day, and its label counts hours of that day."""
    hour = (second + offset) // 3600 * 3600 - offset
    day = averaging.local_day(hour, offset)
    label = averaging.hour_ending(hour, offset)
    assert day + label * 3600 == hour + 3600
    assert 1 <= label <= 24


def test_local_days_of_many_hours_at_once() -> None:
    """17:00 UTC begins the next day in Viet Nam, and ends its first hour at 01:00."""
    starts = np.array([16, 17]) * 3600
    assert averaging.local_day(starts, 25_200).tolist() == [-25_200, 61_200]
    assert averaging.hour_ending(starts, 25_200).tolist() == [24, 1]
