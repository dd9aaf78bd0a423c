"""Owns what is said of one road segment, and which roads come first."""

from collections.abc import Iterable
from dataclasses import dataclass

from sensors.city.site import Segment
from stores.shown import Newest
from streams.results import Congestion
from web.settings import WebSettings
from web.view.freshness import Freshness, freshness

LEVELS = ("closed", "jam", "queue", "slow", "busy", "free", "no_data")
"""Worst first; what nobody knows comes last, never as free."""

SILENT_INTERVALS = 3
"""A segment whose newest reading is older than this many intervals is silent."""

DELAY_AFTER_S = 900
"""A level younger than this says nothing yet of the time that a whole trip loses."""

WINDOW_S = 300
"""Length of the window that is evaluated [s]."""


@dataclass(frozen=True)
class RoadView:
    """One road segment now.

    Parameters
    ----------
    segment
        The segment of the city file.
    record
        Its newest result; None where there is none.
    raw
        Its newest readings; None where none ever came.
    now
        Event time [unix s].
    freshness
        What the age of `record` means.
    interval_s
        Expected time between two readings [s].
    """

    segment: Segment
    record: Congestion | None
    raw: Newest | None
    now: int
    freshness: Freshness
    interval_s: int

    @property
    def current(self) -> bool:
        """Whether its record still counts as a value, be it old."""
        return self.freshness in {Freshness.CURRENT, Freshness.OLD}

    @property
    def level(self) -> str:
        """The level, ``no_data`` where there is none that still counts."""
        return self.record.level if self.record and self.current else "no_data"

    @property
    def stale(self) -> bool:
        """Whether the level is old, or kept from an earlier window."""
        return self.held or self.freshness is not Freshness.CURRENT

    @property
    def held(self) -> bool:
        """Whether the level is kept because the window has too few vehicles.

        Speed and time are then those of the window: current.
        """
        kept = self.record is not None and self.record.stale
        return kept and self.freshness is Freshness.CURRENT

    @property
    def lagging(self) -> bool:
        """Whether readings come in, and the result is too old: it is evaluated late."""
        if self.raw is None or self.freshness is Freshness.CURRENT:
            return False
        return self.now - self.raw.end <= SILENT_INTERVALS * self.interval_s

    @property
    def reason(self) -> str:
        """Why there is no level, or empty."""
        if self.level != "no_data":
            return ""
        if self.record is None or not self.current:
            if self.lagging:
                return "catching_up"
            return "never" if self.observed is None else "silent"
        return self.record.reason or "no_data"

    @property
    def time(self) -> int | None:
        """End of the evaluated window [unix s], at most `now`."""
        return None if self.record is None else min(self.now, self.record.evaluated)

    @property
    def computed(self) -> int | None:
        """Event time of the newest result [unix s]; None where there is none."""
        return None if self.record is None else self.record.evaluated

    @property
    def age_s(self) -> int | None:
        """Time since the end of the evaluated window [s]."""
        return None if self.time is None else max(0, self.now - self.time)

    @property
    def observed(self) -> int | None:
        """End of the newest reading known [unix s], at most `now`: clocks run ahead."""
        known = [self.record.observed] if self.record and self.record.observed else []
        if self.raw is not None:
            known.append(self.raw.end)
        return min(self.now, max(known)) if known else None

    @property
    def next_expected(self) -> int:
        """When there should be something new, or should have been [unix s]."""
        if self.observed is None:
            return self.now - self.now % self.interval_s + self.interval_s
        return self.observed + self.interval_s

    @property
    def overdue(self) -> bool:
        """Whether what was expected next is already late."""
        return self.next_expected < self.now

    @property
    def speed(self) -> float | None:
        """Speed of the shown window [km/h]."""
        return self.record.speed if self.record and self.current else None

    @property
    def ratio(self) -> float | None:
        """Speed against free-flow speed, at least 0."""
        return self.record.ratio if self.record and self.current else None

    @property
    def delay_s(self) -> int | None:
        """Estimate of the time lost on the segment against free flow [s].

        One place is measured, not the whole segment. So there is none while the level
        is younger than `DELAY_AFTER_S`, and it is never more than the level's age and
        the window: who entered before that was not held up. None where unknown.
        """
        length, age = self.segment.length_m, self._level_age_s
        if self.record is None or not self.speed or not length or age is None:
            return None
        if not self.record.free_flow or age < DELAY_AFTER_S:
            return None
        now, free = (length * 3.6 / v for v in (self.speed, self.record.free_flow))
        return min(max(0, round(now - free)), age + WINDOW_S)

    @property
    def _level_age_s(self) -> int | None:
        if self.since is None or self.time is None:
            return None
        return self.time - self.since

    @property
    def since(self) -> int | None:
        """When this level began [unix s]; None where unknown."""
        return self.record.level_since or None if self.record and self.current else None


def road_view(
    segment: Segment,
    record: Congestion | None,
    raw: Newest | None,
    *,
    now: int,
    interval_s: int,
    settings: WebSettings,
) -> RoadView:
    """Say what is known of a road segment."""
    time = None if record is None else record.evaluated
    fresh = freshness(time, now, settings.road_old_s, settings.road_gone_s)
    return RoadView(segment, record, raw, now, fresh, interval_s)


def worst_first(roads: Iterable[RoadView], near: frozenset[str]) -> list[RoadView]:
    """Order roads: those in `near` before the others, then worst level, then ratio."""

    def rank(road: RoadView) -> tuple[bool, int, float, str]:
        ratio = 2.0 if road.ratio is None else road.ratio
        return (
            road.segment.id not in near,
            LEVELS.index(road.level),
            ratio,
            road.segment.id,
        )

    return sorted(roads, key=rank)
