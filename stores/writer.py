"""The writer: takes records from Kafka into a store, each exactly once.

The store's own positions say where to go on; offsets are committed to Kafka, for those
who watch the lag, only after the store confirmed. What a record means is
`stores.handlers`' affair.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from sensors.records import UnknownVersionError
from stores.consumer import Consumer, make_consumer, take_all
from stores.handlers import Handler, Record, check_items, unreadable
from stores.record import Outcome, Position, StoreUnavailableError, Taken, Write
from stores.retry import in_thread, until_available
from stores.settings import WriterSettings
from stores.tray import Place, Tray

log = logging.getLogger(__name__)

TELL_S = 5.0
"""Longest wait for Kafka to confirm an offset [s]."""


class Target(Protocol):
    """What the writer needs of a store."""

    def commit(self, write: Write) -> Outcome:
        """Take a write as one atomic unit."""

    def offsets(self, epoch: int) -> Mapping[tuple[str, int], int]:
        """Return the newest offset taken of each partition."""


class Writer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Takes records into a store until it is cancelled.

    Parameters
    ----------
    store
        Where to.
    handlers
        What a record is, by topic.
    settings
        From where, and how much at a time.
    """

    def __init__(
        self, store: Target, handlers: Mapping[str, Handler], settings: WriterSettings
    ) -> None:
        missing = set(settings.topics) - set(handlers)
        if missing:
            message = f"no handler for topics {', '.join(sorted(missing))}"
            raise ValueError(message)
        self.ready = asyncio.Event()
        """Set once partitions are assigned and positions found."""
        self.taken = 0
        """Records taken since the start."""
        self._store = store
        self._handlers = handlers
        self._settings = settings
        self._tray = Tray()
        self._blocked: set[Place] = set()
        self._lock = asyncio.Lock()
        self._consumer: Any = None

    async def run(self) -> None:
        """Take records until cancelled; what was gathered is stored first."""
        consumer = make_consumer(self._settings)
        self.attach(consumer)
        try:
            await self._start(consumer)
            while True:
                await self.cycle()
        finally:
            try:
                await self.flush()
            finally:
                await consumer.stop()

    async def _start(self, consumer: AIOKafkaConsumer) -> None:
        topics = self._settings.topics
        if not self._settings.alone:
            consumer.subscribe(topics=list(topics), listener=self)
            await consumer.start()
            return
        partitions = await take_all(consumer, topics)
        await self.on_partitions_assigned(partitions)

    def attach(self, consumer: Consumer) -> None:
        """Read from a consumer."""
        self._consumer = consumer

    async def cycle(self) -> None:
        """Gather, store, and tell Kafka."""
        await self._gather()
        await self._put(self._until_available)

    async def flush(self) -> None:
        """Store what is gathered, if the store answers at once."""
        try:
            await self._put(in_thread)
        except StoreUnavailableError as error:
            log.warning(
                "%s; %d records are read again at the next start",
                *(error, len(self._tray)),
            )

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Leave what was gathered from these partitions to whoever has them next."""
        places = {Place(each.topic, each.partition) for each in revoked}
        async with self._lock:
            self._tray.drop(places)
            self._blocked -= places

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Go on where the store stands, whatever was committed to Kafka."""
        assigned = list(assigned)
        epoch = self._settings.epoch
        taken = await self._until_available(lambda: self._store.offsets(epoch))
        ends = await self._consumer.end_offsets(assigned)
        for partition in assigned:
            place = Place(partition.topic, partition.partition)
            wanted = taken.get(place, -1) + 1
            # An epoch says by itself that a log is new; and the end that Tansu tells
            # is the beginning of its newest batch plus 1, however long that is.
            if wanted > ends[partition] and not epoch:
                self._block(partition, _made_anew(place, wanted, ends[partition]))
            else:
                self._consumer.seek(partition, wanted)
        self.ready.set()

    async def _gather(self) -> None:
        """Gather until there are enough readings or the first record waited enough."""
        clock = asyncio.get_running_loop().time
        began = clock()
        while self._tray.readings < self._settings.readings:
            left = began + self._patience() - clock()
            if left <= 0:
                return
            empty = not self._tray
            found = await self._consumer.getmany(timeout_ms=max(1, int(left * 1_000)))
            if found and empty:
                began = clock()
            for partition, records in found.items():
                self._take(partition, records)

    def _patience(self) -> float:
        """Return how long the first record may wait for others [s]."""
        settings, tray = self._settings, self._tray
        busy = tray.readings + tray.rows > settings.busy
        return max(settings.wait_s, settings.busy_wait_s if busy else 0.0)

    def _take(self, partition: TopicPartition, records: Sequence[Record]) -> None:
        for record in records:
            if Place(record.topic, record.partition) in self._blocked:
                return
            try:
                self._tray.add(self._read(record))
            except UnknownVersionError as error:
                self._block(partition, str(error))

    def _read(self, record: Record) -> Taken:
        position = Position(
            record.topic, record.partition, self._settings.epoch, record.offset
        )
        arrived = record.timestamp // 1_000
        try:
            items = self._handlers[record.topic](record)
            check_items(items)
        except UnknownVersionError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever a record holds, go on
            log.warning("%s is kept in quarantine: %s", position, error)
            items = (unreadable(record, error, arrived),)
        return Taken(items, position, arrived)

    def _block(self, partition: TopicPartition, reason: str) -> None:
        """Read a partition no further until the writer starts again."""
        place = Place(partition.topic, partition.partition)
        self._blocked.add(place)
        self._consumer.pause(partition)
        log.error("%s partition %d is paused: %s", *place, reason)

    async def _put(self, ask: Callable[..., Awaitable[Outcome]]) -> None:
        """Commit the tray to the store, then to Kafka."""
        async with self._lock:
            if not self._tray:
                return
            write = self._tray.write()
            outcome = await ask(lambda: self._store.commit(write))
            self.taken += outcome.taken
            newest = self._tray.newest()
            self._tray.clear()
        await self._tell_kafka(newest)

    async def _tell_kafka(self, newest: Mapping[Place, int]) -> None:
        """Commit offsets, outside the lock that a rebalance may be waiting for."""
        offsets = {TopicPartition(*at): offset + 1 for at, offset in newest.items()}
        try:
            async with asyncio.timeout(TELL_S):
                await self._consumer.commit(offsets)
        except (KafkaError, TimeoutError) as error:
            # The store's positions are what counts; the next commit says it again.
            log.debug("offsets not committed to Kafka: %s", error)

    async def _until_available(self, ask: Callable[[], Any]) -> Any:  # noqa: ANN401
        settings = self._settings
        return await until_available(ask, settings.retry_s, settings.retry_most_s)


def _made_anew(place: Place, wanted: int, end: int) -> str:
    return (
        f"the store has taken records up to {wanted - 1}, but the log ends at {end}: "
        f"topic {place.topic} was made anew. Start the writer with a higher epoch"
    )
