"""What the lanes of a partition's segments reported in a window of time.

It turns cells into the arrays that `streams.calc.congestion` evaluates.
"""

from collections.abc import Sequence

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
        self._row: Index = np.zeros(0, np.intp)
        self._chosen: dict[tuple[int, ...], tuple[Index, Index]]
        self._chosen = dict.fromkeys(_GROUPS, (self._row, self._row))
        self._width = 1
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
        each = _spread(value, span)
        shared = each if (span == 1).all() else _spread(value / span, span)
        count = self._table(shared, (_COUNT,))
        harmonic = self._table(each, (_HARMONIC,))
        arithmetic = self._table(each, (_ARITHMETIC,))
        classes = self._table(shared, _CLASSES)
        return Lanes(
            count=np.where(np.isnan(count), classes, count),
            occupancy=self._table(each, (_OCCUPANCY,)),
            speed=np.where(np.isnan(harmonic), arithmetic, harmonic),
            harmonic=np.asarray(~np.isnan(harmonic).all(axis=(1, 2))),
            slot_s=self._interval,
            effective_length_m=np.full(len(self._segments), np.nan),
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
            cell = known[:, 1] * self._width + known[:, 2]
            for group in _GROUPS:
                chosen = np.flatnonzero(np.isin(known[:, 3], group))
                self._chosen[group] = chosen, cell[chosen]

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
        shape = (len(self._row), len(times))
        value, span = np.full(shape, np.nan), np.ones(shape)
        for column, time in enumerate(times):
            bucket, within = divmod(time, self._slots.bucket_s)
            if bucket not in self._slots.blocks:
                continue
            cells, slot = self._slots.block(bucket), within // self._interval
            period = cells.period[:, slot][self._row]
            ok = (period > 0) & (cells.flag[:, slot][self._row] != Flag.FAIL)
            if ok.any():
                held = cells.value[:, slot][self._row] / MICRO
                value[:, column] = np.where(ok, held, np.nan)
                reach = np.maximum(1, period // self._interval)
                span[:, column] = np.where(ok, reach, 1)
        return value, span


def _spread(value: Float, span: Float) -> Float:
    """Repeat each value over the slots that it reaches and that hold no other."""
    filled = value.copy()
    for back in range(1, min(int(span.max(initial=1)), value.shape[1])):
        reached = np.where(span[:, :-back] > back, value[:, :-back], np.nan)
        behind = filled[:, back:]
        filled[:, back:] = np.where(np.isnan(behind), reached, behind)
    return filled
