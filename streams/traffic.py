"""The traffic rules of one partition: five-minute measures and levels by segment.

It advances by readings and ticks and returns results; it opens nothing.
"""

from collections.abc import Container, Sequence

from sensors.city import City, Segment
from sensors.reading import ReadingBatch
from streams.calc.level import LevelPolicy
from streams.results import Congestion
from streams.road_group import HOUR_S, WINDOW_S, RoadGroup
from streams.slots import Slots, pack, unpack


class TrafficRules:
    """State and rules of the segments of one partition.

    Parameters
    ----------
    city
        The city; its lateness and intervals are obeyed.
    segments
        The segments of this partition.
    policy
        How ratios become levels.
    """

    def __init__(
        self,
        city: City,
        segments: Sequence[Segment],
        policy: LevelPolicy | None = None,
    ) -> None:
        self._city = city
        self._policy = policy or LevelPolicy()
        intervals = {d.id: d.interval_s for d in city.devices if d.kind == "traffic"}
        self._slots = Slots(HOUR_S, intervals)
        self._groups = [
            RoadGroup(city, self._slots, members, interval, self._policy)
            for interval, members in _by_interval(city, segments).items()
        ]
        self._group = {s.id: group for group in self._groups for s in group.segments}
        self._time = 0

    @property
    def sites(self) -> Container[str]:
        """Ids of the segments."""
        return self._group

    def apply(self, readings: ReadingBatch, origin: str) -> list[Congestion]:
        """Take readings; return what they change of intervals evaluated before.

        Readings beyond the lateness are left to `recompute`.
        """
        taken = readings.take(readings.end >= self._time - self._city.lateness_s)
        if not len(taken):
            return []
        self._slots.put(taken)
        touched = _touched(taken)
        return [
            result
            for group in self._groups
            for result in group.touch(touched, origin, self._time)
        ]

    def tick(self, time: int) -> list[Congestion]:
        """Advance event time [unix s]; return the evaluations that are due."""
        if time <= self._time:
            return []
        self._time = time
        self._slots.drop_before((time - self._city.lateness_s) // HOUR_S - 1)
        return [result for group in self._groups for result in group.evaluate(time)]

    def restate(self) -> list[Congestion]:
        """Return the newest results again."""
        return [result for group in self._groups for result in group.newest()]

    def dump(self) -> bytes:
        """Return the whole state."""
        groups = [group.dump() for group in self._groups]
        return pack({"slots": self._slots.dump(), "groups": groups, "time": self._time})

    def load(self, state: bytes) -> None:
        """Take over what `dump` returned; segments no longer known are left out."""
        kept = unpack(state)
        self._time = kept["time"]
        self._slots.load(kept["slots"], self._group)
        for group in self._groups:
            for part in kept["groups"]:
                group.load(part)


def _by_interval(city: City, segments: Sequence[Segment]) -> dict[int, list[Segment]]:
    groups: dict[int, list[Segment]] = {}
    for segment in segments:
        intervals = [device.interval_s for device in city.devices_of(segment.id)]
        groups.setdefault(min(intervals, default=WINDOW_S), []).append(segment)
    return groups


def _touched(readings: ReadingBatch) -> dict[tuple[str, int], int]:
    """Return the newest end of readings by site and start of their window [s]."""
    newest: dict[tuple[int, int], int] = {}
    starts = (readings.start // WINDOW_S * WINDOW_S).tolist()
    for start, site, end in zip(
        starts, readings.site.tolist(), readings.end.tolist(), strict=True
    ):
        newest[start, site] = max(end, newest.get((start, site), end))
    return {(readings.sites[key[1]], key[0]): newest[key] for key in sorted(newest)}
