"""The writer on the real Kafka-protocol broker."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiokafka import AIOKafkaProducer

from sensors.reading import COLUMNS, ReadingBatch
from sensors.records import PARTITIONS, READINGS, Batch, Provenance, encode_batch
from stores.embedded import EmbeddedStore
from stores.handlers import default_handlers
from stores.settings import StoreSettings, WriterSettings
from stores.writer import Writer
from thoang.embedded import kafka
from thoang.embedded.kafka import Topic
from thoang.embedded.ports import free_port

pytestmark = pytest.mark.embedded

HOUR = 1_700_000_000 // 3600 * 3600


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    port = free_port(0)
    command = kafka.command(kafka.binary(folder), port)
    with subprocess.Popen(  # noqa: S603  # the broker under test
        command, stdout=subprocess.DEVNULL
    ) as process:
        yield f"127.0.0.1:{port}"
        process.terminate()


async def prepared(bootstrap: str) -> None:
    async with asyncio.timeout(10):
        while not await kafka.answers(bootstrap):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.05)
    await kafka.create_topics(bootstrap, [Topic(READINGS, PARTITIONS)])


@asynccontextmanager
async def running(
    store: EmbeddedStore, bootstrap: str, epoch: int, *, alone: bool = True
) -> AsyncIterator[Writer]:
    settings = WriterSettings(
        bootstrap=bootstrap, topics=(READINGS,), epoch=epoch, alone=alone
    )
    writer = Writer(store, default_handlers(), settings)
    task = asyncio.create_task(writer.run())
    async with asyncio.timeout(20):
        await writer.ready.wait()
    yield writer
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def batch(partition: int, sequence: int, size: int = 10) -> bytes:
    columns: dict[str, Any] = {
        name: np.zeros(size, dtype) for name, dtype in COLUMNS.items()
    }
    columns["end"] = HOUR + sequence * size + np.arange(size, dtype=np.int64)
    columns["period"] += 1
    site = f"s{partition}"
    readings = ReadingBatch(sites=(site,), devices=(site,), **columns)
    provenance = Provenance("b", 1, sequence, sequence * size)
    return encode_batch(Batch("c", "live", provenance, readings))


async def produce(bootstrap: str, sequences: range) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    for sequence in sequences:
        for partition in range(PARTITIONS):
            value = batch(partition, sequence)
            await producer.send_and_wait(READINGS, value, partition=partition)
    await producer.stop()


async def stored(store: EmbeddedStore, readings: int) -> None:
    async with asyncio.timeout(10):
        while store.ledger("c").total.stored < readings:  # noqa: ASYNC110  # polled
            await asyncio.sleep(0.01)


def test_whole_way(tmp_path: Path) -> None:
    """All is stored once: live, after a restart of the writer, and of the broker."""
    path = StoreSettings(path=tmp_path / "store.db")
    each = PARTITIONS * 10

    async def first(bootstrap: str, store: EmbeddedStore) -> None:
        await prepared(bootstrap)
        async with running(store, bootstrap, 1):
            await produce(bootstrap, range(1, 11))
            await stored(store, 10 * each)
        await produce(bootstrap, range(11, 16))
        async with running(store, bootstrap, 1):
            await stored(store, 15 * each)

    async def second(bootstrap: str, store: EmbeddedStore) -> None:
        await prepared(bootstrap)
        async with running(store, bootstrap, 2):
            await produce(bootstrap, range(17, 19))
            await stored(store, 17 * each)

    with closing(EmbeddedStore(path)) as store:
        with broker(tmp_path) as bootstrap:
            asyncio.run(first(bootstrap, store))
        with broker(tmp_path) as bootstrap:
            asyncio.run(second(bootstrap, store))
        total = store.ledger("c").total
        assert (total.stored, total.duplicate, total.lost) == (17 * each, 0, each)
        assert store.audit().balances


def test_group(tmp_path: Path) -> None:
    """A member of a group of writers goes on where the store stands, too."""
    each = PARTITIONS * 10

    async def join(bootstrap: str, store: EmbeddedStore) -> None:
        await prepared(bootstrap)
        await produce(bootstrap, range(1, 4))
        async with running(store, bootstrap, 1):
            await stored(store, 3 * each)
        await produce(bootstrap, range(4, 6))
        async with running(store, bootstrap, 1, alone=False):
            await stored(store, 5 * each)
        assert await kafka.lag(bootstrap, "writer", [READINGS]) == 0

    with closing(EmbeddedStore(StoreSettings(path=tmp_path / "store.db"))) as store:
        with broker(tmp_path) as bootstrap:
            asyncio.run(join(bootstrap, store))
        total = store.ledger("c").total
        assert (total.stored, total.duplicate) == (5 * each, 0)
