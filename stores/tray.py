"""What the writer has gathered from Kafka and not yet stored."""

from collections.abc import Collection
from typing import NamedTuple

from sensors.records import Batch
from stores.record import Taken, Write


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Tray:
    """Records gathered for the next commit, in the order of their partitions."""

    def __init__(self) -> None:
        self.readings = 0
        """Readings gathered."""
        self.rows = 0
        """Other things gathered: rows, snapshots, refusals, ticks."""
        self._taken: list[Taken] = []

    def __len__(self) -> int:
        return len(self._taken)

    def add(self, taken: Taken) -> None:
        """Put a record into the tray."""
        self._taken.append(taken)
        for item in taken.items:
            if isinstance(item, Batch):
                self.readings += len(item.readings)
            else:
                self.rows += 1

    def drop(self, places: Collection[Place]) -> None:
        """Take out what came from partitions that another writer has now."""
        kept = [taken for taken in self._taken if _place(taken) not in places]
        self.clear()
        for taken in kept:
            self.add(taken)

    def clear(self) -> None:
        """Empty the tray."""
        self._taken, self.readings, self.rows = [], 0, 0

    def write(self) -> Write:
        """Return what is in the tray as one write."""
        return Write(tuple(self._taken))

    def newest(self) -> dict[Place, int]:
        """Return the newest offset of each partition in the tray."""
        newest: dict[Place, int] = {}
        for taken in self._taken:
            if taken.position is not None:
                newest[_place(taken)] = taken.position.offset
        return newest


def _place(taken: Taken) -> Place:
    position = taken.position
    return Place("", -1) if position is None else Place(*position[:2])
