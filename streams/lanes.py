"""What the lanes of a partition's segments reported in a window of time.

It turns cells into the arrays that `streams.calc.congestion` evaluates.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sensors.city import Segment
from sensors.reading import BY_NAME, MICRO, VEHICLE_CLASSES, Flag
from streams.calc.congestion import Lanes
from streams.calc.fixed import Float
from streams.slots import Slots

Index = NDArray[np.intp]

_COUNT = BY_NAME["count"].code
_CLASSES = tuple(BY_NAME[f"count_{name}"].code for name in VEHICLE_CLASSES)
_OCCUPANCY = BY_NAME["occupancy"].code
_HARMONIC = BY_NAME["speed_harmonic"].code
_ARITHMETIC = BY_NAME["speed_arithmetic"].code
_GROUPS = ((_COUNT,), _CLASSES, (_OCCUPANCY,), (_HARMONIC,), (_ARITHMETIC,))


class LaneWindow:
    """Reads windows of equal slots from the cells of some segments.

    Parameters
    ----------
    slots
        The cells.
    segments
        Segments whose devices report at the same interval.
    interval_s
        That interval [s].
    """

    def __init__(
        self, slots: Slots, segments: Sequence[Segment], interval_s: int
    ) -> None:
        self._slots = slots
        self._segments = tuple(segments)
        self._place = {segment.id: row for row, segment in enumerate(segments)}
        self._interval = interval_s
        self._seen = 0
        self._lane: dict[tuple[str, str, int], int] = {}
        self._known: list[tuple[int, int, int, int]] = []
        self._row: Index | slice = slice(0)
        none: Index = np.zeros(0, np.intp)
        self._chosen: dict[tuple[int, ...], tuple[Index, Index]]
        self._chosen = dict.fromkeys(_GROUPS, (none, none))
        self._width = 1
        self._no_length: Float = np.full(len(self._segments), np.nan)
        limits = [s.limit_kmh or np.nan for s in self._segments]
        self._free_flow: Float = np.array(limits, np.float64)

    @property
    def free_flow(self) -> Float:
        """Free-flow speed [km/h]: the posted limit, as long as nothing is learned."""
        return self._free_flow

    def read(self, start: int, end: int) -> Lanes:
        """Return what was reported in [start, end), whole slots.

        A value that covers several slots stands in each of them; counts are divided
        among them.
        """
        self._learn_series()
        times = range(start, end, self._interval)
        value, span = self._cells(times)
        each, shared = _spread(value, span)
        harmonic = self._table(each, (_HARMONIC,))
        return Lanes(
            count=self._or(self._table(shared, (_COUNT,)), shared, _CLASSES),
            occupancy=self._table(each, (_OCCUPANCY,)),
            speed=self._or(harmonic, each, (_ARITHMETIC,)),
            harmonic=np.asarray(~np.isnan(harmonic).all(axis=(1, 2))),
            slot_s=self._interval,
            effective_length_m=self._no_length,
            free_flow=self._free_flow,
        )

    def _learn_series(self) -> None:
        """Give a lane to each (device, channel) that appeared since the last time."""
        new = self._slots.series[self._seen :]
        for row, series in enumerate(new, self._seen):
            if series.site in self._place:
                key = (series.site, series.device, series.channel)
                if key not in self._lane:
                    self._lane[key] = sum(k[0] == series.site for k in self._lane)
                place = self._place[series.site], self._lane[key], series.quantity
                self._known.append((row, *place))
        if new:
            self._seen = len(self._slots.series)
            self._width = max(self._lane.values(), default=0) + 1
            known = np.array(self._known, np.intp).reshape(-1, 4)
            self._row = np.ascontiguousarray(known[:, 0])
            if len(known) == self._seen:
                self._row = slice(self._seen)
            cell = known[:, 1] * self._width + known[:, 2]
            for group in _GROUPS:
                chosen = np.flatnonzero(np.isin(known[:, 3], group))
                self._chosen[group] = chosen, cell[chosen]

    def _or(self, table: Float, values: Float, quantities: tuple[int, ...]) -> Float:
        """Return a table, its holes filled from other quantities."""
        if not len(self._chosen[quantities][0]):
            return table
        return np.where(np.isnan(table), self._table(values, quantities), table)

    def _table(self, values: Float, quantities: tuple[int, ...]) -> Float:
        """Return values of shape (segments, slots, lanes), NaN where there is none.

        Several quantities (vehicle classes) are added up.
        """
        shape = (len(self._segments), self._width, values.shape[1])
        chosen, place = self._chosen[quantities]
        table = np.full((shape[0] * shape[1], shape[2]), np.nan)
        if len(quantities) == 1:
            table[place] = values[chosen]
        else:
            known = np.isnan(values[chosen])
            np.fmax.at(table, place, np.where(known, np.nan, 0.0))
            np.add.at(table, place, np.where(known, 0.0, values[chosen]))
        return table.reshape(shape).transpose(0, 2, 1)

    def _cells(self, times: range) -> tuple[Float, Float]:
        """Return values and over how many slots each reaches, shape (rows, slots)."""
        shape = (len(self._known), len(times))
        value, span = np.full(shape, np.nan), np.ones(shape)
        for bucket, first, slots in _runs(times, self._slots.bucket_s):
            if bucket not in self._slots.blocks:
                continue
            cells, columns = self._slots.block(bucket), slice(first, first + len(slots))
            part = slice(slots.start, slots.stop)
            period = cells.period[:, part][self._row]
            ok = (period > 0) & (cells.flag[:, part][self._row] != Flag.FAIL)
            held = cells.value[:, part][self._row] / MICRO
            value[:, columns][ok] = held[ok]
            span[:, columns][ok] = np.maximum(1, period[ok] // self._interval)
        return value, span


def _runs(times: range, bucket_s: int) -> Iterator[tuple[int, int, range]]:
    """Cut equal slots at the buckets: bucket, first column, slots in the bucket."""
    column = 0
    while column < len(times):
        bucket, within = divmod(times[column], bucket_s)
        size = min(-(-(bucket_s - within) // times.step), len(times) - column)
        slot = within // times.step
        yield bucket, column, range(slot, slot + size)
        column += size


def _spread(value: Float, span: Float) -> tuple[Float, Float]:
    """Repeat each value over the slots that it reaches and that hold no other.

    Returns
    -------
    each, shared
        Values as they are, and divided among the slots they cover.
    """
    if (span == 1).all():
        return value, value
    slot = np.arange(value.shape[1])
    known = ~np.isnan(value)
    end = np.where(known, slot + span, 0)
    source = np.full(value.shape, -1)
    for first in np.flatnonzero(known.any(axis=0)).tolist():
        source[:, first:][end[:, first, None] > slot[first:]] = first
    held = source >= 0
    place = np.where(held, source, 0)
    each = np.take_along_axis(value, place, 1)
    shared = each / np.take_along_axis(span, place, 1)
    return np.where(held, each, np.nan), np.where(held, shared, np.nan)
