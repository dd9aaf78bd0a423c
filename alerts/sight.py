"""Owns what is seen of a city at this moment: each rule's value in each scope.

It holds what the streams said last; when a value becomes an alert is the evaluator's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from alerts.area import Member, ranked
from alerts.memory import Memory
from alerts.observation import Observation, evidence, of_segment, of_station, quantity
from alerts.rule import AreaWhere
from alerts.seen import Segment, Station
from alerts.transition import Evidence
from alerts.watch import Watch
from sensors.city import City
from streams.results import AirQuality, Congestion

SHOWN_SITES = 5
"""Sites named as evidence of an area."""


class Look(NamedTuple):
    """A value and what it rests on."""

    found: Observation
    evidence: Evidence


@dataclass(slots=True)
class Sight:
    """What was last seen of every site.

    Parameters
    ----------
    city
        The city.
    stations, segments
        By id.
    first, now
        The first tick and the newest [unix s].
    """

    city: City
    stations: dict[str, Station] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)
    first: int = 0
    now: int = 0

    def tick(self, now: int) -> None:
        """Advance to the tick `now` [unix s], unless it is past already."""
        self.first = self.first or now
        self.now = max(self.now, now)

    def take_air(self, record: AirQuality) -> None:
        """Take a station's result of an hour."""
        self.stations.setdefault(record.site, Station()).take(record)

    def take_road(self, record: Congestion) -> bool:
        """Take a segment's evaluation; say whether a new reading is behind it."""
        return self.segments.setdefault(record.site, Segment()).take(record)

    def remembered(self, watch: Watch, scope: str, memory: Memory) -> Look:
        """Return the newest value of a scope that can no longer be looked at."""
        found = Observation(memory.last, memory.value, "", memory.last)
        sites = [site for site in watch.scopes[scope] if site in self.stations]
        shown = Evidence(
            quantity=quantity(watch.rule.what),
            end=memory.last,
            station_class=self._classes(sites),
        )
        return Look(found, shown)

    def _classes(self, sites: Iterable[str]) -> str:
        """Return the class of all `sites`, ``mixed``, or empty where there are none."""
        classes = {self.stations[site].station_class for site in sites}
        return "mixed" if len(classes) > 1 else "".join(classes)

    def look(self, watch: Watch, scope: str) -> Look | None:
        """Return the value of a rule in a scope now; None where it is not known."""
        if watch.silence():
            return self._silence(watch, scope)
        if isinstance(watch.rule.where, AreaWhere):
            return self._area(watch, watch.rule.where, scope)
        if watch.rule.where.scope == "segment":
            segment = self.segments.get(scope)
            road = None if segment is None else of_segment(watch.rule.what, segment)
            return road and Look(road, evidence(watch.rule.what, road, scope, ""))
        seen = self.stations.get(scope)
        found = None if seen is None else of_station(watch.rule.what, seen)
        if seen is None or found is None:
            return None
        shown = evidence(watch.rule.what, found, scope, seen.station_class)
        return Look(found, shown)

    def _silence(self, watch: Watch, scope: str) -> Look:
        seen = self.stations.get(scope) or self.segments.get(scope)
        since = max(self.first, seen.observed if seen is not None else 0)
        found = Observation(self.now, max(0, self.now - since), "age", since)
        return Look(found, evidence(watch.rule.what, found, scope, ""))

    def _area(self, watch: Watch, where: AreaWhere, scope: str) -> Look | None:
        sites = [
            site
            for site in watch.scopes[scope]
            if scope in self.city.areas_of(site, self.now)
        ]
        seen = {s: f for s in sites if (f := self._fresh(watch, s)) is not None}
        order = ranked([Member(s, f.value, f.time) for s, f in seen.items()])
        deciding = _deciding(where, order)
        if len(order) < where.valid or not deciding:
            return None
        last = seen[deciding[-1].site]
        time = min(member.time for member in deciding)
        found = Observation(time, deciding[-1].value, last.averaging, last.start)
        return Look(
            found,
            Evidence(
                sites=tuple(m.site for m in deciding[:SHOWN_SITES]),
                quantity=quantity(watch.rule.what),
                averaging=found.averaging,
                start=found.start,
                end=found.time,
                used=len(order),
                of=len(sites),
                station_class=self._classes(m.site for m in order),
            ),
        )

    def _fresh(self, watch: Watch, site: str) -> Observation | None:
        seen = self.stations.get(site)
        found = None if seen is None else of_station(watch.rule.what, seen)
        if found is None or not watch.fresh(site, found.time, self.now):
            return None
        return found


def _deciding(where: AreaWhere, order: list[Member]) -> list[Member]:
    """Return the stations that decide an area's value, the deciding one last."""
    if not order:
        return []
    if where.value == "median":
        return [order[len(order) // 2]]
    count = where.stations if where.value == "at_least" else 1
    return order[:count] if len(order) >= count else []
