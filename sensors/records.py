"""What crosses Kafka at the edge: topic names, partitions, and the wire forms.

Values are msgpack maps with `v` (schema version). Unknown fields are ignored, an
unknown major version raises `UnknownVersionError`. Results and notices, which belong to
later stages, are defined there and travel through `encode` and `decode`.
"""

import zlib
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec
import numpy as np

from sensors.reading import COLUMNS, ReadingBatch

VERSION = 1
PARTITIONS = 12
"""Partitions of every topic that is spread over sites."""

READINGS = "readings"
QUARANTINE = "readings.quarantine"
AIR_QUALITY = "air-quality"
CONGESTION = "congestion"
AREAS = "areas"
ALERTS = "alerts"
NOTICES = "notices"

KEEP = 262_144
"""Bytes of a refused message that are kept [B]."""
KEEP_LARGE = 4_096
"""Bytes kept of a message larger than `KEEP` [B]."""

Origin = Literal["live", "simulated", "replay"]


class UnknownVersionError(ValueError):
    """A record of a major version this program does not know: pause, do not guess."""


class Provenance(msgspec.Struct, frozen=True):
    """Where a batch comes from, so that a gap or a repeat is seen downstream.

    Parameters
    ----------
    bridge
        Name of the bridge.
    run
        When that bridge process started [unix ns].
    sequence
        Number of the batch within the run and partition, from 1.
    total
        Readings (and refused messages) of this run and partition up to and including
        this batch.
    """

    bridge: str
    run: int
    sequence: int
    total: int


class _Wire(msgspec.Struct, frozen=True):
    v: int
    kind: str
    origin: str
    city: str
    provenance: Provenance
    time: int = 0
    sites: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    columns: bytes = b""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A micro-batch of readings of one partition's sites.

    Parameters
    ----------
    tick
        Event time that is reached among these readings [unix s]; 0 if none is.
    before
        How many of the readings come before the tick; None for all of them.
    """

    city: str
    origin: Origin
    provenance: Provenance
    readings: ReadingBatch
    tick: int = 0
    before: int | None = None

    def parts(self) -> tuple[ReadingBatch, ReadingBatch | None]:
        """Return the readings before the tick and those behind it, if any."""
        if not self.tick or self.before is None or self.before >= len(self.readings):
            return self.readings, None
        return self.readings.cut(0, self.before), self.readings.cut(self.before)


@dataclass(frozen=True, slots=True)
class Tick:
    """Event time has reached `time` [unix s] in this partition."""

    city: str
    origin: Origin
    provenance: Provenance
    time: int


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A message, or one value of it, that could not become a reading.

    Parameters
    ----------
    id
        Identity of the refusal: hash of topic, payload and position in it.
    reason
        Short code, e.g. ``not_json``; `detail` is the sentence for a technician.
    count
        How many readings it stands for in the ledger (1 for an undecodable message).
    payload
        The original bytes, at most `KEEP` (of larger ones the first `KEEP_LARGE`).
    length, sha256
        Of the whole payload.
    replayable
        Whether `payload` is whole.
    """

    v: int = VERSION
    id: str
    city: str
    origin: str
    device: str
    topic: str
    stage: str
    reason: str
    detail: str
    time: int
    count: int
    payload: bytes
    length: int
    sha256: str
    replayable: bool
    redelivered: bool = False
    provenance: Provenance | None = None


class _Version(msgspec.Struct):
    v: int


_version = msgspec.msgpack.Decoder(_Version)
_pack = msgspec.msgpack.Encoder()
_wire = msgspec.msgpack.Decoder(_Wire)


def encode_batch(batch: Batch) -> bytes:
    """Write a batch as bytes: its columns, little-endian, one behind the other."""
    readings = batch.readings
    columns = b"".join(
        np.ascontiguousarray(getattr(readings, name), dtype).tobytes()
        for name, dtype in COLUMNS.items()
    )
    return _pack.encode(
        _Wire(
            v=VERSION,
            kind="readings",
            origin=batch.origin,
            city=batch.city,
            provenance=batch.provenance,
            time=batch.tick,
            sites=readings.sites,
            devices=readings.devices,
            columns=zlib.compress(columns, level=1),
            before=batch.before,
        )
    )


def encode_tick(tick: Tick) -> bytes:
    """Write a tick as bytes."""
    return _pack.encode(
        _Wire(
            v=VERSION,
            kind="tick",
            origin=tick.origin,
            city=tick.city,
            provenance=tick.provenance,
            time=tick.time,
        )
    )


def decode_record(value: bytes) -> Batch | Tick:
    """Read a record of topic `readings`.

    Raises
    ------
    UnknownVersionError
        If the record's major version is not `VERSION`.
    """
    check_version(value)
    wire = _wire.decode(value)
    origin: Any = wire.origin
    if wire.kind == "tick":
        return Tick(wire.city, origin, wire.provenance, wire.time)
    columns = _columns(zlib.decompress(wire.columns))
    readings = ReadingBatch(sites=wire.sites, devices=wire.devices, **columns)
    return Batch(wire.city, origin, wire.provenance, readings, wire.time, wire.before)


def _columns(packed: bytes) -> dict[str, Any]:
    """Cut the columns apart; all have one length."""
    size = len(packed) // sum(dtype.itemsize for dtype in COLUMNS.values())
    columns, at = {}, 0
    for name, dtype in COLUMNS.items():
        columns[name] = np.frombuffer(packed, dtype, size, at)
        at += size * dtype.itemsize
    return columns


def encode(record: msgspec.Struct) -> bytes:
    """Write any versioned record as msgpack."""
    return _pack.encode(record)


Record = TypeVar("Record", bound=msgspec.Struct)


def decode(value: bytes, kind: type[Record]) -> Record:
    """Read a versioned record of type `kind`.

    Raises
    ------
    UnknownVersionError
        If the record's major version is not `VERSION`.
    """
    check_version(value)
    return msgspec.msgpack.decode(value, type=kind)


def check_version(value: bytes) -> None:
    """See that a record is of a version this program knows, before it is read.

    Raises
    ------
    UnknownVersionError
        If the record's major version is not `VERSION`.
    """
    version = _version.decode(value).v
    if version != VERSION:
        message = (
            f"record of schema version {version}; this program knows {VERSION}. "
            "Update Thoáng, or let the newer one finish its records first"
        )
        raise UnknownVersionError(message)
