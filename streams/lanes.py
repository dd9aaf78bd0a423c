"""What the lanes of a partition's segments reported in a window of time.

It turns cells into the arrays that `streams.calc.congestion` evaluates.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sensors.city import Segment
from sensors.reading import BY_NAME, MICRO, VEHICLE_CLASSES
from streams.calc.congestion import Lanes
from streams.calc.fixed import Float
from streams.slots import Slots, usable

_COUNT = BY_NAME["count"].code
_CLASSES = tuple(BY_NAME[f"count_{name}"].code for name in VEHICLE_CLASSES)
_OCCUPANCY = BY_NAME["occupancy"].code
_HARMONIC = BY_NAME["speed_harmonic"].code
_ARITHMETIC = BY_NAME["speed_arithmetic"].code


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
        self._rows: dict[int, list[tuple[int, int, int]]] = {}
        self._width = 1
        limits = [s.limit_kmh or np.nan for s in self._segments]
        self._free_flow: Float = np.array(limits, np.float64)

    @property
    def free_flow(self) -> Float:
        """Free-flow speed [km/h]: the posted limit, as long as nothing is learned."""
        return self._free_flow

    def read(self, start: int, end: int) -> Lanes:
        """Return what was reported in [start, end), whole slots."""
        self._learn_series()
        times = np.arange(start, end, self._interval)
        count = self._table(_COUNT, times, shared=True)
        classes = [self._table(code, times, shared=True) for code in _CLASSES]
        harmonic = self._table(_HARMONIC, times)
        speed = np.where(np.isnan(harmonic), self._table(_ARITHMETIC, times), harmonic)
        return Lanes(
            count=np.where(np.isnan(count), _sum(classes), count),
            occupancy=self._table(_OCCUPANCY, times),
            speed=speed,
            harmonic=np.asarray(~np.isnan(harmonic).all(axis=(1, 2))),
            slot_s=self._interval,
            effective_length_m=np.full(len(self._segments), np.nan),
            free_flow=self._free_flow,
        )

    def _learn_series(self) -> None:
        """Give a lane to each (device, channel) that appeared since the last time."""
        for row, series in enumerate(self._slots.series[self._seen :], self._seen):
            if series.site in self._place:
                key = (series.site, series.device, series.channel)
                if key not in self._lane:
                    self._lane[key] = sum(k[0] == series.site for k in self._lane)
                place = (row, self._place[series.site], self._lane[key])
                self._rows.setdefault(series.quantity, []).append(place)
        self._seen = len(self._slots.series)
        self._width = max(self._lane.values(), default=0) + 1

    def _table(
        self, quantity: int, times: NDArray[np.int64], *, shared: bool = False
    ) -> Float:
        """Return values of shape (segments, slots, lanes), NaN where there is none.

        A value that covers several slots stands in each of them; `shared` divides it
        among them (counts).
        """
        table = np.full((len(self._segments), len(times), self._width), np.nan)
        rows = self._rows.get(quantity, [])
        if not rows:
            return table
        row, segment, lane = (np.array(part) for part in zip(*rows, strict=True))
        value, span = self._cells(row, times)
        each = value / span if shared else value
        for slot in range(len(times)):
            for back in range(int(np.nanmax(span, initial=1.0))):
                if slot - back >= 0:
                    reaches = span[:, slot - back] > back
                    filled = np.where(reaches, each[:, slot - back], np.nan)
                    old = table[segment, slot, lane]
                    table[segment, slot, lane] = np.where(np.isnan(old), filled, old)
        return table

    def _cells(
        self, row: NDArray[np.int64], times: NDArray[np.int64]
    ) -> tuple[Float, Float]:
        """Return values and over how many slots each reaches, shape (rows, slots)."""
        value = np.full((len(row), len(times)), np.nan)
        span = np.ones((len(row), len(times)))
        bucket_s = self._slots.bucket_s
        for column, time in enumerate(times.tolist()):
            bucket, within = divmod(time, bucket_s)
            if bucket not in self._slots.blocks:
                continue
            block, slot = self._slots.block(bucket), within // self._interval
            ok = usable(block)[row, slot]
            value[:, column] = np.where(ok, block.value[row, slot] / MICRO, np.nan)
            reach = np.maximum(1, block.period[row, slot] // self._interval)
            span[:, column] = np.where(ok, reach, 1)
        return value, span


def _sum(tables: Sequence[Float]) -> Float:
    """Add class counts up, NaN only where no class reported."""
    stacked = np.stack(tables)
    total: Float = np.nansum(stacked, axis=0)
    return np.where(np.isnan(stacked).all(axis=0), np.nan, total)
