"""Where all results of a city meet: steps the evaluator once an event-minute.

The results of a minute come from many partitions in any order. A minute is evaluated
when every one of them has ticked it, so the order cannot matter, and a record that is
delivered again is known by its place.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from alerts.evaluator import Evaluator
from alerts.notice import Notice
from alerts.transition import Transition
from sensors.records import ALERTS, NOTICES, encode
from streams.durable.machine import Emission, Place
from streams.results import read_results
from streams.slots import pack, unpack

RECENT_S = 900
"""How far back transitions and notices are said again when a log is lost [s]."""

Source = tuple[str, int]
"""A stage and its partition."""


class AlertsMachine:
    """The alerts of one city.

    Parameters
    ----------
    evaluator
        The rules and what they remember.
    compose
        Words a transition that people are told of.
    sources
        Every (stage, partition) that has sites of the city.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        compose: Callable[[Transition], Notice],
        sources: Iterable[Source],
    ) -> None:
        self._evaluator = evaluator
        self._compose = compose
        self._sources = frozenset(sources)
        self._marks: dict[Source, tuple[int, int]] = {}
        self._ticks: dict[Source, int] = dict.fromkeys(self._sources, 0)
        self._waiting: dict[Source, list[bytes]] = {}
        self._due: dict[int, list[bytes]] = {}
        self._recent: deque[tuple[int, str, bytes]] = deque()

    def apply(
        self,
        value: bytes,
        place: Place,  # noqa: ARG002  # a record is known by the place of its source
    ) -> Sequence[Emission]:
        """Take the results of one partition; evaluate the minutes that are complete."""
        results = read_results(value)
        source, mark = (
            (results.stage, results.partition),
            (
                results.epoch,
                results.offset,
            ),
        )
        if mark <= self._marks.get(source, (-1, -1)):
            return []
        self._marks[source] = mark
        waiting = self._waiting.setdefault(source, [])
        if results.air or results.congestion:
            waiting.append(value)
        if not results.tick:
            return []
        self._due.setdefault(results.tick, []).extend(waiting)
        waiting.clear()
        self._ticks[source] = max(results.tick, self._ticks.get(source, 0))
        return self._advance()

    def _advance(self) -> list[Emission]:
        complete = min(self._ticks[source] for source in self._sources)
        emissions: list[Emission] = []
        for tick in sorted(tick for tick in self._due if tick <= complete):
            emissions += self._step(tick, self._due.pop(tick))
        return emissions

    def _step(self, tick: int, values: Sequence[bytes]) -> list[Emission]:
        found = [read_results(value) for value in values]
        air = [record for results in found for record in results.air]
        roads = [record for results in found for record in results.congestion]
        for transition in self._evaluator.step(tick, air, roads):
            self._recent.append((tick, ALERTS, encode(transition)))
            if transition.kind:
                notice = encode(self._compose(transition))
                self._recent.append((tick, NOTICES, notice))
        said = [
            _emission(topic, value) for at, topic, value in self._recent if at == tick
        ]
        while self._recent and self._recent[0][0] < tick - RECENT_S:
            self._recent.popleft()
        return said

    def restate(self, epoch: int) -> Sequence[Emission]:  # noqa: ARG002  # of any log
        """Say the newest transitions and notices again; their ids make it harmless."""
        return [_emission(topic, value) for _, topic, value in self._recent]

    def dump(self) -> bytes:
        """Return the whole state."""
        return pack(
            {
                "evaluator": self._evaluator.dump(),
                "marks": [(*source, *mark) for source, mark in self._marks.items()],
                "ticks": [(*source, tick) for source, tick in self._ticks.items()],
                "waiting": [(*source, held) for source, held in self._waiting.items()],
                "due": list(self._due.items()),
                "recent": list(self._recent),
            }
        )

    def load(self, state: bytes) -> None:
        """Take over what `dump` returned; sources that are no longer are left out."""
        kept = unpack(state)
        self._evaluator.load(kept["evaluator"])
        self._marks = {(s, p): (epoch, offset) for s, p, epoch, offset in kept["marks"]}
        known = {(s, p): tick for s, p, tick in kept["ticks"]}
        newest = max(known.values(), default=0)
        # A partition that got its first site only now has nothing to wait for.
        self._ticks = {source: known.get(source, newest) for source in self._sources}
        self._waiting = {(s, p): held for s, p, held in kept["waiting"]}
        self._due = {tick: list(values) for tick, values in kept["due"]}
        self._recent = deque(
            msgspec.convert(each, tuple[int, str, bytes]) for each in kept["recent"]
        )


def _emission(topic: str, value: bytes) -> Emission:
    return Emission(topic, 0, b"", value)
