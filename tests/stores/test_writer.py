"""The writer: what it gathers, what it does when a store is away, where it goes on."""

import asyncio
import logging
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
from aiokafka import TopicPartition

from sensors.reading import COLUMNS, ReadingBatch
from sensors.records import (
    AIR_QUALITY,
    QUARANTINE,
    READINGS,
    Batch,
    Provenance,
    Tick,
    encode,
    encode_batch,
    encode_tick,
)
from stores.embedded import EmbeddedStore
from stores.handlers import Record, default_handlers
from stores.record import Outcome, StoreUnavailableError, Write
from stores.settings import StoreSettings, WriterSettings
from stores.writer import Writer
from streams.results import AirQuality, Results, write_results

HOUR = 1_700_000_000 // 3600 * 3600
TOPICS = (READINGS, QUARANTINE, AIR_QUALITY)
ZERO = TopicPartition(READINGS, 0)
RESULTS = Results(city="c", origin="live", partition=3, stage="air", epoch=0, offset=0)


class Kept(NamedTuple):
    """A record as Kafka hands it over."""

    topic: str
    partition: int
    offset: int
    value: bytes
    timestamp: int = HOUR * 1000
    key: bytes | None = None


class MemoryLog:
    """A log in memory that behaves as a consumer of one group member does."""

    def __init__(self) -> None:
        self.records: dict[TopicPartition, list[Kept]] = {}
        self.next: dict[TopicPartition, int] = {}
        self.paused: set[TopicPartition] = set()
        self.told: dict[TopicPartition, int] = {}
        self.ends: dict[TopicPartition, int] = {}

    def put(self, value: bytes, topic: str = READINGS, partition: int = 0) -> None:
        """Append a record."""
        at = TopicPartition(topic, partition)
        kept = self.records.setdefault(at, [])
        kept.append(Kept(topic, partition, len(kept), value))

    async def getmany(
        self, *, timeout_ms: int
    ) -> Mapping[TopicPartition, Sequence[Record]]:
        """Return what is there, else wait as long as asked."""
        found: dict[TopicPartition, Sequence[Record]] = {
            at: kept[self.next.get(at, 0) :]
            for at, kept in self.records.items()
            if at not in self.paused and kept[self.next.get(at, 0) :]
        }
        for at in found:
            self.next[at] = len(self.records[at])
        if not found:
            await asyncio.sleep(timeout_ms / 1000)
        return found

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Note what the writer told."""
        self.told |= offsets

    async def end_offsets(
        self, partitions: Iterable[TopicPartition]
    ) -> Mapping[TopicPartition, int]:
        """Return how long each partition is."""
        return {at: len(self.records.get(at, ())) for at in partitions} | self.ends

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Go on at an offset."""
        self.next[partition] = offset

    def pause(self, *partitions: TopicPartition) -> None:
        """Hand over no more of these."""
        self.paused |= set(partitions)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with closing(EmbeddedStore(StoreSettings(path=tmp_path / "store.db"))) as made:
        yield made


def writer_of(store: Any, log: MemoryLog, **options: object) -> Writer:
    settings = WriterSettings.model_validate(
        {
            "bootstrap": "none",
            "topics": TOPICS,
            "wait_s": 0.005,
            "retry_s": 0.001,
            "retry_most_s": 0.002,
            **options,
        }
    )
    writer = Writer(store, default_handlers(lambda _site, _time: ("di-an",)), settings)
    writer.attach(log)
    return writer


def batch(sequence: int, size: int = 2) -> bytes:
    columns: dict[str, Any] = {
        name: np.zeros(size, dtype) for name, dtype in COLUMNS.items()
    }
    columns["end"] = HOUR + sequence * 10_000 + np.arange(size, dtype=np.int64)
    columns["period"] += 300
    readings = ReadingBatch(sites=("dt1",), devices=("dt1-a",), **columns)
    provenance = Provenance("b", 1, sequence, sequence * size)
    return encode_batch(Batch("c", "live", provenance, readings))


def cycle(writer: Writer, times: int = 1) -> None:
    async def cycles() -> None:
        for _ in range(times):
            await writer.cycle()

    asyncio.run(cycles())


