"""Readings: the quantities there are, and many readings as parallel columns.

How a payload becomes readings is `sensors.decoders`' affair; how they cross
Kafka is `sensors.records`'.
"""

from dataclasses import dataclass, fields
from enum import IntEnum
from hashlib import blake2b
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

MICRO = 1_000_000
"""Values are held as integers of 10⁻⁶ of the canonical unit."""

LIMIT = 1_000_000_000
"""Largest magnitude of a value [canonical unit]: 3 600 still add up in int64."""


class Flag(IntEnum):
    """Quality of a reading, with the numbers of QARTOD [QARTOD]."""

    GOOD = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something a device measures.

    Parameters
    ----------
    code
        Number on the wire. Codes are only ever appended, never reused.
    name
        Name in payloads, city files and stores.
    kind
        ``air`` or ``traffic``.
    unit
        Canonical unit; every value inside is in it.
    """

    code: int
    name: str
    kind: str
    unit: str


QUANTITIES = (
    Quantity(0, "pm25", "air", "µg/m³"),
    Quantity(1, "pm10", "air", "µg/m³"),
    Quantity(2, "pm1", "air", "µg/m³"),
    Quantity(3, "o3", "air", "µg/m³"),
    Quantity(4, "no2", "air", "µg/m³"),
    Quantity(5, "so2", "air", "µg/m³"),
    Quantity(6, "co", "air", "µg/m³"),
    Quantity(7, "temperature", "air", "°C"),
    Quantity(8, "humidity", "air", "%"),
    Quantity(9, "pressure", "air", "hPa"),
    Quantity(10, "wind_speed", "air", "m/s"),
    Quantity(11, "wind_direction", "air", "°"),
    Quantity(12, "rain", "air", "mm"),
    Quantity(13, "count", "traffic", "1"),
    Quantity(14, "count_motorcycle", "traffic", "1"),
    Quantity(15, "count_car", "traffic", "1"),
    Quantity(16, "count_bus", "traffic", "1"),
    Quantity(17, "count_truck", "traffic", "1"),
    Quantity(18, "count_bicycle", "traffic", "1"),
    Quantity(19, "count_other", "traffic", "1"),
    Quantity(20, "occupancy", "traffic", "fraction"),
    Quantity(21, "speed_harmonic", "traffic", "km/h"),
    Quantity(22, "speed_arithmetic", "traffic", "km/h"),
)
BY_NAME = {quantity.name: quantity for quantity in QUANTITIES}
VEHICLE_CLASSES = tuple(
    q.name.removeprefix("count_") for q in QUANTITIES if q.name.startswith("count_")
)


@dataclass(frozen=True, slots=True, eq=False)
class ReadingBatch:
    """Readings as parallel columns of one length n.

    A reading is one value of one quantity from one device and channel over one
    interval; its identity is (device, channel, quantity, end, period).

    Parameters
    ----------
    sites, devices
        Dictionaries that `site` and `device` index.
    site, device
        Rows in the dictionaries; shape (n,), int32.
    channel
        Lane of a road or channel of an instrument, 0 where there is one; int16.
    quantity
        `Quantity.code`; uint8.
    end, period
        End of the interval [unix s] and its length [s]; int64 and int32.
    value
        Value [10⁻⁶ of the canonical unit]; int64.
    flag
        `Flag`; uint8.
    revision
        The sender's own revision of this identity, 0 where it has none; int32.
    redelivered
        Whether the MQTT broker may have handed this reading over before; bool.
    """

    sites: tuple[str, ...]
    devices: tuple[str, ...]
    site: NDArray[np.int32]
    device: NDArray[np.int32]
    channel: NDArray[np.int16]
    quantity: NDArray[np.uint8]
    end: NDArray[np.int64]
    period: NDArray[np.int32]
    value: NDArray[np.int64]
    flag: NDArray[np.uint8]
    revision: NDArray[np.int32]
    redelivered: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.value.size)

    @property
    def start(self) -> NDArray[np.int64]:
        """Start of each interval [unix s], shape (n,)."""
        return self.end - self.period

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """Return the readings at `rows` (indices or a mask), dictionaries shared."""
        if rows.dtype == np.bool_ and rows.all():
            return self
        picked = {name: getattr(self, name)[rows] for name in COLUMNS}
        return type(self)(self.sites, self.devices, **picked)

    def cut(self, first: int, last: int | None = None) -> Self:
        """Return the readings from `first` to before `last`, dictionaries shared."""
        part = slice(first, last)
        columns = {name: getattr(self, name)[part] for name in COLUMNS}
        return type(self)(self.sites, self.devices, **columns)


COLUMNS: dict[str, np.dtype[Any]] = {
    "site": np.dtype("<i4"),
    "device": np.dtype("<i4"),
    "channel": np.dtype("<i2"),
    "quantity": np.dtype("u1"),
    "end": np.dtype("<i8"),
    "period": np.dtype("<i4"),
    "value": np.dtype("<i8"),
    "flag": np.dtype("u1"),
    "revision": np.dtype("<i4"),
    "redelivered": np.dtype("?"),
}
"""The columns of a batch and their types, in memory and on the wire."""

if set(COLUMNS) != {f.name for f in fields(ReadingBatch)} - {"sites", "devices"}:
    message = "COLUMNS and the fields of ReadingBatch must name the same columns"
    raise AssertionError(message)


def rank(revision: int, value: int) -> tuple[int, bytes]:
    """Order two readings of one identity: the larger rank stands.

    The higher revision wins; among equal revisions the smaller hash of the value,
    so that the winner does not depend on which arrived first.

    Examples
    --------
    >>> rank(1, 5) > rank(0, 7)
    True
    """
    digest = blake2b(value.to_bytes(8, "little", signed=True), digest_size=8).digest()
    return revision, bytes(255 - byte for byte in digest)
