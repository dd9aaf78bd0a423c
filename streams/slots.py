"""Values of the open intervals, one cell an expected report.

A cell is filled once: the same report again changes nothing, and of two different
reports for one cell the one with the larger `sensors.reading.rank` stands, whichever
came first. So neither redelivery nor order can matter. What the cells mean is the
agents' affair.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from sensors.reading import Flag, ReadingBatch, rank

Rows = NDArray[np.intp]


class Series(NamedTuple):
    """What one row of cells belongs to."""

    site: str
    device: str
    channel: int
    quantity: int


@dataclass(slots=True)
class Block:
    """The cells of one bucket of time.

    Parameters
    ----------
    value
        Values [10⁻⁶ unit]; shape (series, slots).
    period
        Time the value covers [s]; 0 where the cell is empty.
    flag
        QARTOD flag of the value.
    """

    value: NDArray[np.int64]
    period: NDArray[np.int32]
    flag: NDArray[np.uint8]

    @classmethod
    def empty(cls, rows: int, width: int) -> Self:
        """Return cells with nothing in them."""
        shape = (rows, width)
        return cls(
            np.zeros(shape, np.int64),
            np.zeros(shape, np.int32),
            np.zeros(shape, np.uint8),
        )

    def grown(self, rows: int) -> Self:
        """Return the same cells with room for `rows` series."""
        more = ((0, rows - len(self.value)), (0, 0))
        return type(self)(
            np.pad(self.value, more), np.pad(self.period, more), np.pad(self.flag, more)
        )


class Slots:
    """Cells by series, bucket and slot.

    Parameters
    ----------
    bucket_s
        Length of a bucket [s].
    intervals
        Expected time between reports by device [s]; a slot of that device is as long.
    """

    def __init__(self, bucket_s: int, intervals: Mapping[str, int]) -> None:
        self.bucket_s = bucket_s
        self.series: list[Series] = []
        self.blocks: dict[int, Block] = {}
        self._intervals = intervals
        shortest = min(intervals.values(), default=bucket_s)
        self._width = max(1, -(-bucket_s // shortest))
        self._known: dict[tuple[str, int, int], int] = {}
        self._interval = np.zeros(0, np.int64)
        self._revisions: dict[tuple[int, int, int], int] = {}

    def put(self, readings: ReadingBatch) -> dict[int, Rows]:
        """Fill cells; return the row of each reading, by bucket, changed or not."""
        rows = self._rows_of(readings)
        bucket = readings.start // self.bucket_s
        touched: dict[int, Rows] = {}
        for number in sorted(set(bucket.tolist())):
            picked = bucket == number
            touched[number] = rows[picked]
            self._fill(number, touched[number], readings.take(picked))
        return touched

    def drop_before(self, bucket: int) -> None:
        """Forget the cells of buckets before `bucket`."""
        for number in [number for number in self.blocks if number < bucket]:
            del self.blocks[number]
        self._revisions = {k: r for k, r in self._revisions.items() if k[0] >= bucket}

    def block(self, bucket: int) -> Block:
        """Return the cells of a bucket, all series, made empty where there are none."""
        block = self.blocks.get(bucket)
        if block is None:
            block = Block.empty(len(self.series), self._width)
        elif len(block.value) < len(self.series):
            block = block.grown(len(self.series))
        self.blocks[bucket] = block
        return block

    def _rows_of(self, readings: ReadingBatch) -> Rows:
        keys = zip(
            [readings.devices[device] for device in readings.device.tolist()],
            readings.channel.tolist(),
            readings.quantity.tolist(),
            strict=True,
        )
        rows = [self._known.get(key, -1) for key in keys]
        if -1 in rows:
            self._learn(readings, rows)
        return np.array(rows, np.intp)

    def _learn(self, readings: ReadingBatch, rows: list[int]) -> None:
        """Give a row to each series that is seen for the first time."""
        for index in [i for i, row in enumerate(rows) if row < 0]:
            series = Series(
                readings.sites[readings.site[index]],
                readings.devices[readings.device[index]],
                int(readings.channel[index]),
                int(readings.quantity[index]),
            )
            row = self._known.get(series[1:])
            rows[index] = self._add(series) if row is None else row

    def _add(self, series: Series) -> int:
        row = len(self.series)
        self._known[series.device, series.channel, series.quantity] = row
        self.series.append(series)
        interval = self._intervals.get(series.device, self.bucket_s)
        self._interval = np.append(self._interval, min(interval, self.bucket_s))
        return row

    def _fill(self, bucket: int, rows: Rows, readings: ReadingBatch) -> None:
        block = self.block(bucket)
        slot = (readings.start - bucket * self.bucket_s) // self._interval[rows]
        cell = rows * self._width + np.minimum(slot, self._width - 1)
        period = np.minimum(readings.period, self.bucket_s)
        fresh = self._fresh(block, cell) & (readings.revision == 0)
        block.value.reshape(-1)[cell[fresh]] = readings.value[fresh]
        block.period.reshape(-1)[cell[fresh]] = period[fresh]
        block.flag.reshape(-1)[cell[fresh]] = readings.flag[fresh]
        other = (block.value.reshape(-1)[cell] != readings.value) | (
            readings.revision != 0
        )
        for index in np.flatnonzero(other & ~fresh).tolist():
            self._settle(bucket, int(cell[index]), readings, index, int(period[index]))

    def _fresh(self, block: Block, cell: Rows) -> NDArray[np.bool_]:
        empty: NDArray[np.bool_] = block.period.reshape(-1)[cell] == 0
        if len(set(cell.tolist())) == len(cell):
            return empty
        first = np.zeros(len(cell), np.bool_)
        first[np.unique(cell, return_index=True)[1]] = True
        return first & empty

    def _settle(
        self, bucket: int, cell: int, readings: ReadingBatch, index: int, period: int
    ) -> None:
        block, key = self.blocks[bucket], (bucket, *divmod(cell, self._width))
        at = key[1], key[2]
        revision, value = int(readings.revision[index]), int(readings.value[index])
        held = rank(self._revisions.get(key, 0), int(block.value[at]))
        if block.period[at] and rank(revision, value) <= held:
            return
        block.value[at], block.period[at] = value, period
        block.flag[at] = readings.flag[index]
        if revision:
            self._revisions[key] = revision

    def dump(self) -> dict[str, Any]:
        """Return the cells as plain values."""
        return {
            "width": self._width,
            "series": [tuple(series) for series in self.series],
            "blocks": [
                (n, b.value.tobytes(), b.period.tobytes(), b.flag.tobytes())
                for n, b in ((n, self.block(n)) for n in sorted(self.blocks))
            ],
            "revisions": list(self._revisions.items()),
        }

    def load(self, state: Mapping[str, Any], known: Container[str]) -> None:
        """Take over what `dump` returned, the series of `known` sites.

        Slots of another length (an interval in the city file was changed) go to the
        slot in which they begin.
        """
        series = [Series(*each) for each in state["series"]]
        kept = [row for row, each in enumerate(series) if each.site in known]
        for row in kept:
            self._add(series[row])
        shape = (len(series), state["width"])
        places = np.arange(state["width"]) * self._width // state["width"]
        for number, *columns in state["blocks"]:
            block = self.block(number)
            for name, column in zip(("value", "period", "flag"), columns, strict=True):
                target = getattr(block, name)
                cells = np.frombuffer(column, target.dtype).reshape(shape)[kept]
                # Backwards, so that of several slots for one place the first stands.
                target[:, places[::-1]] = cells[:, ::-1]
        if state["width"] == self._width:
            place = {row: new for new, row in enumerate(kept)}
            self._revisions = {
                (bucket, place[row], slot): revision
                for (bucket, row, slot), revision in state["revisions"]
                if row in place
            }


def usable(block: Block) -> NDArray[np.bool_]:
    """Return which cells hold a value that may enter a result."""
    good: NDArray[np.bool_] = block.flag != Flag.FAIL
    return good & (block.period > 0)


def pack(state: object) -> bytes:
    """Write a state as msgpack."""
    return msgspec.msgpack.encode(state)


def unpack(state: bytes) -> Any:  # noqa: ANN401  # plain values of a state's own form
    """Read a state that `pack` wrote."""
    return msgspec.msgpack.decode(state)
