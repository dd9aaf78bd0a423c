"""Readings of many batches as one, in the order in which they came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from sensors.reading import COLUMNS, ReadingBatch


class Part(NamedTuple):
    """A batch on its way into a pool.

    Parameters
    ----------
    readings
        The batch.
    late_before
        Readings that end before this came late [unix s].
    arrived
        When Kafka had the batch [unix s].
    """

    readings: ReadingBatch
    late_before: int
    arrived: int


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Readings in the order in which they came.

    Parameters
    ----------
    readings
        All of them.
    late
        Whether each came late.
    arrived
        When Kafka had each [unix s].
    """

    readings: ReadingBatch
    late: NDArray[np.bool_]
    arrived: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.readings)

    def take(self, rows: NDArray[np.bool_]) -> Self:
        """Return the readings where `rows` is true."""
        return type(self)(self.readings.take(rows), self.late[rows], self.arrived[rows])

    @classmethod
    def of(cls, parts: Sequence[Part]) -> Self:
        """Join batches; the dictionaries of sites and devices become one."""
        batches = [part.readings for part in parts]
        sites, site = _join((b.sites for b in batches), [b.site for b in batches])
        devices, device = _join(
            (b.devices for b in batches), [b.device for b in batches]
        )
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(batch, name) for batch in batches])
            for name in COLUMNS
            if name not in {"site", "device"}
        }
        readings = ReadingBatch(
            sites=sites, devices=devices, site=site, device=device, **columns
        )
        sizes = [len(batch) for batch in batches]
        late_before = np.repeat([part.late_before for part in parts], sizes)
        arrived = np.repeat([part.arrived for part in parts], sizes)
        return cls(readings, readings.end < late_before, arrived.astype(np.int64))


def _join(
    dictionaries: Iterable[tuple[str, ...]], columns: Sequence[NDArray[np.int32]]
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Join dictionaries, and the columns that index them."""
    index: dict[str, int] = {}
    joined: list[NDArray[np.int32]] = []
    for words, column in zip(dictionaries, columns, strict=True):
        places = [index.setdefault(word, len(index)) for word in words]
        joined.append(np.asarray(places, np.int32)[column])
    return tuple(index), np.concatenate(joined)
