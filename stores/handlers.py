"""Turns a Kafka record into what a store keeps; one handler a topic."""

from collections.abc import Callable, Mapping
from hashlib import blake2b, sha256
from typing import Final, Protocol

import numpy as np

from sensors.reading import COLUMNS, QUANTITIES, ReadingBatch
from sensors.records import (
    AIR_QUALITY,
    CONGESTION,
    KEEP,
    KEEP_LARGE,
    QUARANTINE,
    READINGS,
    Batch,
    Refused,
    Tick,
    decode,
    decode_record,
)
from stores.layout import fields_of, tags_of
from stores.record import Item, Row, StoreFormatError
from stores.rows import AreasOf, air_row, congestion_row, no_areas
from streams.results import read_results

_CODES: Final = {quantity.code for quantity in QUANTITIES}


class Record(Protocol):
    """What a handler sees of a Kafka record."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its offset."""

    @property
    def timestamp(self) -> int:
        """When it was produced [unix ms]."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its value."""


Handler = Callable[[Record], tuple[Item, ...]]
"""Reads a record; raises `UnknownVersionError` for one of a version it does not know,
any other exception for one that cannot be read."""


def default_handlers(areas_of: AreasOf = no_areas) -> Mapping[str, Handler]:
    """Return the handlers of the topics of sensors and streams."""
    results = results_handler(areas_of)
    return {
        READINGS: take_readings,
        QUARANTINE: take_refused,
        AIR_QUALITY: results,
        CONGESTION: results,
    }


def take_readings(record: Record) -> tuple[Batch | Tick, ...]:
    """Read a record of ``readings``."""
    taken = decode_record(record.value or b"")
    if isinstance(taken, Tick):
        return (taken,)
    check_batch(taken.readings)
    _check_before(taken)
    if not taken.tick:
        return (taken,)
    tick = Tick(taken.city, taken.origin, taken.provenance, taken.tick)
    return (taken, tick)


def take_refused(record: Record) -> tuple[Refused, ...]:
    """Read a record of ``readings.quarantine``."""
    return (decode(record.value or b"", Refused),)


def results_handler(areas_of: AreasOf) -> Handler:
    """Return the handler of `Results`, which looks up the areas of each site."""

    def take_results(record: Record) -> tuple[Row, ...]:
        results = read_results(record.value or b"")
        air = (air_row(each, areas_of(each.site, each.start)) for each in results.air)
        roads = (
            congestion_row(each, areas_of(each.site, each.start))
            for each in results.congestion
        )
        return (*air, *roads)

    return take_results


def check_items(items: tuple[Item, ...]) -> None:
    """See that rows fit the schema, before a commit meets them.

    Raises
    ------
    StoreFormatError
        If one does not.
    """
    for item in items:
        if isinstance(item, Row):
            tags_of(item)
            fields_of(item)


def check_batch(readings: ReadingBatch) -> None:
    """See that the columns of a batch belong together.

    Raises
    ------
    StoreFormatError
        If lengths differ, a row of a dictionary is missing, or a quantity is unknown.
    """
    sizes = {name: getattr(readings, name).size for name in COLUMNS}
    if len(set(sizes.values())) != 1:
        message = f"columns of a batch must have one length, got {sizes}"
        raise StoreFormatError(message)
    _check_index("site", readings.site, len(readings.sites))
    _check_index("device", readings.device, len(readings.devices))
    unknown = set(readings.quantity.tolist()) - _CODES
    if unknown:
        message = f"quantity codes {sorted(unknown)} are unknown; update Thoáng"
        raise StoreFormatError(message)


def _check_before(batch: Batch) -> None:
    if not 0 <= (batch.before or 0) <= len(batch.readings):
        message = (
            f"a batch of {len(batch.readings)} readings has its tick behind "
            f"{batch.before} of them"
        )
        raise StoreFormatError(message)


def _check_index(
    name: str, column: "np.ndarray[tuple[int, ...], np.dtype[np.int32]]", size: int
) -> None:
    if column.size and not 0 <= int(column.min()) <= int(column.max()) < size:
        message = f"a batch names {name} rows outside its dictionary of {size}"
        raise StoreFormatError(message)


def unreadable(record: Record, error: Exception, time: int) -> Refused:
    """Return the refusal of a record that no handler can read.

    It counts no readings: those that were in it show as lost.
    """
    value = record.value or b""
    place = f"{record.topic}/{record.partition}@{record.offset}"
    return Refused(
        id=blake2b(place.encode() + value, digest_size=16).hexdigest(),
        city="",
        origin="unknown",
        device="",
        topic=record.topic,
        stage="writer",
        reason="unreadable_record",
        detail=f"record {place} of Kafka cannot be read: {error}",
        time=time,
        count=0,
        payload=value if len(value) <= KEEP else value[:KEEP_LARGE],
        length=len(value),
        sha256=sha256(value).hexdigest(),
        replayable=False,
    )
