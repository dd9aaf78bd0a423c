"""From a record of `readings` to records of results: the machines of both agents.

The rules know nothing of records, and Faust nothing of rules; they meet here.
"""

from collections.abc import Container, Iterable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np

from sensors.reading import QUANTITIES, ReadingBatch
from sensors.records import AREAS, PARTITIONS, Tick, decode_record
from streams.durable.machine import Emission, Place
from streams.results import (
    AirQuality,
    Congestion,
    Results,
    read_results,
    write_results,
)
from streams.slots import pack, unpack

Result = AirQuality | Congestion
_decode = lru_cache(4 * PARTITIONS)(decode_record)
# Both agents read each record; one decodes it.
_AIR = np.array([quantity.kind == "air" for quantity in QUANTITIES])


class Rules(Protocol):
    """What both kinds of rules have in common."""

    @property
    def sites(self) -> Container[str]:
        """Sites of the partition."""

    def apply(self, readings: ReadingBatch, origin: str) -> Sequence[Result]:
        """Take readings; return the results they touch."""

    def tick(self, time: int) -> Sequence[Result]:
        """Advance event time [unix s]; return what that leads to."""

    def restate(self) -> Sequence[Result]:
        """Return the newest results again."""

    def dump(self) -> bytes:
        """Return the whole state."""

    def load(self, state: bytes) -> None:
        """Take over what `dump` returned."""


class RulesMachine:
    """Runs rules on the readings of their kind in one partition.

    Parameters
    ----------
    stage
        Name of the stage, which its results carry.
    topic
        Topic of the results.
    rules
        The rules and their state.
    city
        City id of the results.
    partition
        Partition of source and results.
    areas_partition
        Partition of `areas` in which all results of the city meet.
    """

    def __init__(
        self,
        stage: str,
        topic: str,
        rules: Rules,
        *,
        city: str,
        partition: int,
        areas_partition: int,
    ) -> None:
        self._stage = stage
        self._topic = topic
        self._rules = rules
        self._city = city
        self._partition = partition
        self._areas = areas_partition
        self._origin = "live"
        self._kind = _AIR if stage == "air" else ~_AIR
        self._pending: dict[tuple[str, int, str], Result] = {}

    @property
    def rules(self) -> Rules:
        """The rules this machine runs."""
        return self._rules

    def apply(self, value: bytes, place: Place) -> Sequence[Emission]:
        """Advance by one record of `readings`."""
        record = _decode(value)
        self._origin = record.origin
        if isinstance(record, Tick):
            return self._emit(self._rules.tick(record.time), (), place, record.time)
        before, behind = record.parts()
        found = [*self._applied(before)]
        if record.tick:
            found += self._rules.tick(record.tick)
        later = () if behind is None else self._applied(behind)
        return self._emit(found, later, place, record.tick)

    def _applied(self, readings: ReadingBatch) -> Sequence[Result]:
        """Apply the readings of these rules' kind and sites."""
        known = np.array([site in self._rules.sites for site in readings.sites], bool)
        own = known[readings.site] & self._kind[readings.quantity]
        if not own.any():
            return ()
        return self._rules.apply(readings.take(own), self._origin)

    def restate(self, epoch: int) -> Sequence[Emission]:
        """Say the newest results again, before all else of the log of `epoch`."""
        return self._emit(self._rules.restate(), (), Place(epoch, self._partition, -1))

    def _emit(
        self,
        found: Sequence[Result],
        later: Sequence[Result],
        place: Place,
        tick: int = 0,
    ) -> list[Emission]:
        """Say results at once to the store, and once an event-minute to the areas.

        Those found up to the tick meet in the areas with it, the `later` ones with the
        next.
        """
        emissions = []
        stored = [r for r in (*found, *later) if r.reason != "too_early"]
        said = write_results(self._results(stored, place, tick)) if stored else b""
        if said:
            emissions.append(Emission(self._topic, self._partition, b"", said))
        self._pending |= {_key(result): result for result in found}
        if tick:
            pending = list(self._pending.values())
            if pending != stored or not said:
                said = write_results(self._results(pending, place, tick))
            self._pending.clear()
            emissions.append(Emission(AREAS, self._areas, self._city.encode(), said))
        self._pending |= {_key(result): result for result in later}
        return emissions

    def _results(self, found: Iterable[Result], place: Place, tick: int) -> Results:
        known = tuple(found)
        return Results(
            city=self._city,
            origin=self._origin,
            stage=self._stage,
            epoch=place.epoch,
            partition=place.partition,
            offset=place.offset,
            tick=tick,
            air=tuple(r for r in known if isinstance(r, AirQuality)),
            congestion=tuple(r for r in known if isinstance(r, Congestion)),
        )

    def dump(self) -> bytes:
        """Return the whole state."""
        pending = self._results(self._pending.values(), Place(0, 0, 0), 0)
        return pack({"rules": self._rules.dump(), "pending": write_results(pending)})

    def load(self, state: bytes) -> None:
        """Take over what `dump` returned."""
        kept = unpack(state)
        self._rules.load(kept["rules"])
        pending = read_results(kept["pending"])
        found: tuple[Result, ...] = (*pending.air, *pending.congestion)
        self._pending = {_key(result): result for result in found}


def _key(result: Result) -> tuple[str, int, str]:
    return result.site, result.start, getattr(result, "averaging", "")
