"""What of the weather is no arithmetic mean: directions are vectors, rain adds up."""

from typing import Final

import numpy as np

from streams.calc.fixed import MICRO, MISSING, Int64

_LEAST: Final = 1e-9
"""A resultant shorter than this part of all weights points nowhere."""


def direction_mean(direction: Int64, weight: Int64) -> Int64:
    """Mean of directions as vectors, along the last axis.

    Parameters
    ----------
    direction
        Wind direction [10⁻⁶ °], any turn; what has no weight is not looked at.
    weight
        Not below 0, of the same shape.

    Returns
    -------
    Int64
        0 up to below 360 [10⁻⁶ °]; `MISSING` where nothing weighs anything, or where
        the directions cancel each other out.

    Examples
    --------
    >>> int(direction_mean(np.array([350, 30]) * MICRO, np.array([1, 1]))) / MICRO
    10.0
    """
    angle = np.radians(np.where(weight > 0, direction, 0) / MICRO)
    east = (np.sin(angle) * weight).sum(axis=-1)
    north = (np.cos(angle) * weight).sum(axis=-1)
    mean = np.rint(np.degrees(np.arctan2(east, north)) % 360 * MICRO).astype(np.int64)
    known = np.hypot(east, north) > _LEAST * np.maximum(weight.sum(axis=-1), 1)
    return np.where(known, mean % (360 * MICRO), MISSING)


def rain_total(rain: Int64, present: Int64) -> Int64:
    """Rain that fell [10⁻⁶ mm], along the last axis; `MISSING` where nothing is."""
    total = np.where(present > 0, rain, 0).sum(axis=-1, dtype=np.int64)
    return np.where((present > 0).any(axis=-1), total, MISSING)
