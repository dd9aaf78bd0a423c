"""Flow, density, occupancy and headway of a stream of vehicles.

Speeds are in `streams.calc.speed`; levels in `streams.calc.level`.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from streams.calc.fixed import Bool, Float, Whole, half_up
from streams.calc.floats import quotient

HOUR_S: Final = 3_600
KM_M: Final = 1_000
KM_PER_MILE: Final = 1.609344

CONSISTENT: Final = (0.7, 1.4)
"""Density from occupancy ÷ density from flow and speed: usual range, our choice."""


class Clipped(NamedTuple):
    """Occupancy within 0 … 1, and where it had to be brought there."""

    occupancy: Float
    clipped: Bool


def flow_rate(count: ArrayLike, interval_s: ArrayLike) -> Float:
    """Flow [veh/h] of a count over an interval [s]."""
    return quotient(np.multiply(count, HOUR_S), interval_s)


def scaled_count(count: Whole, received: Whole, expected: Whole) -> Whole:
    """Scale a count to the whole interval, a half upwards [PEMS].

    Parameters
    ----------
    received, expected
        Sub-intervals that came, at least 1, and that should have come.
    """
    return half_up(count * expected, received)


def headway(count: ArrayLike, interval_s: ArrayLike) -> Float:
    """Mean time between vehicles [s]."""
    return quotient(interval_s, count)


def density(flow: ArrayLike, space_mean_speed: ArrayLike) -> Float:
    """Density k = q / v [veh/km] from flow [veh/h] and space-mean speed [km/h]."""
    return quotient(flow, space_mean_speed)


def density_from_occupancy(
    occupancy: ArrayLike, effective_length_m: ArrayLike
) -> Float:
    """Density of one lane [veh/km] from occupancy [0..1] and effective length [m]."""
    return quotient(np.multiply(occupancy, KM_M), effective_length_m)


def per_mile(per_km: ArrayLike) -> Float:
    """Turn a density [veh/km] into [veh/mi]."""
    return np.multiply(np.asarray(per_km, dtype=np.float64), KM_PER_MILE)


def consistent(from_occupancy: ArrayLike, from_flow: ArrayLike) -> Bool:
    """Say where two densities of the same traffic agree within `CONSISTENT`."""
    ratio = quotient(from_occupancy, from_flow)
    return np.asarray((ratio >= CONSISTENT[0]) & (ratio <= CONSISTENT[1]))


def volume_to_capacity(flow: ArrayLike, capacity: ArrayLike) -> Float:
    """Volume-to-capacity ratio, both in the same unit per hour.

    In a jam flow falls, so this alone reads a jam as light traffic.
    """
    return quotient(flow, capacity)


def clip_occupancy(occupancy: ArrayLike) -> Clipped:
    """Bring occupancy down to 1: motorcycles side by side add up to more.

    Negative occupancy is no measurement and becomes NaN.
    """
    given = np.asarray(occupancy, dtype=np.float64)
    measured = np.where(given >= 0, given, np.nan)
    return Clipped(np.minimum(measured, 1.0), np.asarray(given > 1))
