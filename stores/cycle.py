"""Sorts out a write: what was taken before is left out, the rest goes by kind.

Pure, and the same for every store; a store tells what it knows through `Books`.
"""

from collections import defaultdict
from typing import Final, NamedTuple, Protocol

from sensors.ledger import UNKNOWN
from sensors.reading import ReadingBatch
from sensors.records import Batch, Provenance, Refused, Tick
from stores.pool import Part
from stores.record import Item, Position, Row, Snapshot, Taken, Write
from stores.runs import Run, RunKey

NOWHERE: Final = Position("", -1, 0, -1)
"""Position of what did not come from Kafka."""


class Books(Protocol):
    """What a store knows of what it has taken."""

    def offset(self, topic: str, partition: int, epoch: int) -> int:
        """Return the newest offset taken, -1 if none."""

    def tick(self, city: str, partition: int) -> int | None:
        """Return the newest tick of a city's partition [unix s]."""

    def run(self, key: RunKey) -> Run:
        """Return how far a bridge run has come."""


class CityOrigin(NamedTuple):
    """Readings of one city and origin go together."""

    city: str
    origin: str


class Cycle:
    """What a write comes to.

    Parameters
    ----------
    books
        What the store knows.
    lateness
        A reading older than the newest tick by more than this is late [s].
    """

    def __init__(self, books: Books, lateness: int) -> None:
        self.taken = 0
        self.skipped = 0
        self.offsets: dict[tuple[str, int, int], int] = {}
        self.ticks: dict[tuple[str, int], int] = {}
        self.runs: dict[RunKey, Run] = {}
        self.origins: dict[str, str] = {}
        self.parts: defaultdict[CityOrigin, list[Part]] = defaultdict(list)
        self.refused: list[Refused] = []
        self.rows: list[Row] = []
        self.snapshots: list[Snapshot] = []
        self._books = books
        self._lateness = lateness

    def sort(self, write: Write) -> None:
        """Sort out all records of a write, in their order."""
        for taken in write.records:
            if self._advance(taken.position):
                self.taken += 1
                for item in taken.items:
                    self._file(item, taken)
            else:
                self.skipped += 1

    def _advance(self, position: Position | None) -> bool:
        """Move on to a position; False if it was taken before."""
        if position is None:
            return True
        key = position.topic, position.partition, position.epoch
        if key not in self.offsets:
            self.offsets[key] = self._books.offset(*key)
        if position.offset <= self.offsets[key]:
            return False
        self.offsets[key] = position.offset
        return True

    def _file(self, item: Item, taken: Taken) -> None:
        match item:
            case Batch():
                self._batch(item, taken)
            case Tick():
                self._tick(item, taken)
            case Refused():
                self._refuse(item, taken)
            case Row():
                self.rows.append(item)
            case Snapshot():
                self.snapshots.append(item)

    def _batch(self, batch: Batch, taken: Taken) -> None:
        place = taken.position or NOWHERE
        if not self._follows(batch.city, batch.provenance, place, len(batch.readings)):
            return
        self.origins[batch.city] = batch.origin
        newest = self._newest_tick(batch.city, place.partition) or 0
        before, behind = batch.parts()
        self._keep(batch, before, newest, taken.arrived)
        if behind is not None:
            self._keep(batch, behind, max(newest, batch.tick), taken.arrived)

    def _keep(
        self, batch: Batch, readings: ReadingBatch, newest: int, arrived: int
    ) -> None:
        if len(readings):
            part = Part(readings, newest - self._lateness, arrived)
            self.parts[CityOrigin(batch.city, batch.origin)].append(part)

    def _tick(self, tick: Tick, taken: Taken) -> None:
        partition = (taken.position or NOWHERE).partition
        self.origins[tick.city] = tick.origin
        newest = self._newest_tick(tick.city, partition)
        if newest is None or tick.time > newest:
            self.ticks[tick.city, partition] = tick.time

    def _refuse(self, refused: Refused, taken: Taken) -> None:
        provenance = refused.provenance or Provenance("", 0, 0, 0)
        place = taken.position or NOWHERE
        if self._follows(refused.city, provenance, place, refused.count):
            self.refused.append(refused)

    def _newest_tick(self, city: str, partition: int) -> int | None:
        known = self.ticks.get((city, partition))
        return self._books.tick(city, partition) if known is None else known

    def _follows(
        self, city: str, provenance: Provenance, place: Position, readings: int
    ) -> bool:
        """Note a batch of a bridge run; False if it was taken before.

        What carries no provenance (a sequence below 1) is claimed as it comes.
        """
        key = RunKey(
            city, provenance.bridge, provenance.run, place.topic, place.partition
        )
        run = self.runs.get(key) or self._books.run(key)
        if provenance.sequence < 1:
            after: Run | None = Run(run.sequence, run.total + readings, run.gaps)
        else:
            after = run.take(provenance, readings)
        if after is None:
            return False
        self.runs[key] = after
        return True


def device_of(refused: Refused) -> str:
    """Return the device that a refused message counts under."""
    return refused.device or UNKNOWN
