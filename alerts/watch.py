"""Owns where a rule applies in a city: its scopes, their sites, how often they report.

It is worked out once, when rules and city are put together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from alerts.condition import edges
from alerts.memory import Policy
from alerts.rule import AreaWhere, Rule, SegmentWhere, StationWhere
from alerts.seen import HOUR_S
from alerts.transition import Telling
from sensors.city import City, Station

TICK_S = 60
FIRST_MEAN_S = 900
"""A running hour has no mean before so much of it is measured [s]."""
AIR_INTERVAL_S = 300
ROAD_INTERVAL_S = 60


@dataclass(frozen=True, eq=False)
class Watch:
    """One rule put together with a city.

    Parameters
    ----------
    rule, city
        The two.
    """

    rule: Rule
    city: City

    @cached_property
    def version(self) -> str:
        """The rule's version."""
        return self.rule.version()

    @cached_property
    def fingerprint(self) -> str:
        """The rule's fingerprint."""
        return self.rule.fingerprint()

    @cached_property
    def subject(self) -> str:
        """The rule's subject."""
        return self.rule.subject()

    @cached_property
    def telling(self) -> Telling:
        """What transitions carry of the rule."""
        rule = self.rule
        return Telling(
            text=rule.text,
            audience=rule.audience,
            groups=rule.groups,
            channels=rule.channels,
            repeat=rule.repeat,
        )

    @cached_property
    def scopes(self) -> Mapping[str, tuple[str, ...]]:
        """The sites of each scope that has any, by the scope's id."""
        return dict(sorted(self._scopes()))

    @cached_property
    def policies(self) -> Mapping[str, Policy]:
        """The durations and steps of each scope."""
        return {scope: self._policy(scope) for scope in self.scopes}

    @cached_property
    def final(self) -> bool:
        """Whether it looks at closed hours only."""
        return getattr(self.rule.what, "use", "provisional") == "final"

    def fresh(self, site: str, time: int, now: int) -> bool:
        """Say whether a site's value of `time` still counts in its area at `now`.

        Of closed hours the newest; of running ones while the next two reports may
        still come, and a little longer where a new hour has no mean yet.
        """
        if self.final:
            return now - time <= HOUR_S + self.city.grace_s + FIRST_MEAN_S
        turned = (time - 1) // HOUR_S != now // HOUR_S
        allowed = 3 * self._interval(site)
        return now - time <= (allowed + FIRST_MEAN_S if turned else allowed)

    def silence(self) -> bool:
        """Whether it watches for silence and so looks at every tick."""
        return self.rule.what.kind == "silence"

    def _policy(self, scope: str) -> Policy:
        rule = self.rule
        segment = self.city.segment(scope)
        gap = 3 * max(self._interval(site) for site in self.scopes[scope])
        running = rule.where.scope != "segment" and not (self.final or self.silence())
        return Policy(
            edges=edges(rule, None if segment is None else segment.length_m),
            clear_for=rule.clear_for,
            keep_firing=rule.keep_firing,
            gap=gap,
            hour_gap=gap + FIRST_MEAN_S if running else gap,
        )

    def _interval(self, site: str) -> int:
        if self.silence():
            return TICK_S
        if self.final:
            return HOUR_S
        known = [device.interval_s for device in self.city.devices_of(site)]
        road = self.city.segment(site) is not None
        return min(known, default=ROAD_INTERVAL_S if road else AIR_INTERVAL_S)

    def _scopes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        where = self.rule.where
        if isinstance(where, AreaWhere):
            for area in self._areas(where):
                sites = [s for s in self.city.sites_in(area) if self._counts(s)]
                if sites:
                    yield area, tuple(sorted(sites))
            return
        chosen = self._within(where)
        all_sites = self._candidates(where)
        yield from ((s, (s,)) for s in all_sites if chosen is None or s in chosen)

    def _candidates(self, where: StationWhere | SegmentWhere) -> list[str]:
        if isinstance(where, SegmentWhere):
            return [s.id for s in self.city.segments if edges(self.rule, s.length_m)]
        return [s.id for s in self.city.stations if self._counts(s.id)]

    def _within(self, where: StationWhere | SegmentWhere) -> set[str] | None:
        named = where.segments if isinstance(where, SegmentWhere) else where.stations
        if not named and not where.areas:
            return None
        below = {s for a in where.areas if self.city.area(a) for s in self._in(a)}
        return below | set(named)

    def _in(self, area: str) -> tuple[str, ...]:
        return self.city.sites_in(area)

    def _areas(self, where: AreaWhere) -> list[str]:
        if not where.areas and not where.kinds:
            stations = [s.id for s in self.city.stations]
            own = {self.city.operations_area(s) for s in stations}
            return sorted(area for area in own if area is not None)
        of_kinds = {a.id for a in self.city.areas if a.kind in where.kinds}
        named = {a for a in where.areas if self.city.area(a)}
        return sorted(of_kinds | named)

    def _counts(self, site: str) -> bool:
        """Whether a station is of the rule's class and measures its quantity."""
        station = self.city.station(site)
        if station is None or not self._of_class(station):
            return False
        wanted = getattr(self.rule.what, "quantity", None)
        return wanted is None or wanted in station.quantities

    def _of_class(self, station: Station) -> bool:
        where = self.rule.where
        if self.rule.what.kind == "aqi" and station.station_class != "regulatory":
            return False
        if isinstance(where, SegmentWhere) or where.station_class == "any":
            return True
        return where.station_class == station.station_class
