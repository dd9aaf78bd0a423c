"""Means over slots of equal length, with how much of the time they cover.

Which slots belong to which interval is the caller's to know; NowCast is its own module.
"""

from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from streams.calc.fixed import LARGEST, MISSING, Bool, Float, Int64, Whole, half_up

HOUR_S: Final = 3_600
DAY_S: Final = 86_400

THREE_QUARTERS: Final = Fraction(3, 4)
"""Share of an interval that must be covered, the 75 % family: 45 of 60 minutes.

[VN1459] names no share; we chose the one of [EPA2024] practice, and show it.
"""

EIGHT_HOURS: Final = 8
EIGHT_HOURS_LEAST: Final = 6
DAY_HOURS: Final = 24
DAY_HOURS_LEAST: Final = 18


class Mean(NamedTuple):
    """A mean and what it rests on.

    Parameters
    ----------
    value
        Mean [10⁻⁶ unit], half-up; `MISSING` where there is none.
    covered
        Number of slots that had a value.
    """

    value: Int64
    covered: Int64


def mean(slots: Int64) -> Mean:
    """Average the slots that have a value, along the last axis.

    Parameters
    ----------
    slots
        Values [10⁻⁶ unit], shape ``(…, slots)``, at most `LARGEST` in magnitude.

    Returns
    -------
    Mean
        Rounded to 10⁻⁶, so that a day of one value has that value as its mean.

    Raises
    ------
    OverflowError
        If a value is too large to be summed exactly.
    """
    present = slots != MISSING
    values = np.where(present, slots, 0)
    _refuse_overflow(values)
    covered = np.count_nonzero(present, axis=-1)
    covered = np.asarray(covered, dtype=np.int64)
    total = values.sum(axis=-1, dtype=np.int64)
    value = half_up(total, np.maximum(covered, 1))
    return Mean(np.where(covered > 0, value, MISSING), covered)


def _refuse_overflow(values: Int64) -> None:
    worst = int(np.abs(values).max(initial=0))
    if worst > LARGEST:
        message = (
            f"cannot average a value of {worst} millionths exactly: the largest is "
            f"{LARGEST}; refuse such a reading before it is averaged"
        )
        raise OverflowError(message)


def completeness(covered: Int64, expected: int) -> Float:
    """Share of the expected slots that had a value [0..1]."""
    return covered / expected


def enough(covered: Int64, expected: int, share: Fraction = THREE_QUARTERS) -> Bool:
    """Say where at least `share` of the expected slots is covered, exactly."""
    return covered * share.denominator >= expected * share.numerator


def hour_mean(slots: Int64, share: Fraction = THREE_QUARTERS) -> Mean:
    """Average one hour's slots; no value where less than `share` is covered."""
    value, covered = mean(slots)
    valid = enough(covered, slots.shape[-1], share)
    return Mean(np.where(valid, value, MISSING), covered)


def trailing(
    hours: Int64, width: int = EIGHT_HOURS, least: int = EIGHT_HOURS_LEAST
) -> Mean:
    """Average each run of `width` hours, oldest first.

    Parameters
    ----------
    hours
        Hourly means [10⁻⁶ unit], shape ``(…, n)`` with n ≥ `width`, oldest first.
        The 24 8-hour means of a day need 31 hours: the last 7 of the day before
        and the day's own ([VN1459] §2.2.2).
    least
        Hours with a value that a mean needs; 6 of 8 is our choice.

    Returns
    -------
    Mean
        Shape ``(…, n - width + 1)``; each belongs to the last hour of its run.
    """
    value, covered = mean(sliding_window_view(hours, width, axis=-1))
    return Mean(np.where(covered >= least, value, MISSING), covered)


def day_mean(hours: Int64, least: int = DAY_HOURS_LEAST) -> Mean:
    """Average a day's 24 hourly means; 18 of 24 are needed (our choice)."""
    value, covered = mean(hours)
    return Mean(np.where(covered >= least, value, MISSING), covered)


def peak(values: Int64, least: int = 1) -> Int64:
    """Take the largest value along the last axis, if `least` of them are there."""
    covered = np.count_nonzero(values != MISSING, axis=-1)
    largest = values.max(axis=-1, initial=MISSING)
    return np.where(covered >= least, largest, MISSING)


def local_day(start: Whole, offset_s: int) -> Whole:
    """Find the UTC second at which the local day of an hour begins.

    Parameters
    ----------
    start
        Start of the hour [s UTC].
    offset_s
        Local time minus UTC [s]; +25 200 in Viet Nam all year.
    """
    return (start + offset_s) // DAY_S * DAY_S - offset_s


def hour_ending(start: Whole, offset_s: int) -> Whole:
    """Name an hour by its local end, 1 … 24 (24 is printed 00:00, [VN1459] §2.2.2).

    Examples
    --------
    >>> hour_ending(17 * 3600, 7 * 3600)
    1
    """
    return (start + offset_s) // HOUR_S % DAY_HOURS + 1
