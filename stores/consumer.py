"""The writer's side of Kafka: how its consumer is set up and gets its partitions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from stores.handlers import Record
from stores.settings import WriterSettings

LARGEST_B = 8_000_000
"""Largest record that is fetched [B]: a snapshot."""
FETCH_WAIT_MS = 80
"""Longest wait of a fetch [ms]; the embedded broker answers after half of it."""
FETCH_LEAST_B = 65_536
"""What the embedded broker answers at once [B]: it does not wake a waiting fetch."""
NEVER_MS = 86_400_000
"""The store may be away for long: the partitions stay with this writer [ms]."""


class Consumer(Protocol):
    """What the writer needs of a Kafka consumer (`aiokafka.AIOKafkaConsumer`)."""

    async def getmany(self, *, timeout_ms: int) -> Mapping[Any, Sequence[Record]]:
        """Return records by partition, as soon as there are any."""

    async def commit(self, offsets: Mapping[Any, int]) -> None:
        """Tell Kafka which offset of each partition comes next."""

    async def end_offsets(self, partitions: Iterable[Any]) -> Mapping[Any, int]:
        """Return the offset that the next record of each partition gets."""

    def seek(self, partition: Any, offset: int) -> None:  # noqa: ANN401
        """Go on reading at an offset."""

    def pause(self, *partitions: Any) -> None:  # noqa: ANN401
        """Return no more records of partitions."""


def make_consumer(settings: WriterSettings) -> AIOKafkaConsumer:
    """Return a consumer that commits only what it is told to."""
    return AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap,
        group_id=settings.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=FETCH_WAIT_MS,
        fetch_min_bytes=FETCH_LEAST_B if settings.alone else 1,
        max_partition_fetch_bytes=LARGEST_B,
        max_poll_interval_ms=NEVER_MS,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
    )


async def take_all(
    consumer: AIOKafkaConsumer, topics: Sequence[str]
) -> list[TopicPartition]:
    """Start a consumer and give it every partition, without a group's ceremony.

    Raises
    ------
    LookupError
        If a topic is not there.
    """
    await consumer.start()
    # Only then are partitions known; the consumer offers no public way to ask.
    await consumer._client.set_topics(topics)  # noqa: SLF001
    partitions = [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(_partitions(consumer, topic))
    ]
    consumer.assign(partitions)
    return partitions


def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    found: set[int] | None = consumer.partitions_for_topic(topic)
    if not found:
        message = f"topic {topic} is not there; create the topics before the writer"
        raise LookupError(message)
    return found
