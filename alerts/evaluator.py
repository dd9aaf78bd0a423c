"""Owns when an alert begins, worsens and ends, in event time; it opens nothing.

The same code runs live, replayed and in a backtest: `Evaluator.step` is handed what the
streams said in one event-minute and returns the transitions. How long things must last
is `alerts.memory`'s, how a value is read `alerts.observation`'s, what is kept over a
restart `alerts.kept`'s.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from alerts import kept
from alerts.area import Member, ranked
from alerts.memory import Change, Memory, lose, observe
from alerts.observation import Observation, evidence, of_segment, of_station, quantity
from alerts.rule import AreaWhere, Rule
from alerts.seen import HOUR_S, Segment, Station
from alerts.transition import (
    LATE_S,
    Evidence,
    Transition,
    episode_id,
)
from alerts.watch import Watch
from sensors.city import City
from streams.results import AirQuality, Congestion

SHOWN_SITES = 5
"""Sites named as evidence of an area."""


class _Look(NamedTuple):
    found: Observation
    evidence: Evidence


class Evaluator:
    """All rules of a city and what they remember.

    Parameters
    ----------
    rules
        Rules with ids of their own.
    city
        The city.

    Raises
    ------
    ValueError
        If two rules have one id.
    """

    def __init__(self, rules: Sequence[Rule], city: City) -> None:
        if len({rule.id for rule in rules}) != len(rules):
            message = "two rules have one id; ids must differ"
            raise ValueError(message)
        self._city = city
        self._watches = {
            r.id: Watch(r, city) for r in sorted(rules, key=lambda r: r.id)
        }
        self._memories: dict[str, dict[str, Memory]] = {r: {} for r in self._watches}
        self._stations: dict[str, Station] = {}
        self._segments: dict[str, Segment] = {}
        self._closing: list[kept.Closing] = []
        self._first = 0
        self._now = 0
        self._by_site = self._index()

    def _index(self) -> dict[str, list[tuple[Watch, str]]]:
        found: dict[str, list[tuple[Watch, str]]] = {}
        for watch in self._watches.values():
            for scope, sites in watch.scopes.items():
                for site in sites:
                    found.setdefault(site, []).append((watch, scope))
        return found

    def step(
        self, now: int, air: Sequence[AirQuality], congestion: Sequence[Congestion]
    ) -> list[Transition]:
        """Advance to the tick `now` with all results that came since the last one.

        Parameters
        ----------
        now
            Event time [unix s]; a tick that is not newer than the last brings nothing
            of its own, its results are still taken.
        air, congestion
            In any order; repeats and amendments of the past are harmless.

        Returns
        -------
        list of Transition
            By time, rule and scope.
        """
        self._first = self._first or now
        self._now = max(self._now, now)
        found = list(self._close())
        touched: dict[tuple[str, str], None] = {}
        hourly = [record for record in air if record.averaging == "1h"]
        for record in sorted(hourly, key=_air_order):
            found += self._take_air(record, touched)
        for state in sorted(congestion, key=_road_order):
            found += self._take_road(state)
        for rule, scope in touched:
            found += self._observe(self._watches[rule], scope)
        for watch in self._watches.values():
            found += self._tick(watch)
        return sorted(found, key=lambda t: (t.time, t.rule, t.scope_id))

    def _close(self) -> Iterator[Transition]:
        for closing in self._closing:
            yield closing.transition(self._city, self._now)
        self._closing = []

    def _take_air(
        self, record: AirQuality, touched: dict[tuple[str, str], None]
    ) -> Iterator[Transition]:
        watches = self._by_site.get(record.site, ())
        if not watches:
            return
        self._stations.setdefault(record.site, Station()).take(record)
        for watch, scope in watches:
            if watch.silence():
                continue
            if isinstance(watch.rule.where, AreaWhere):
                touched[watch.rule.id, scope] = None
            else:
                yield from self._observe(watch, scope)

    def _take_road(self, record: Congestion) -> Iterator[Transition]:
        watches = self._by_site.get(record.site, ())
        seen = self._segments.setdefault(record.site, Segment()) if watches else None
        if seen is None or not seen.take(record):
            return
        for watch, scope in watches:
            if not watch.silence():
                yield from self._observe(watch, scope)

    def _observe(self, watch: Watch, scope: str) -> Iterator[Transition]:
        look = self._look(watch, scope)
        memory = self._memory(watch, scope)
        if look is None or look.found.time <= memory.last:
            return
        schedule = watch.rule.schedule
        begin = schedule is None or schedule.open(look.found.time)
        policy = watch.policies[scope]
        change = observe(memory, policy, look.found.time, look.found.value, begin=begin)
        if change is not None:
            yield self._told(watch, scope, change, look, look.found.time)

    def _memory(self, watch: Watch, scope: str) -> Memory:
        memories = self._memories[watch.rule.id]
        if scope not in memories:
            memories[scope] = Memory()
            memories[scope].fit(len(watch.policies[scope].edges))
        return memories[scope]

    def _tick(self, watch: Watch) -> Iterator[Transition]:
        if watch.silence():
            for scope in watch.scopes:
                yield from self._observe(watch, scope)
        rule = watch.rule
        for scope, memory in self._memories[rule.id].items():
            if memory.on and self._now - memory.told >= rule.repeat:
                yield from self._again(watch, scope, memory)
            silent = self._now - memory.last > rule.no_data_after
            if silent and memory.state not in {"no_data", "unknown"}:
                look = self._remembered(watch, memory)
                change = lose(memory, "no_data")
                yield self._told(watch, scope, change, look, self._now)

    def _again(self, watch: Watch, scope: str, memory: Memory) -> Iterator[Transition]:
        """Say a standing alert again, while its newest reading is news.

        Where nobody was told of its beginning, only on a reading that came in time.
        """
        look = self._look(watch, scope)
        allowed = LATE_S
        if memory.heard and watch.final:
            allowed += HOUR_S + self._city.grace_s
        if look is None or self._now - look.found.time > allowed:
            return
        state, on = memory.state, memory.on
        change = Change(state, state, "update", on, on, "still")
        yield self._told(watch, scope, change, look, self._now)

    def _remembered(self, watch: Watch, memory: Memory) -> _Look:
        found = Observation(memory.last, memory.value, "", memory.last)
        shown = Evidence(quantity=quantity(watch.rule.what), end=memory.last)
        return _Look(found, shown)

    def _look(self, watch: Watch, scope: str) -> _Look | None:
        if watch.silence():
            return self._silence(watch, scope)
        if isinstance(watch.rule.where, AreaWhere):
            return self._area(watch, watch.rule.where, scope)
        if watch.rule.where.scope == "segment":
            segment = self._segments.get(scope)
            road = None if segment is None else of_segment(watch.rule.what, segment)
            return road and _Look(road, evidence(watch.rule.what, road, scope, ""))
        seen = self._stations.get(scope)
        found = None if seen is None else of_station(watch.rule.what, seen)
        if seen is None or found is None:
            return None
        shown = evidence(watch.rule.what, found, scope, seen.station_class)
        return _Look(found, shown)

    def _silence(self, watch: Watch, scope: str) -> _Look:
        seen = self._stations.get(scope) or self._segments.get(scope)
        since = max(self._first, seen.observed if seen is not None else 0)
        found = Observation(self._now, max(0, self._now - since), "age", since)
        return _Look(found, evidence(watch.rule.what, found, scope, ""))

    def _area(self, watch: Watch, where: AreaWhere, scope: str) -> _Look | None:
        sites = [
            site
            for site in watch.scopes[scope]
            if scope in self._city.areas_of(site, self._now)
        ]
        seen = {s: f for s in sites if (f := self._fresh(watch, s)) is not None}
        order = ranked([Member(s, f.value, f.time) for s, f in seen.items()])
        deciding = _deciding(where, order)
        if len(order) < where.valid or not deciding:
            return None
        last = seen[deciding[-1].site]
        time = min(member.time for member in deciding)
        found = Observation(time, deciding[-1].value, last.averaging, last.start)
        classes = {self._stations[m.site].station_class for m in order}
        return _Look(
            found,
            Evidence(
                sites=tuple(m.site for m in deciding[:SHOWN_SITES]),
                quantity=quantity(watch.rule.what),
                averaging=found.averaging,
                start=found.start,
                end=found.time,
                used=len(order),
                of=len(sites),
                station_class=classes.pop() if len(classes) == 1 else "mixed",
            ),
        )

    def _fresh(self, watch: Watch, site: str) -> Observation | None:
        seen = self._stations.get(site)
        found = None if seen is None else of_station(watch.rule.what, seen)
        if found is None or not watch.fresh(site, found.time, self._now):
            return None
        return found

    def _told(
        self, watch: Watch, scope: str, change: Change, look: _Look, time: int
    ) -> Transition:
        memory, rule = self._memory(watch, scope), watch.rule
        memory.sequence += bool(change.kind)
        shown = rule.steps[(change.on or change.was_on) - 1] if change.kind else None
        was = rule.steps[change.was_on - 1].name if change.was_on else ""
        since, value = memory.since, look.found.value
        if rule.what.kind == "speed_ratio":
            value = -value
        transition = Transition(
            city=self._city.id,
            origin=self._city.origin,
            rule=rule.id,
            rule_version=watch.version,
            scope=rule.where.scope,
            scope_id=scope,
            episode=episode_id(self._city.id, rule.id, scope, since) if since else "",
            sequence=memory.sequence if change.kind else 0,
            before=change.before,
            after=change.after,
            kind=change.kind,
            step=shown.name if shown else "",
            severity=shown.severity if shown else "",
            previous=was,
            time=time,
            known=self._now,
            since=since,
            value=value,
            evidence=look.evidence,
            reason=change.reason,
            telling=watch.telling,
            heard=memory.heard,
        )
        if change.kind and not transition.late:
            memory.told, memory.heard = self._now, memory.sequence
        return transition

    def dump(self) -> bytes:
        """Return everything that is remembered."""
        return kept.pack(
            kept.Kept(
                city=self._city.id,
                first=self._first,
                now=self._now,
                stations=self._stations,
                segments=self._segments,
                rules={
                    rule: kept.KeptRule.of(watch, self._memories[rule])
                    for rule, watch in self._watches.items()
                },
                closing=self._closing,
            )
        )

    def load(self, state: bytes) -> None:
        """Take over what `dump` returned, of these rules or of earlier ones.

        A rule with the same condition goes on where it was. See `kept.migrate` for one
        with another condition; alerts of rules that are gone end with the next step.

        Raises
        ------
        sensors.records.UnknownVersionError
            If the state is of a version that this program does not know.
        """
        known = kept.unpack(state)
        self._first, self._now = known.first, known.now
        self._stations, self._segments = known.stations, known.segments
        self._closing = list(known.closing)
        self._memories = {rule: {} for rule in self._watches}
        for rule, old in known.rules.items():
            watch = self._watches.get(rule)
            memories, closing = kept.migrate(rule, old, watch)
            self._memories.setdefault(rule, {})
            if watch is not None:
                self._memories[rule] = memories
            else:
                del self._memories[rule]
            self._closing += closing


def _air_order(record: AirQuality) -> tuple[int, str, int, int, bool]:
    time = record.observed or record.end
    return (time, record.site, record.start, record.revision, not record.provisional)


def _road_order(record: Congestion) -> tuple[int, str, int, int]:
    return (record.evaluated, record.site, record.start, record.revision)


def _deciding(where: AreaWhere, order: list[Member]) -> list[Member]:
    """Return the stations that decide an area's value, the deciding one last."""
    if not order:
        return []
    if where.value == "median":
        return [order[len(order) // 2]]
    count = where.stations if where.value == "at_least" else 1
    return order[:count] if len(order) >= count else []
