"""What every index standard is made of: cited breakpoints, categories, interpolation.

The numbers of a standard are in the file that bears its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache, cached_property
from typing import Final, NamedTuple

import numpy as np

from streams.calc.fixed import MICRO, MISSING, Bool, Int8, Int64, half_up

_NEVER: Final = int(np.iinfo(np.int64).max)


class Above(Enum):
    """What a table says of a concentration above its last row."""

    LAST_INDEX = "last_index"
    NO_INDEX = "no_index"


class Row(NamedTuple):
    """One line of a table: concentrations [µg/m³] and the indices at both ends."""

    low: int
    high: int
    index_low: int
    index_high: int


@dataclass(frozen=True)
class Breakpoints:
    """A pollutant's rows in one standard, lowest first.

    Parameters
    ----------
    column
        Name in the standard's table: pollutant and, where it matters, averaging.
    rows
        Each begins where the one before it ended.
    above
        What holds above the last row.
    """

    column: str
    rows: tuple[Row, ...]
    above: Above

    @cached_property
    def arrays(self) -> tuple[Int64, Int64, Int64, Int64]:
        """Low and high [10⁻⁶ µg/m³], index at low and at high, an item a row."""
        low, high, index_low, index_high = np.array(self.rows, dtype=np.int64).T
        return low * MICRO, high * MICRO, index_low, index_high


@dataclass(frozen=True, slots=True)
class Category:
    """A named range of index values.

    Parameters
    ----------
    code
        Stable name; the words for people are in the catalogue.
    order
        0 is the best air.
    lowest, highest
        First and last index value, after rounding.
    colour
        The standard's own colour, ``#RRGGBB``.
    ink
        Black or white, whichever can be read on `colour` (contrast at least 4.5:1).
    """

    code: str
    order: int
    lowest: int
    highest: int
    colour: str
    ink: str


@dataclass(frozen=True)
class Standard:
    """An index as one official text defines it.

    Parameters
    ----------
    code
        Name in records and commands.
    source
        Key in docs/references.md.
    in_force
        First day on which the text applied.
    columns
        Breakpoints by column name.
    categories
        Best air first.
    """

    code: str
    source: str
    in_force: date
    columns: dict[str, Breakpoints]
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class SubIndex:
    """One sub-index for people.

    Parameters
    ----------
    raw
        Before rounding, exact.
    index
        Rounded half-up; None where the table gives no index.
    beyond_scale
        The concentration was above the last row.
    """

    raw: Fraction | None
    index: int | None
    beyond_scale: bool


def interpolate(table: Breakpoints, concentration: Int64) -> Int64:
    """Interpolate in a table and round half-up, in whole numbers only.

    Parameters
    ----------
    concentration
        [10⁻⁶ µg/m³], any shape.

    Returns
    -------
    Int64
        Sub-index; `MISSING` where the concentration is missing or negative, or above
        a table that gives no index there.
    """
    low, high, index_low, index_high = table.arrays
    inside = np.clip(concentration, low[0], high[-1])
    row = np.searchsorted(high, inside)
    rise = (index_high - index_low)[row] * (inside - low[row])
    index = index_low[row] + half_up(rise, (high - low)[row])
    absent = concentration < low[0]
    if table.above is Above.NO_INDEX:
        absent = absent | (concentration > high[-1])
    return np.where(absent, MISSING, index)


class Tables:
    """Several columns of a standard, interpolated together.

    Parameters
    ----------
    tables
        The columns, in the order in which concentrations come.
    """

    def __init__(self, tables: Sequence[Breakpoints]) -> None:
        rows = max(len(table.rows) for table in tables)
        self._low = np.array([table.arrays[0][:1] for table in tables])
        self._top = np.array([table.arrays[1][-1:] for table in tables])
        # A padded row begins above the last one and is never reached.
        self._ends = _padded([table.arrays[1] for table in tables], rows, _NEVER)
        self._begin = _padded([table.arrays[0] for table in tables], rows, 0).ravel()
        self._index = _padded([table.arrays[2] for table in tables], rows, 0).ravel()
        last = _padded([table.arrays[3] for table in tables], rows, 0).ravel()
        self._rise = last - self._index
        self._width = np.where(self._rise > 0, self._ends.ravel() - self._begin, 1)
        self._first = np.arange(len(tables))[:, None] * rows
        above = [[table.above is Above.NO_INDEX] for table in tables]
        self._no_index: Bool = np.array(above)

    def interpolate(self, concentrations: Int64) -> tuple[Int64, Bool]:
        """Interpolate each row in its column; as `interpolate` and `beyond` do.

        Parameters
        ----------
        concentrations
            [10⁻⁶ µg/m³], shape ``(columns, n)``.
        """
        inside = np.minimum(np.maximum(concentrations, self._low), self._top)
        passed = inside[:, :, None] > self._ends[:, None, :]
        place = self._first + np.count_nonzero(passed, axis=2)
        rise = self._rise[place] * (inside - self._begin[place])
        index = self._index[place] + half_up(rise, self._width[place])
        above = concentrations > self._top
        absent = (concentrations < self._low) | (above & self._no_index)
        return np.where(absent, MISSING, index), above & ~self._no_index


def _padded(columns: Sequence[Int64], rows: int, filler: int) -> Int64:
    table = np.full((len(columns), rows), filler, np.int64)
    for line, column in zip(table, columns, strict=True):
        line[: len(column)] = column
    return table


def beyond(table: Breakpoints, concentration: Int64) -> Bool:
    """Say where a concentration is above a table that still gives its last index."""
    above = np.asarray(concentration > table.arrays[1][-1])
    return above if table.above is Above.LAST_INDEX else np.zeros_like(above)


def interpolate_one(
    table: Breakpoints, concentration: int | Decimal | Fraction
) -> SubIndex:
    """Work one sub-index in fractions.

    Parameters
    ----------
    concentration
        [µg/m³], exact.
    """
    exact = Fraction(concentration)
    last = table.rows[-1]
    if exact < table.rows[0].low:
        return SubIndex(None, None, beyond_scale=False)
    if exact > last.high:
        if table.above is Above.NO_INDEX:
            return SubIndex(None, None, beyond_scale=False)
        return SubIndex(Fraction(last.index_high), last.index_high, beyond_scale=True)
    row = next(row for row in table.rows if exact <= row.high)
    slope = Fraction(row.index_high - row.index_low, row.high - row.low)
    raw = slope * (exact - row.low) + row.index_low
    return SubIndex(raw, half_up(raw.numerator, raw.denominator), beyond_scale=False)


def categorise(categories: tuple[Category, ...], aqi: Int64) -> Int8:
    """Find each index's category by its order; −1 where there is no index."""
    order = np.minimum(np.searchsorted(_highest(categories), aqi), len(categories) - 1)
    return np.where(aqi == MISSING, -1, order).astype(np.int8)


@cache
def _highest(categories: tuple[Category, ...]) -> Int64:
    return np.array([category.highest for category in categories])