def test_taken(store: EmbeddedStore) -> None:
    """Batches, ticks and results arrive in the store, and Kafka hears of it after."""
    log = MemoryLog()
    log.put(batch(1))
    log.put(encode_tick(Tick("c", "live", Provenance("b", 1, 2, 2), HOUR + 60)))
    result = AirQuality(
        city="c",
        origin="live",
        site="dt1",
        station_class="regulatory",
        start=HOUR,
        end=HOUR + 3600,
        aqi=57,
    )
    results = msgspec.structs.replace(RESULTS, air=(result,))
    log.put(write_results(results), AIR_QUALITY, 3)
    writer = writer_of(store, log)
    cycle(writer)
    assert writer.taken == 3
    assert store.ledger("c").total.stored == 2
    assert store.clock("c") == HOUR + 60
    assert store.latest_air("c") == {"dt1": result}
    assert store.rows("air_quality", "c")[0].tags["areas"] == ",di-an,"
    assert log.told == {ZERO: 2, TopicPartition(AIR_QUALITY, 3): 1}


def test_enough_is_enough(store: EmbeddedStore) -> None:
    """A commit does not wait once enough readings are gathered."""
    log = MemoryLog()
    log.put(batch(1, size=10))
    writer = writer_of(store, log, readings=10, wait_s=10)
    cycle(writer)
    assert store.ledger("c").total.stored == 10


class Away:
    """A store that is unavailable a few times."""

    def __init__(self, store: EmbeddedStore, times: int) -> None:
        self.store = store
        self.times = times

    def commit(self, write: Write) -> Outcome:
        """Take a write, if back."""
        self._ask()
        return self.store.commit(write)

    def offsets(self, epoch: int) -> Mapping[tuple[str, int], int]:
        """Return positions, if back."""
        self._ask()
        return self.store.offsets(epoch)

    def _ask(self) -> None:
        if self.times:
            self.times -= 1
            message = "store is away"
            raise StoreUnavailableError(message)


def test_store_away(store: EmbeddedStore, caplog: pytest.LogCaptureFixture) -> None:
    """A store that is away is waited for, said once; nothing is lost or told before."""
    log = MemoryLog()
    log.put(batch(1))
    cycle(writer_of(Away(store, 5), log))
    assert store.ledger("c").total.stored == 2
    assert [each.message for each in caplog.records] == [
        "store is away; nothing is read until it is back",
        "the store is back",
    ]


def test_unknown_version(
    store: EmbeddedStore, caplog: pytest.LogCaptureFixture
) -> None:
    """A record of a newer version stops its partition there, and no other."""
    log = MemoryLog()
    log.put(batch(1))
    log.put(msgspec.msgpack.encode({"v": 2, "kind": "readings"}))
    log.put(batch(2))
    log.put(encode(msgspec.structs.replace(RESULTS, v=2)), AIR_QUALITY, 1)
    log.put(encode_tick(Tick("c", "live", Provenance("b", 1, 1, 0), 7)), READINGS, 1)
    with caplog.at_level(logging.ERROR):
        cycle(writer_of(store, log), times=3)
    assert store.offsets(0) == {(READINGS, 0): 0, (READINGS, 1): 0}
    assert log.paused >= {TopicPartition(AIR_QUALITY, 1)}
    assert "schema version 2" in caplog.text


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xc1",
        b"\x00" * 100,
        msgspec.msgpack.encode({"v": 1, "kind": "readings"}),
        batch(1).replace(b"dt1", b"dt\xff"),
        batch(1).replace(b"columns", b"kolumns"),
    ],
)
def test_unreadable(store: EmbeddedStore, value: bytes) -> None:
    """A record that nobody can read is kept in quarantine, and the next is taken."""
    log = MemoryLog()
    log.put(value)
    log.put(batch(1))
    cycle(writer_of(store, log))
    (kept,) = store.quarantine()
    assert (kept.refused.stage, kept.refused.payload) == ("writer", value)
    assert f"{READINGS}/0@0" in kept.refused.detail
    assert store.ledger("c").total.stored == 2
    assert store.audit().balances


def spoilt(**changed: bytes) -> bytes:
    wire = msgspec.msgpack.decode(batch(1))
    packed, columns, at = zlib.decompress(wire["columns"]), b"", 0
    for name, dtype in COLUMNS.items():
        size = 2 * dtype.itemsize
        columns += changed.get(name, packed[at : at + size])
        at += size
    wire["columns"] = zlib.compress(columns)
    return msgspec.msgpack.encode(wire)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (spoilt(site=b"\x05\x00\x00\x00" * 2), "outside its dictionary"),
        (spoilt(device=b"\xff\xff\xff\xff" * 2), "outside its dictionary"),
        (spoilt(quantity=b"\xc8\xc8"), "quantity codes"),
    ],
)
def test_inconsistent_batch(store: EmbeddedStore, value: bytes, reason: str) -> None:
    """A batch whose columns do not belong together is refused with the reason."""
    log = MemoryLog()
    log.put(value)
    cycle(writer_of(store, log))
    (kept,) = store.quarantine()
    assert reason in kept.refused.detail


