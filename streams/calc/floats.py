"""Floating-point measures in which NaN means not measured.

Sums and quotients here never warn and never turn a hole into a number.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from streams.calc.fixed import Float

NOT_MEASURED: Final = np.nan


def quotient(numerator: ArrayLike, denominator: ArrayLike) -> Float:
    """Divide; NaN where either is not measured or the denominator is not above 0.

    Examples
    --------
    >>> float(quotient(3.0, 2.0)), float(quotient(1.0, 0.0))
    (1.5, nan)
    """
    upper = np.asarray(numerator, dtype=np.float64)
    lower = np.asarray(denominator, dtype=np.float64)
    result = np.full(np.broadcast(upper, lower).shape, NOT_MEASURED)
    np.divide(upper, lower, out=result, where=lower > 0)
    return result[()]


def total(values: Float, axis: int | tuple[int, ...] = -1) -> Float:
    """Add what was measured; NaN where nothing was."""
    measured = ~np.isnan(values)
    added = np.where(measured, values, 0.0).sum(axis=axis)
    return np.where(measured.any(axis=axis), added, NOT_MEASURED)[()]


def average(values: Float, axis: int | tuple[int, ...] = -1) -> Float:
    """Average what was measured; NaN where nothing was."""
    return quotient(total(values, axis), (~np.isnan(values)).sum(axis=axis))
