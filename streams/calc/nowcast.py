"""The 12-hour NowCast of particles, for many sites at once.

The index that is made of it belongs to `streams.calc.aqi`.

The array form works in float64 with additions and multiplications only, whose
relative error stays below 10⁻¹³. Where that could decide the rounding to 10⁻⁶ the
row is worked again in fractions, so array and scalar form never differ.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from streams.calc.fixed import MISSING, Bool, Float, Int64, half_up

HOURS: Final = 12
RECENT: Final = 3
RECENT_LEAST: Final = 2
LEAST_WEIGHT: Final = Fraction(1, 2)
_DOUBT: Final = 1e-13


class NowCast(NamedTuple):
    """One site's NowCast and the weight behind it, exact.

    Parameters
    ----------
    value
        NowCast [10⁻⁶ unit]; None where fewer than 2 of the last 3 hours are there.
    weight
        w, ½ … 1; None where there is no value, or all hours are 0.
    """

    value: Fraction | None
    weight: Fraction | None


def nowcast(hours: Int64) -> Int64:
    """Weigh the last 12 hourly means towards the present, [VN1459] §2.2.1.

    NowCast = Σ wⁱ⁻¹·cᵢ / Σ wⁱ⁻¹ over the hours that are there, with
    w = max(½, Cmin/Cmax). Always divided by the weights: the Decision prints the
    case w = ½ without, which is far too low when hours are missing. All hours 0
    gives 0 (our convention; the Decision is silent).

    Parameters
    ----------
    hours
        Hourly means [10⁻⁶ unit], shape ``(…, n)``, newest first; what is older than
        12 hours is ignored, missing and negative values count as not there.

    Returns
    -------
    Int64
        NowCast [10⁻⁶ unit], half-up, shape ``(…)``; `MISSING` unless 2 of the
        newest 3 hours are there.
    """
    newest = hours[..., :HOURS]
    present = newest >= 0
    estimate = _estimate(np.where(present, newest, 0), present)
    value = np.asarray(np.floor(estimate + 0.5)).astype(np.int64)
    recent = np.count_nonzero(present[..., :RECENT], axis=-1)
    valid = np.asarray(recent >= RECENT_LEAST)
    doubtful = np.abs(estimate - np.floor(estimate) - 0.5) <= _DOUBT * estimate
    for place in np.argwhere(doubtful & valid):
        value[tuple(place)] = _exact(newest[tuple(place)])
    return np.where(valid, value, MISSING)


def _estimate(values: Int64, present: Bool) -> Float:
    highest = values.max(axis=-1)
    lowest = np.where(present, values, highest[..., None]).min(axis=-1)
    weight = np.maximum(lowest / np.maximum(highest, 1), float(LEAST_WEIGHT))
    powers = np.ones(values.shape)
    powers[..., 1:] = weight[..., None]
    np.multiply.accumulate(powers, axis=-1, out=powers)
    total = (powers * values).sum(axis=-1)
    weights = (powers * present).sum(axis=-1)
    return np.asarray(total / np.where(weights > 0, weights, 1.0))


def _exact(row: Int64) -> int:
    value = nowcast_of([int(hour) for hour in row]).value
    return MISSING if value is None else half_up(value.numerator, value.denominator)


def nowcast_of(hours: Sequence[int | None]) -> NowCast:
    """Work one site's NowCast in fractions.

    Parameters
    ----------
    hours
        Hourly means [10⁻⁶ unit], newest first; None or `MISSING` where there is none.

    Examples
    --------
    >>> nowcast_of([100_000_000, 10_000_000]).value
    Fraction(70000000, 1)
    """
    there = [(i, c) for i, c in enumerate(hours[:HOURS]) if c is not None and c >= 0]
    if sum(i < RECENT for i, _ in there) < RECENT_LEAST:
        return NowCast(None, None)
    highest = max(c for _, c in there)
    if highest == 0:
        return NowCast(Fraction(0), None)
    weight = max(Fraction(min(c for _, c in there), highest), LEAST_WEIGHT)
    total = sum(weight**i * c for i, c in there)
    return NowCast(Fraction(total / sum(weight**i for i, _ in there)), weight)
