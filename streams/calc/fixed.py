"""Exact numbers as scaled integers, what missing is, and how a half is rounded.

Averages and indices build on it; converting units is left to the edge.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Int64: TypeAlias = NDArray[np.int64]
Int8: TypeAlias = NDArray[np.int8]
Float: TypeAlias = NDArray[np.float64]
Bool: TypeAlias = NDArray[np.bool_]

MICRO: Final = 1_000_000
"""Parts of one unit: 55.7 µg/m³ is held as 55 700 000."""

MISSING: Final = int(np.iinfo(np.int64).min)
"""The value that stands for no value; it sorts below every real one."""

LARGEST: Final = 10**15
"""Largest magnitude [10⁻⁶ unit] that may enter a sum; 1 440 of them still fit."""

Whole = TypeVar("Whole", int, Int64)


def half_up(numerator: Whole, denominator: Whole) -> Whole:
    """Divide whole numbers and round to the nearest, a half upwards.

    Parameters
    ----------
    numerator
        Any whole number below 2⁶¹ in magnitude.
    denominator
        Above 0.

    Examples
    --------
    >>> half_up(5, 2), half_up(-5, 2), half_up(7, 3)
    (3, -2, 2)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def micro(value: int | Decimal | Fraction) -> int:
    """Scale a number written by people to 10⁻⁶ of its unit, a half upwards.

    Examples
    --------
    >>> micro(Decimal("55.7"))
    55700000
    """
    exact = Fraction(value) * MICRO
    return half_up(exact.numerator, exact.denominator)


def to_float(values: Int64) -> Float:
    """Turn scaled integers into floats of the unit, missing into NaN."""
    return np.where(values == MISSING, np.nan, values / MICRO)
