"""What a durable stage asks of the code it runs, and where snapshots are kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol


class Emission(NamedTuple):
    """A record to send: `partition` set explicitly, `key` for whoever reads it."""

    topic: str
    partition: int
    key: bytes
    value: bytes


class Place(NamedTuple):
    """Where a source record stands: the log's epoch, its partition, its offset.

    An in-memory broker starts a new log (epoch) whenever it starts.
    """

    epoch: int
    partition: int
    offset: int


class Machine(Protocol):
    """The state of one partition and the pure rules by which it advances."""

    def apply(self, value: bytes, place: Place) -> Sequence[Emission]:
        """Advance by one source record and return what it leads to."""

    def restate(self, epoch: int) -> Sequence[Emission]:
        """Return again the newest results: the log that held them is gone.

        They go before everything else of the new log, that of `epoch`.
        """

    def dump(self) -> bytes:
        """Return the whole state."""

    def load(self, state: bytes) -> None:
        """Take over a state that `dump` returned."""


class Saved(NamedTuple):
    """A snapshot: the state after the record at (epoch, offset), zlib-compressed."""

    epoch: int
    offset: int
    state: bytes


class Keeper(Protocol):
    """Keeps the newest snapshot of each partition of each stage."""

    def load(self, stage: str, partitions: Iterable[int]) -> Mapping[int, Saved]:
        """Return the newest snapshots of `partitions`; absent where there is none."""

    async def save(self, stage: str, saved: Mapping[int, Saved]) -> None:
        """Keep snapshots by partition; returns when they are durable."""
