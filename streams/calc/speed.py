"""Speeds of a stream: time mean, space mean, and from count and occupancy.

Only the space mean belongs in densities and levels: the time mean overestimates
by up to a factor of four in a jam. Which one a station gets is decided in
`streams.calc.congestion`.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from streams.calc.fixed import Float
from streams.calc.floats import quotient

KMH_PER_M_S: Final = 3.6

Axes = int | tuple[int, ...]


def time_mean(
    speeds: ArrayLike, counts: ArrayLike | None = None, axis: Axes = -1
) -> Float:
    """Arithmetic mean of speeds [km/h], weighted by counts.

    A speed that is not above 0 and finite was not measured and is left out.
    """
    speed, weight = _measured(speeds, counts)
    return quotient((weight * speed).sum(axis=axis), weight.sum(axis=axis))


def space_mean(
    speeds: ArrayLike, counts: ArrayLike | None = None, axis: Axes = -1
) -> Float:
    """Harmonic mean of speeds [km/h], Σn / Σ(n/v), weighted by counts.

    Over lanes each lane's speed must itself be a harmonic mean; lanes without
    vehicles or without a speed are left out.

    Examples
    --------
    >>> float(space_mean([60.0, 20.0]))
    30.0
    """
    speed, weight = _measured(speeds, counts)
    return quotient(weight.sum(axis=axis), (weight / speed).sum(axis=axis))


def _measured(speeds: ArrayLike, counts: ArrayLike | None) -> tuple[Float, Float]:
    speed = np.asarray(speeds, dtype=np.float64)
    count = np.ones(()) if counts is None else np.asarray(counts, dtype=np.float64)
    known = (speed > 0) & np.isfinite(speed) & (count > 0)
    return np.where(known, speed, 1.0), np.where(known, count, 0.0)


def time_mean_from_space_mean(space: ArrayLike, variance: ArrayLike) -> Float:
    """Time mean [km/h] by Wardrop: v_t = v_s + σ_s² / v_s.

    Parameters
    ----------
    space
        Space mean [km/h].
    variance
        Of the speeds about the space mean, over space [km²/h²].
    """
    return np.add(space, quotient(variance, space))


def speed_from_occupancy(
    count: ArrayLike,
    occupancy: ArrayLike,
    interval_s: ArrayLike,
    effective_length_m: ArrayLike,
) -> Float:
    """Space-mean speed [km/h] of one lane: n·L / (T·occupancy) [PEMS].

    A vehicle that stood on the loop for minutes does not spoil it, as it spoils a
    harmonic mean.

    Parameters
    ----------
    occupancy
        Share of the interval in which the zone was occupied [0..1].
    effective_length_m
        Vehicle plus detection zone [m]; 6.71 for cars on common loops, less with
        motorcycles: learned, never guessed.
    """
    travelled = np.multiply(count, effective_length_m)
    return quotient(travelled, np.multiply(occupancy, interval_s)) * KMH_PER_M_S


def effective_length(
    count: ArrayLike, occupancy: ArrayLike, interval_s: ArrayLike, speed: ArrayLike
) -> Float:
    """Effective length [m] seen at a known speed [km/h], the raw g-factor [PEMS]."""
    occupied = np.multiply(occupancy, interval_s)
    return quotient(np.multiply(occupied, speed) / KMH_PER_M_S, count)


def facility_speed(lengths_m: ArrayLike, speeds: ArrayLike, axis: int = -1) -> Float:
    """Speed over sections in a row [km/h]: Σ length / Σ (length / speed) [HCM7].

    NaN if any section's speed is not measured: a hole is not a fast section.
    """
    times = quotient(lengths_m, speeds)
    return quotient(np.sum(lengths_m, axis=axis), times.sum(axis=axis))
