"""A durable stage: the Faust agent that runs one machine a partition.

It owns the order of things (apply, send, confirm, snapshot, acknowledge) and the check
for gaps; where reading resumes after a rebalance is `streams.durable.resume`'s affair.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sensors.records import UnknownVersionError
from streams.durable.machine import Emission, Keeper, Machine, Place
from streams.durable.partition import Partition

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StagePolicy:
    """When a snapshot is due.

    Parameters
    ----------
    seconds
        Time since the last one [s]; then all partitions are kept together.
    records
        Records since the last one: what may be held unacknowledged.
    seek_seconds
        At most one seek back in this time [s].
    """

    seconds: float = 2.0
    records: int = 500
    seek_seconds: float = 2.0


class DeadLetter(Protocol):
    """Says how a record that broke the machine is written to the dead-letter topic."""

    def __call__(self, place: Place, value: bytes, error: Exception) -> Emission:
        """Return the record to send."""


class Consumer(Protocol):
    """What a stage needs of Faust's consumer."""

    async def seek(self, topic: str, partition: int, offset: int) -> None:
        """Read on from `offset`."""

    async def earliest(self, topic: str, partition: int) -> int:
        """Return the earliest offset still kept."""


class Stage:
    """One agent and the machines of the partitions this worker owns.

    Parameters
    ----------
    name
        Name of the stage; its snapshots are kept under it.
    source
        Topic it reads.
    build
        Makes the machine of a partition.
    keeper
        Keeps the snapshots.
    send
        Sends a record and returns the promise of its confirmation.
    dead
        Writes a record that broke a machine.
    epoch
        Epoch of the log being read.
    """

    def __init__(
        self,
        name: str,
        source: str,
        *,
        build: Callable[[int], Machine],
        keeper: Keeper,
        send: Callable[[Emission], Any],
        dead: DeadLetter,
        epoch: int = 0,
        policy: StagePolicy | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.source = source
        self.partitions: dict[int, Partition] = {}
        self.generation = 0
        self.lost = 0
        """Records that retention took before they were read."""
        self._build = build
        self._keeper = keeper
        self._send = send
        self._dead = dead
        self._epoch = epoch
        self._policy = policy or StagePolicy()
        self._monotonic = monotonic
        self._saving = asyncio.Lock()

    def recover(self, owned: Iterable[int]) -> None:
        """Rebuild every partition from its newest snapshot.

        Everything is rebuilt on every call: an interrupted rebalance may have left part
        of the partitions ahead of what was acknowledged. The offset inside the snapshot
        is the truth.
        """
        self.generation += 1
        owned = tuple(owned)
        saved = self._keeper.load(self.name, owned)
        self.partitions = {
            number: Partition.restored(
                number, self._build(number), self._epoch, saved.get(number)
            )
            for number in owned
        }

    def wanted(self) -> Mapping[int, int | None]:
        """Return the next offset of each partition; None: begin at the earliest."""
        return {
            number: partition.saved + 1 if partition.known else None
            for number, partition in self.partitions.items()
        }

    async def agent(self, stream: Any, consumer: Consumer) -> None:  # noqa: ANN401
        """Take the stream's events one after the other."""
        events: AsyncIterator[Any] = stream.noack().events()
        async for event in events:
            await self.take(event, consumer)

    async def take(self, event: Any, consumer: Consumer) -> None:  # noqa: ANN401
        """Apply one record, or see that it is applied already or out of order."""
        message = event.message
        partition = self.partitions.get(message.partition)
        if partition is None or partition.blocked:
            return
        if partition.contains(message.offset):
            partition.events.append(event)
        elif partition.follows(message.offset):
            await self._apply(partition, event)
        else:
            await self._seek_back(partition, message.offset, consumer)

    async def _apply(self, partition: Partition, event: Any) -> None:  # noqa: ANN401
        message = event.message
        place = Place(partition.epoch, partition.number, message.offset)
        emissions: list[Emission] = []
        try:
            if partition.restate:
                emissions.extend(partition.machine.restate(partition.epoch))
                partition.restate = False
            emissions.extend(partition.machine.apply(message.value, place))
        except UnknownVersionError as error:
            partition.blocked = True
            log.error("%s stops at %s: %s", self.name, place, error)  # noqa: TRY400
            return
        except Exception as error:
            log.exception("%s could not apply the record at %s", self.name, place)
            emissions.append(self._dead(place, message.value, error))
        partition.advance(message.offset)
        partition.events.append(event)
        for emission in emissions:
            partition.sends.append(await self._send(emission))
        if len(partition.events) >= self._policy.records:
            await self.snapshot([partition])

    async def flush(self) -> None:
        """Snapshot the partitions whose records have waited long enough, together."""
        now = self._monotonic()
        due = [
            partition
            for partition in self.partitions.values()
            if partition.events and now - partition.saved_at >= self._policy.seconds
        ]
        await self.snapshot(due)

    async def drain(self) -> None:
        """Snapshot every partition that has anything unsaved."""
        await self.snapshot([p for p in self.partitions.values() if p.events])

    async def snapshot(self, partitions: Sequence[Partition]) -> None:
        """Confirm the results, keep the states, acknowledge the records: in this order.

        Nothing is acknowledged when the partitions were rebuilt while waiting.
        """
        if not partitions:
            return
        async with self._saving:
            generation, saved = self.generation, {}
            events, sends = [], []
            for partition in partitions:
                saved[partition.number] = partition.snapshot()
                events += partition.events
                sends += partition.sends
                partition.events, partition.sends = [], []
                partition.saved_at = self._monotonic()
            await asyncio.gather(*sends)
            await self._keeper.save(self.name, saved)
            if generation == self.generation:
                for event in events:
                    event.ack()
                for partition in partitions:
                    partition.saved = saved[partition.number].offset

    async def _seek_back(
        self, partition: Partition, offset: int, consumer: Consumer
    ) -> None:
        now = self._monotonic()
        if now - partition.sought_at < self._policy.seek_seconds:
            return
        partition.sought_at = now
        wanted = partition.offset + 1
        earliest = await consumer.earliest(self.source, partition.number)
        if earliest > wanted:
            self.lost += earliest - wanted
            log.error(
                "%s partition %d: records %d to %d are gone (the topic's retention "
                "passed them); going on from %d",
                *(self.name, partition.number, wanted, earliest - 1, earliest),
            )
            partition.offset = earliest - 1
        log.warning(
            "%s partition %d: got %d, wanted %d; reading again from there",
            *(self.name, partition.number, offset, partition.offset + 1),
        )
        await consumer.seek(self.source, partition.number, partition.offset + 1)
