"""Owns when an alert begins, worsens and ends, in event time; it opens nothing.

The same code runs live, replayed and in a backtest: `Evaluator.step` is handed what the
streams said in one event-minute and returns the transitions. How long things must last
is `alerts.memory`'s, what a value is `alerts.sight`'s, what is kept over a restart
`alerts.kept`'s.
"""

from collections.abc import Iterator, Sequence

from alerts import kept
from alerts.memory import Change, Memory, lose, observe
from alerts.rule import AreaWhere, Rule
from alerts.saying import Place, transition_of
from alerts.seen import HOUR_S
from alerts.sight import Look, Sight
from alerts.transition import LATE_S, Transition
from alerts.watch import Watch
from sensors.city import City
from streams.results import AirQuality, Congestion


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
        self._sight = Sight(city)
        self._closing: list[kept.Closing] = []
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
        self._sight.tick(now)
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
            yield closing.transition(self._city, self._sight.now)
        self._closing = []

    def _take_air(
        self, record: AirQuality, touched: dict[tuple[str, str], None]
    ) -> Iterator[Transition]:
        watches = self._by_site.get(record.site, ())
        if not watches:
            return
        self._sight.take_air(record)
        for watch, scope in watches:
            if watch.silence():
                continue
            if isinstance(watch.rule.where, AreaWhere):
                touched[watch.rule.id, scope] = None
            else:
                yield from self._observe(watch, scope)

    def _take_road(self, record: Congestion) -> Iterator[Transition]:
        watches = self._by_site.get(record.site, ())
        if not watches or not self._sight.take_road(record):
            return
        for watch, scope in watches:
            if not watch.silence():
                yield from self._observe(watch, scope)

    def _observe(self, watch: Watch, scope: str) -> Iterator[Transition]:
        look = self._sight.look(watch, scope)
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
            if memory.on and self._sight.now - memory.told >= rule.repeat:
                yield from self._again(watch, scope, memory)
            silent = self._sight.now - memory.last > rule.no_data_after
            if silent and memory.state not in {"no_data", "unknown"}:
                look = self._sight.remembered(watch, scope, memory)
                change = lose(memory, "no_data")
                yield self._told(watch, scope, change, look, self._sight.now)

    def _again(self, watch: Watch, scope: str, memory: Memory) -> Iterator[Transition]:
        """Say a standing alert again, while its newest reading is news.

        Where nobody was told of its beginning, only on a reading that came in time.
        """
        look = self._sight.look(watch, scope)
        allowed = LATE_S
        if memory.heard and watch.final:
            allowed += HOUR_S + self._city.grace_s
        if look is None or self._sight.now - look.found.time > allowed:
            return
        state, on = memory.state, memory.on
        change = Change(state, state, "update", on, on, "still")
        yield self._told(watch, scope, change, look, self._sight.now)

    def _told(
        self, watch: Watch, scope: str, change: Change, look: Look, time: int
    ) -> Transition:
        """Write a change down and remember whether people hear of it."""
        memory = self._memory(watch, scope)
        memory.sequence += bool(change.kind)
        place = Place(watch, scope, self._city, self._sight.now)
        transition = transition_of(place, change, look, memory, time)
        if change.kind and not transition.late:
            memory.told, memory.heard = self._sight.now, memory.sequence
        return transition

    def dump(self) -> bytes:
        """Return everything that is remembered."""
        return kept.pack(
            kept.Kept(
                city=self._city.id,
                first=self._sight.first,
                now=self._sight.now,
                stations=self._sight.stations,
                segments=self._sight.segments,
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
        self._sight.first, self._sight.now = known.first, known.now
        self._sight.stations, self._sight.segments = known.stations, known.segments
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