def assign(writer: Writer, *partitions: TopicPartition) -> None:
    asyncio.run(writer.on_partitions_assigned(partitions))


def test_goes_on_where_the_store_stands(store: EmbeddedStore) -> None:
    """A new writer reads on behind what the store has taken, whatever Kafka knows."""
    log = MemoryLog()
    log.put(batch(1))
    cycle(writer_of(store, log))
    log.put(batch(2))
    again = writer_of(Away(store, 2), log)
    assign(again, ZERO, TopicPartition(READINGS, 1))
    assert log.next == {ZERO: 1, TopicPartition(READINGS, 1): 0}
    assert again.ready.is_set()
    cycle(again)
    assert store.ledger("c").total.stored == 4


def test_new_epoch(store: EmbeddedStore) -> None:
    """The log of a broker that started anew is read from its beginning."""
    old = MemoryLog()
    old.put(batch(1))
    cycle(writer_of(store, old))
    new = MemoryLog()
    new.put(batch(3))
    writer = writer_of(store, new, epoch=1)
    assign(writer, ZERO)
    cycle(writer)
    total = store.ledger("c").total
    assert (total.stored, total.lost) == (4, 2)


def test_log_made_anew_without_an_epoch(
    store: EmbeddedStore, caplog: pytest.LogCaptureFixture
) -> None:
    """A log that is shorter than what was taken of it is not read, and said so."""
    log = MemoryLog()
    log.put(batch(1))
    log.put(batch(2))
    cycle(writer_of(store, log))
    fresh = MemoryLog()
    fresh.put(batch(9))
    assign(writer_of(store, fresh), ZERO)
    assert fresh.paused == {ZERO}
    assert "higher epoch" in caplog.text


def test_end_that_is_told_too_low(store: EmbeddedStore) -> None:
    """Within an epoch the store's position counts, whatever end the broker tells."""
    log = MemoryLog()
    log.put(batch(1))
    log.put(batch(2))
    cycle(writer_of(store, log, epoch=1))
    short = MemoryLog()
    short.put(batch(1))
    assign(writer_of(store, short, epoch=1), ZERO)
    assert not short.paused
    assert short.next == {ZERO: 2}


def test_revoked(store: EmbeddedStore) -> None:
    """What was gathered of a partition that went to another writer is dropped."""
    log = MemoryLog()
    log.put(batch(1))
    log.put(batch(1), READINGS, 1)
    writer = writer_of(store, log)

    async def lose_one() -> None:
        await writer._gather()
        await writer.on_partitions_revoked([ZERO])
        await writer.flush()

    asyncio.run(lose_one())
    assert store.offsets(0) == {(READINGS, 1): 0}


def test_cancelled_while_gathering(store: EmbeddedStore) -> None:
    """What was gathered before a cancellation can be flushed."""
    log = MemoryLog()
    log.put(batch(1))
    writer = writer_of(store, log, wait_s=10)

    async def cancel() -> None:
        running = asyncio.create_task(writer.cycle())
        while not writer._tray:  # noqa: ASYNC110  # no event says so
            await asyncio.sleep(0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await writer.flush()

    asyncio.run(cancel())
    assert store.ledger("c").total.stored == 2


def test_flush_without_a_store(
    store: EmbeddedStore, caplog: pytest.LogCaptureFixture
) -> None:
    """A stop does not wait for a store that is away; the records are read again."""
    log = MemoryLog()
    log.put(batch(1))
    writer = writer_of(Away(store, 1), log)

    async def stop() -> None:
        await writer._gather()
        await writer.flush()

    asyncio.run(stop())
    assert "1 records are read again" in caplog.text
    assert log.told == {}


def test_missing_handler(store: EmbeddedStore) -> None:
    """A topic without a handler is a mistake at the start, not later."""
    with pytest.raises(ValueError, match="no handler for topics weather"):
        writer_of(store, MemoryLog(), topics=("weather",))
