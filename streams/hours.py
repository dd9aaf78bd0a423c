"""Hourly means of the stations of one partition, open hours and past ones.

An hour's mean outlives its cells, as long as a later hour or day needs it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensors.reading import QUANTITIES, Flag
from streams.calc.fixed import MISSING, Int64, half_up
from streams.calc.weather import direction_mean, rain_total
from streams.slots import Block, Slots, usable

HOUR_S = 3_600
KEEP_HOURS = 40
"""A local day with the 7 hours before it (8-hour ozone), the lateness, the running."""

NAMES = tuple(quantity.name for quantity in QUANTITIES if quantity.kind == "air")
DIRECTION, RAIN = NAMES.index("wind_direction"), NAMES.index("rain")
_PLACE = {q.code: i for i, q in enumerate(q for q in QUANTITIES if q.kind == "air")}

FULL_S = HOUR_S * 3 // 4
"""A mean of a closed hour needs 75 % of it [s] [EPA2024]; [VN1459] names no share."""
PROVISIONAL_S = 900
"""A running mean needs 15 minutes [s]."""


@dataclass(frozen=True, slots=True, eq=False)
class Hour:
    """Means of one hour; shape (stations, quantities) each.

    Parameters
    ----------
    mean
        Mean of what is covered [10⁻⁶ unit], half-up; `MISSING` where nothing is. Wind
        directions as vectors; of rain the sum.
    covered
        Time covered [s].
    flag
        Worst QARTOD flag, 0 where nothing came.
    """

    mean: Int64
    covered: NDArray[np.int32]
    flag: NDArray[np.uint8]

    def valid(self, least_s: int) -> Int64:
        """Return the means that cover at least `least_s`, else `MISSING`."""
        return np.where(self.covered >= least_s, self.mean, MISSING)


class Hours:
    """Cells of the open hours and means of the past ones.

    Parameters
    ----------
    sites
        Stations in the order of the rows.
    intervals
        Expected time between reports by device [s].
    """

    def __init__(self, sites: Sequence[str], intervals: Mapping[str, int]) -> None:
        self.sites = tuple(sites)
        self.place = {site: row for row, site in enumerate(self.sites)}
        self.slots = Slots(HOUR_S, intervals)
        self._past: dict[int, Hour] = {}
        self._cell: NDArray[np.intp] = np.zeros(0, np.intp)
        self._single = True
        self._window: tuple[list[Hour], tuple[int, ...], Int64]
        self._window = [], (), np.zeros(0, np.int64)
        shape = (len(self.sites), len(NAMES))
        self._none = Hour(
            np.full(shape, MISSING, np.int64),
            np.zeros(shape, np.int32),
            np.zeros(shape, np.uint8),
        )

    def at(self, hour: int) -> Hour:
        """Return the means of `hour` (hours since 1970, UTC)."""
        return self._past.get(hour, self._none)

    @property
    def earliest(self) -> int | None:
        """The first hour anything is known of."""
        return min(self._past, default=None)

    def refresh(self, hour: int) -> None:
        """Compute the means of `hour` again from its cells."""
        self._past[hour] = self._summarise(self.slots.block(hour))

    def forget(self, open_from: int, newest: int) -> None:
        """Drop cells of hours before `open_from` and means no later hour needs."""
        self.slots.drop_before(open_from)
        for hour in [h for h in self._past if h <= newest - KEEP_HOURS]:
            del self._past[hour]

    def before(self, hour: int, length: int, quantities: tuple[int, ...]) -> Int64:
        """Return valid means of the `length` hours before `hour`, newest first.

        Shape (stations, quantities, length).
        """
        hours = [self.at(hour - back) for back in range(1, length + 1)]
        known, quantities_known, window = self._window
        if hours != known or quantities != quantities_known:
            columns = [each.valid(FULL_S)[:, quantities] for each in hours]
            window = np.stack(columns, axis=-1)
            self._window = hours, quantities, window
        return window

    def _summarise(self, block: Block) -> Hour:
        cell, single = self._cells(len(block.value))
        period = np.where(usable(block), block.period, 0).astype(np.int64)
        seconds, flags = period.sum(axis=1), _worst(block)
        sums = (block.value * period).sum(axis=1)
        shape = self._none.mean.shape
        total, covered = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        flag = np.zeros(shape, np.uint8)
        if single:
            total.flat[cell], covered.flat[cell], flag.flat[cell] = sums, seconds, flags
            longest = covered
        else:
            longest = np.zeros(shape, np.int64)
            np.add.at(total.reshape(-1), cell, sums)
            np.add.at(covered.reshape(-1), cell, seconds)
            np.maximum.at(longest.reshape(-1), cell, seconds)
            np.maximum.at(flag.reshape(-1), cell, flags)
        mean = np.where(covered > 0, half_up(total, np.maximum(covered, 1)), MISSING)
        self._weather(mean, block.value, period, cell)
        return Hour(mean, np.minimum(longest, HOUR_S).astype(np.int32), flag)

    def _weather(
        self, mean: Int64, value: Int64, period: Int64, cell: NDArray[np.intp]
    ) -> None:
        """Put in what is no arithmetic mean; of several instruments the last one's."""
        for quantity, summed in ((DIRECTION, direction_mean), (RAIN, rain_total)):
            rows = np.flatnonzero(cell % len(NAMES) == quantity)
            if len(rows):
                mean.flat[cell[rows]] = summed(value[rows], period[rows])

    def _cells(self, rows: int) -> tuple[NDArray[np.intp], bool]:
        """Return the cell of each row of a block, and if each has one of its own."""
        if len(self._cell) != rows:
            series = self.slots.series[:rows]
            cell = [
                self.place[each.site] * len(NAMES) + _PLACE[each.quantity]
                for each in series
            ]
            self._cell = np.array(cell, np.intp)
            self._single = len(set(cell)) == len(cell)
        return self._cell, self._single

    def dump(self) -> dict[str, Any]:
        """Return the state as plain values."""
        past = [
            (h, m.mean.tobytes(), m.covered.tobytes(), m.flag.tobytes())
            for h, m in sorted(self._past.items())
        ]
        return {"sites": self.sites, "slots": self.slots.dump(), "past": past}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take over what `dump` returned; stations no longer known are left out."""
        self.slots.load(state["slots"], self.place)
        rows = [
            (i, self.place[s]) for i, s in enumerate(state["sites"]) if s in self.place
        ]
        old, new = [pair[0] for pair in rows], [pair[1] for pair in rows]
        shape = (len(state["sites"]), len(NAMES))
        for hour, mean, covered, flag in state["past"]:
            kept = Hour(*(part.copy() for part in _parts(self._none)))
            kept.mean[new] = np.frombuffer(mean, np.int64).reshape(shape)[old]
            kept.covered[new] = np.frombuffer(covered, np.int32).reshape(shape)[old]
            kept.flag[new] = np.frombuffer(flag, np.uint8).reshape(shape)[old]
            self._past[hour] = kept


def _parts(hour: Hour) -> tuple[NDArray[Any], ...]:
    return hour.mean, hour.covered, hour.flag


def _worst(block: Block) -> NDArray[np.uint8]:
    flag = np.where(block.flag == Flag.NOT_EVALUATED, 0, block.flag)
    shown = np.where(block.period > 0, flag, 0).astype(np.uint8)
    worst: NDArray[np.uint8] = shown.max(axis=1, initial=0)
    return worst
