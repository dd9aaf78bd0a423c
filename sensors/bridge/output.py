"""The Kafka side of a bridge: records in order, each partition's in one request."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from sensors.records import PARTITIONS

log = logging.getLogger(__name__)

LARGEST_B = 4_000_000
RETRY_S = (0.2, 5.0)
"""First and longest wait between tries [s]."""


class Outgoing(NamedTuple):
    """A record for one partition."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes


def partition_of(key: str) -> int:
    """Return the partition of a site or device: Kafka's own murmur2 of its id."""
    return int(murmur2(key.encode()) & 0x7FFFFFFF) % PARTITIONS


class Output:
    """Produces records; tries until they are confirmed.

    Parameters
    ----------
    bootstrap
        Address of the Kafka-protocol broker.
    """

    def __init__(self, bootstrap: str) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            max_batch_size=LARGEST_B,
            max_request_size=2 * LARGEST_B,
            request_timeout_ms=10_000,
        )

    async def start(self) -> None:
        """Connect."""
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._producer.stop()

    async def produce(self, records: Sequence[Outgoing]) -> None:
        """Produce records, in order within a partition; returns once confirmed."""
        chains: dict[tuple[str, int], list[Outgoing]] = {}
        for record in records:
            chains.setdefault((record.topic, record.partition), []).append(record)
        await asyncio.gather(
            *(self._chain(*place, chain) for place, chain in chains.items())
        )

    async def _chain(
        self, topic: str, partition: int, records: Sequence[Outgoing]
    ) -> None:
        while records:
            batch, taken = self._fill(records)
            await self._confirmed(topic, partition, batch, records[:taken])
            records = records[taken:]

    def _fill(self, records: Sequence[Outgoing]) -> tuple[Any, int]:
        batch, taken = self._producer.create_batch(), 0
        for record in records:
            room = batch.append(key=record.key, value=record.value, timestamp=None)
            if room is None:
                break
            taken += 1
        batch.close()
        return batch, taken

    async def _confirmed(
        self,
        topic: str,
        partition: int,
        batch: Any,  # noqa: ANN401  # aiokafka has no types
        records: Sequence[Outgoing],
    ) -> None:
        wait = RETRY_S[0]
        while True:
            try:
                sent = await self._producer.send_batch(
                    batch, topic, partition=partition
                )
                await sent
            except KafkaError as error:
                log.warning("Kafka did not confirm %s/%d: %s", topic, partition, error)
            else:
                return
            await asyncio.sleep(wait)
            wait = min(2 * wait, RETRY_S[1])
            batch, _ = self._fill(records)
