"""Owns the way from many decoded messages to one batch of readings a partition.

Decoders append to `Columns`; `Sorter.split` turns them into arrays in one go. What a
batch carries besides readings (origin, provenance) is the bridge's affair.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sensors.reading import COLUMNS, ReadingBatch


class Located(Protocol):
    """What a device must tell here: who it is and for which site it speaks."""

    @property
    def id(self) -> str:
        """Unique among devices."""

    @property
    def site(self) -> str:
        """Id of its site."""


@dataclass(slots=True)
class Columns:
    """Decoded messages in order of arrival, as lists: one entry a message or a value.

    Parameters
    ----------
    device
        Row of each message's device, in the order the city names its devices.
    end, period
        Of each message [unix s] and [s].
    revision, redelivered
        Of each message.
    count
        How many values each message has.
    channel, quantity, value, flag
        Of each value, as in `sensors.reading.ReadingBatch`.
    """

    device: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    period: list[int] = field(default_factory=list)
    revision: list[int] = field(default_factory=list)
    redelivered: list[bool] = field(default_factory=list)
    count: list[int] = field(default_factory=list)
    channel: list[int] = field(default_factory=list)
    quantity: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    flag: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.value)

    def clear(self) -> None:
        """Forget everything."""
        for name in self.__slots__:
            getattr(self, name).clear()


_OF_MESSAGE = ("end", "period", "revision", "redelivered")
_OF_VALUE = ("channel", "quantity", "value", "flag")


class Sorter:
    """Splits columns into batches by the partition of their sites.

    Parameters
    ----------
    devices
        The city's devices in the order in which the decoder numbers them.
    partition_of
        Partition of a site id.
    """

    def __init__(
        self, devices: Iterable[Located], partition_of: Callable[[str], int]
    ) -> None:
        known = tuple(devices)
        self._devices = np.array([device.id for device in known], dtype=object)
        sites = dict.fromkeys(device.site for device in known)
        rows = {site: row for row, site in enumerate(sites)}
        self._sites = np.array(list(rows), dtype=object)
        self._site = np.array([rows[d.site] for d in known], dtype=np.intp)
        self._partition = np.array(
            [partition_of(device.site) for device in known], dtype=np.intp
        )
        self._number: list[int] = self._partition.tolist()

    def counts(self, columns: Columns) -> Mapping[int, int]:
        """Return how many readings each partition has that has any."""
        counted: Counter[int] = Counter()
        for device, values in zip(columns.device, columns.count, strict=True):
            counted[self._number[device]] += values
        return counted

    def split(self, columns: Columns) -> dict[int, ReadingBatch]:
        """Return the readings of each partition that has any, in order of arrival."""
        if not columns:
            return {}
        counts = np.array(columns.count, dtype=np.intp)
        device = np.repeat(np.array(columns.device, dtype=np.intp), counts)
        whole = {
            name: np.repeat(np.array(getattr(columns, name), COLUMNS[name]), counts)
            for name in _OF_MESSAGE
        } | {
            name: np.array(getattr(columns, name), COLUMNS[name]) for name in _OF_VALUE
        }
        partition = self._partition[device]
        found: NDArray[np.intp] = np.unique(partition)
        return {
            int(number): self._batch(device, whole, partition == number)
            for number in found
        }

    def _batch(
        self,
        device: NDArray[np.intp],
        whole: dict[str, NDArray[np.generic]],
        mask: NDArray[np.bool_],
    ) -> ReadingBatch:
        devices, device_row = np.unique(device[mask], return_inverse=True)
        sites, site_row = np.unique(self._site[device[mask]], return_inverse=True)
        columns = {name: column[mask] for name, column in whole.items()}
        return ReadingBatch(
            sites=tuple(self._sites[sites]),
            devices=tuple(self._devices[devices]),
            site=site_row.astype(COLUMNS["site"]),
            device=device_row.astype(COLUMNS["device"]),
            **columns,  # type: ignore[arg-type]  # each cast to its own type above
        )
