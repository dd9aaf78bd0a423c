"""Road segments whose devices report at the same interval, evaluated together.

Which readings reach them and when they are evaluated is `streams.traffic`'s affair.
"""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import msgspec
import numpy as np

from sensors.city import City, Segment
from streams.calc.congestion import METHODS, REASONS, Measures, measure
from streams.calc.fixed import Bool, Float, Int64
from streams.calc.jam import is_jam
from streams.calc.level import JAM, LEVELS, LevelPolicy, LevelState, is_old, step
from streams.lanes import LaneWindow
from streams.results import Congestion
from streams.revisions import Revisions
from streams.slots import Slots

HOUR_S = 3_600
WINDOW_S = 300
SETTLE_S = 30
"""By the wall clock a report is waited for so long after its interval's end [s]."""


class RoadGroup:
    """Segments whose devices report at the same interval, evaluated together."""

    def __init__(
        self,
        city: City,
        slots: Slots,
        segments: Sequence[Segment],
        interval_s: int,
        policy: LevelPolicy,
    ) -> None:
        self.segments = tuple(segments)
        self._city = city
        self._policy = policy
        self._interval = interval_s
        self._span = -(-WINDOW_S // interval_s) * interval_s
        self._place = {segment.id: row for row, segment in enumerate(segments)}
        self._window = LaneWindow(slots, segments, interval_s)
        self._state = LevelState.unknown(policy, len(segments), 0)
        lengths = [segment.length_m or np.nan for segment in segments]
        self._length: Float = np.array(lengths, np.float64)
        self._observed = np.zeros(len(segments), np.int64)
        # Where the messages tick, readings come before their tick; else soon after.
        self._settle = 0 if city.clock == "messages" else SETTLE_S
        self._evaluated = 0
        self._origin: str = city.origin
        self._said: dict[tuple[str, int], Congestion] = {}
        self._revisions = Revisions()
        self._forgotten = 0

    def touch(
        self, touched: Mapping[tuple[str, int], int], origin: str, tick: int
    ) -> list[Congestion]:
        """Note what was observed; return amended intervals, their level untouched."""
        again: dict[int, list[tuple[int, Congestion]]] = {}
        for (site, start), end in touched.items():
            row = self._place.get(site)
            if row is None:
                continue
            self._origin = origin
            self._observed[row] = max(self._observed[row], end)
            said = self._said.get((site, start))
            if said is not None:
                again.setdefault(said.evaluated, []).append((row, said))
        return [r for end in sorted(again) for r in self._amend(end, again[end], tick)]

    def evaluate(self, time: int) -> list[Congestion]:
        """Evaluate the window that ends at `time`, whole slots, once."""
        end = (time - self._settle) // self._interval * self._interval
        if end <= self._evaluated:
            return []
        self._evaluated = end
        measures = measure(self._window.read(end - self._span, end))
        self._state = step(
            self._policy,
            self._state,
            measures.ratio,
            measures.standing,
            measures.valid,
            now=end,
        )
        measured, jam = self._measured(measures), self._jam(measures, end)
        results = self._said_now(end, measured, jam)
        self._forget(time - self._city.lateness_s - HOUR_S)
        return results

    def newest(self) -> list[Congestion]:
        """Return what was said last of each segment."""
        last = {site: said for (site, _), said in sorted(self._said.items(), key=_when)}
        return list(last.values())

    def _jam(self, measures: Measures, now: int) -> Bool:
        since: Int64 = self._state.since
        return is_jam(self._state.level, since, now, self._length, measures.speed)

    def _said_now(
        self, end: int, measured: Sequence[dict[str, Any]], jam: Bool
    ) -> list[Congestion]:
        start = (end - 1) // WINDOW_S * WINDOW_S
        levels = np.where(jam, JAM, self._state.level).tolist()
        since, observed = self._state.since.tolist(), self._observed.tolist()
        old = is_old(self._state, end).tolist()
        records = [
            Congestion(
                **fields,
                city=self._city.id,
                origin=self._origin,
                site=segment.id,
                start=start,
                end=start + WINDOW_S,
                evaluated=end,
                level=LEVELS[levels[row]],
                level_since=since[row],
                stale=old[row],
                observed=min(observed[row], end),
                tick=end,
            )
            for row, (segment, fields) in enumerate(
                zip(self.segments, measured, strict=True)
            )
        ]
        return [self._remember(record) for record in records]

    def _amend(
        self, end: int, again: Sequence[tuple[int, Congestion]], tick: int
    ) -> list[Congestion]:
        measured = self._measured(measure(self._window.read(end - self._span, end)))
        return [
            self._remember(
                msgspec.structs.replace(
                    said,
                    **measured[row],
                    observed=max(said.observed, min(int(self._observed[row]), end)),
                    tick=tick,
                )
            )
            for row, said in again
        ]

    def _remember(self, record: Congestion) -> Congestion:
        revised = self._revisions.revised(record)
        self._said[record.site, record.start] = revised
        return revised

    def _measured(self, measures: Measures) -> list[dict[str, Any]]:
        """Return what was measured as fields of results, by segment."""
        slots = self._span // self._interval
        columns = zip(
            measures.flow.tolist(),
            measures.speed.tolist(),
            measures.method.tolist(),
            measures.occupancy.tolist(),
            self._window.free_flow.tolist(),
            measures.ratio.tolist(),
            measures.vehicles.tolist(),
            measures.covered.tolist(),
            measures.reason.tolist(),
            strict=True,
        )
        return [
            {
                "flow": _known(flow, 1),
                "speed": _known(speed, 2),
                "method": METHODS[method],
                "occupancy": _known(occupancy, 4),
                "free_flow": _known(free_flow, 1),
                "ratio": _known(ratio, 4),
                "vehicles": 0 if isnan(vehicles) else round(vehicles),
                "completeness": round(covered / slots, 4),
                "reason": REASONS[reason],
            }
            for (
                flow,
                speed,
                method,
                occupancy,
                free_flow,
                ratio,
                vehicles,
                covered,
                reason,
            ) in columns
        ]

    def _forget(self, before: int) -> None:
        self._revisions.forget(before)
        if before // HOUR_S > self._forgotten:
            self._forgotten = before // HOUR_S
            self._said = {k: s for k, s in self._said.items() if k[1] >= before}

    def dump(self) -> dict[str, Any]:
        """Return the state as plain values."""
        return {
            "segments": [segment.id for segment in self.segments],
            "level": {k: a.tolist() for k, a in self._state.arrays().items()},
            "observed": self._observed.tolist(),
            "evaluated": self._evaluated,
            "origin": self._origin,
            "said": list(self._said.values()),
            "revisions": self._revisions.dump(),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Take over what a group dumped of the segments that are in this one."""
        pairs = [
            (old, self._place[site])
            for old, site in enumerate(state["segments"])
            if site in self._place
        ]
        if not pairs:
            return
        old, new = ([pair[side] for pair in pairs] for side in (0, 1))
        arrays = {name: array.copy() for name, array in self._state.arrays().items()}
        for name, target in arrays.items():
            kept = np.array(state["level"][name], target.dtype)
            # A changed number of thresholds starts the streaks afresh.
            if kept.shape[1:] == target.shape[1:]:
                target[new] = kept[old]
        self._state = LevelState(**arrays)  # type: ignore[arg-type]  # as it came
        self._observed[new] = np.array(state["observed"], np.int64)[old]
        self._evaluated = max(self._evaluated, state["evaluated"])
        self._origin = state["origin"]
        said = [msgspec.convert(each, Congestion) for each in state["said"]]
        self._said |= {(s.site, s.start): s for s in said if s.site in self._place}
        self._revisions.load(state["revisions"])


def _known(value: float, digits: int) -> float | None:
    return None if isnan(value) else round(value, digits)


def _when(item: tuple[tuple[str, int], Congestion]) -> int:
    return item[0][1]
