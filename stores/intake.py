"""Decides what becomes of readings: rows to write, duplicates, conflicts, counts.

Pure, and the same for every store: a store looks up the rows that exist and writes what
is decided here. Rows that are new are made by the column; only where a row exists, or a
reading comes twice, are readings compared one by one (`stores.merge`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sensors.ledger import NONE, Counts
from sensors.reading import QUANTITIES
from stores.merge import CONFLICTS, FIXED, LATE, Held, Losers, Merging
from stores.pool import Pool
from stores.schema import MEASUREMENTS


class RowKey(NamedTuple):
    """What tells a reading row from another of its measurement and city.

    `start` of the interval [unix s], `period` its length [s].
    """

    site: str
    device: str
    lane: int
    period: int
    start: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What to write and count.

    Parameters
    ----------
    rows
        Whole rows by index of their key, fields in the schema's order.
    losers
        All losers of the rows that have any, by index of the key.
    counts
        By device.
    """

    rows: dict[int, Sequence[Any]]
    losers: dict[int, Losers]
    counts: dict[str, Counts]


class Grouped:
    """The readings of one kind of a pool, gathered into rows.

    Parameters
    ----------
    pool
        Readings in the order in which they came.
    kind
        ``air`` or ``traffic``.
    """

    def __init__(self, pool: Pool, kind: str) -> None:
        self.codes = tuple(q.code for q in QUANTITIES if q.kind == kind)
        self.measurement = MEASUREMENTS[f"reading_{kind}"]
        self.pool = pool.take(np.isin(pool.readings.quantity, self.codes))
        self._column = np.searchsorted(self.codes, self.pool.readings.quantity)
        self._order, self._row, self._heads = _gather(self.pool)
        self._bounds = np.append(self._heads, self._order.size)
        self.keys = _keys(self.pool, self._order[self._heads])

    def decide(self, origin: str, held: Mapping[int, Held]) -> Decision:
        """Decide, given the rows that exist by index of their key."""
        again = self._repeated()
        again[list(held)] = True
        decision = Decision({}, {}, {})
        self._take_fresh(again, origin, decision)
        for index in np.flatnonzero(again).tolist():
            self._merge(index, Merging(self.codes, held.get(index), origin), decision)
        return decision

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self.keys), len(self.codes)

    def _repeated(self) -> NDArray[np.bool_]:
        """Say which rows have an identity more than once."""
        cell = self._row * len(self.codes) + self._column
        times = np.bincount(cell, minlength=self._shape[0] * self._shape[1])
        return np.asarray(times.reshape(self._shape).max(axis=1, initial=0) > 1)

    def _take_fresh(
        self, again: NDArray[np.bool_], origin: str, decision: Decision
    ) -> None:
        """Make whole rows, and count, where nothing has to be compared."""
        index = np.flatnonzero(~again)
        rows = self._table(origin)[index].tolist()
        decision.rows.update(zip(index.tolist(), rows, strict=True))
        device, late = self.pool.readings.device, self.pool.late
        fresh, size = ~again[self._row], len(self.pool.readings.devices)
        stored = np.bincount(device[fresh], minlength=size).tolist()
        came_late = np.bincount(device[fresh & late], minlength=size).tolist()
        for name, n, n_late in zip(
            self.pool.readings.devices, stored, came_late, strict=True
        ):
            if n:
                decision.counts[name] = Counts(received=n, stored=n, late=n_late)

    def _table(self, origin: str) -> NDArray[Any]:
        """Return all rows as a table of fields."""
        batch, shape = self.pool.readings, self._shape
        present = self._spread(np.ones(len(batch), np.int64)) != 0
        revision = self._spread(batch.revision)
        table = np.empty((shape[0], FIXED + 3 * shape[1]), object)
        table[:, 0] = 1
        table[:, 1] = revision.max(axis=1, initial=0)
        table[:, 2] = origin
        table[:, LATE] = np.minimum(
            np.bincount(self._row[self.pool.late], minlength=shape[0]), 1
        )
        table[:, CONFLICTS] = 0
        table[:, FIXED::3] = _blank(self._spread(batch.value), present)
        table[:, FIXED + 1 :: 3] = _blank(self._spread(batch.flag), present)
        table[:, FIXED + 2 :: 3] = _blank(revision, revision != 0)
        return table

    def _spread(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """Return a column as a table of rows and quantities."""
        table = np.zeros(self._shape, np.int64)
        table[self._row, self._column] = values
        return table

    def _merge(self, index: int, merging: Merging, decision: Decision) -> None:
        for reading in self._order[
            self._bounds[index] : self._bounds[index + 1]
        ].tolist():
            merging.add(self.pool, reading)
        device = self.keys[index].device
        decision.counts[device] = decision.counts.get(device, NONE) + merging.counts()
        if merging.changed:
            decision.rows[index] = merging.fields()
            if merging.losers:
                decision.losers[index] = merging.losers


def _gather(pool: Pool) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Gather readings into rows.

    Returns
    -------
    order
        The readings sorted by row, within a row as they came.
    row
        Row of each reading.
    heads
        Where each row begins in `order`.
    """
    batch = pool.readings
    keys = batch.end, batch.period, batch.channel, batch.device, batch.site
    order = np.lexsort(keys)
    new = np.zeros(order.size, np.bool_)
    new[:1] = True
    for key in keys:
        ordered = key[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    row = np.empty(order.size, np.intp)
    row[order] = np.cumsum(new) - 1
    return order, row, np.flatnonzero(new)


def _keys(pool: Pool, heads: NDArray[np.intp]) -> list[RowKey]:
    """Return the key of each row, given one reading of each."""
    batch = pool.readings.take(heads)
    columns = zip(
        batch.site.tolist(),
        batch.device.tolist(),
        batch.channel.tolist(),
        batch.period.tolist(),
        batch.start.tolist(),
        strict=True,
    )
    return [
        RowKey(batch.sites[site], batch.devices[device], lane, period, start)
        for site, device, lane, period, start in columns
    ]


def _blank(values: NDArray[np.int64], present: NDArray[np.bool_]) -> NDArray[Any]:
    """Return values as objects, None where there is none."""
    blank = values.astype(object)
    blank[~present] = None
    return blank
