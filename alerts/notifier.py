"""Owns which notices go out by which channels, once each, and what is published when.

It knows no Kafka, no MQTT and no store: records come from an async iterator, channels
are `alerts.notifiers`, what was sent is remembered by `Sent`. After a crash the caller
hands over again every notice that still holds; `Sent` keeps all from being told twice.
Each channel has a queue of its own, so a broken one does not delay another.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Final, Protocol

from alerts.notice import Notice
from alerts.notifiers.mqtt import Retained
from alerts.notifiers.protocol import NoticeRefused, Notifier, NotifierUnavailable
from alerts.publisher import Publisher
from alerts.words import Catalogue
from sensors.city import City
from streams.results import AirQuality, Congestion

log = logging.getLogger(__name__)

QUEUE: Final = 10_000
"""Notices that may wait for one channel before reading goes on more slowly."""

Record = Notice | AirQuality | Congestion | int
"""A notice, a result, or a tick: the city's event time [unix s]."""


class Sent(Protocol):
    """Remembers what went out; the store keeps it over a restart."""

    def was_sent(self, notice: str, channel: str) -> bool:
        """Whether a notice already went out through a channel, or was given up."""

    def mark_sent(self, notice: str, channel: str, time: int, outcome: str) -> None:
        """Remember at event time `time` that a notice was ``sent`` or ``refused``."""


class NotifierProcess:
    """Sends each told notice once a channel, and publishes the newest results.

    Parameters
    ----------
    city, catalogue
        For the advice.
    channels
        The channels there are.
    sent
        Remembers what went out.
    retained
        Publishes results and advice.
    clock
        Seconds that only ever grow, for the pace of publishing; not event time.
    sleep
        Waits before a channel that is not available is tried again.
    """

    def __init__(
        self,
        city: City,
        catalogue: Catalogue,
        *,
        channels: Iterable[Notifier],
        sent: Sent,
        retained: Retained,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._channels: Mapping[str, Notifier] = {c.channel: c for c in channels}
        self._sent = sent
        self._publisher = Publisher(city, catalogue, retained, clock)
        self._queues: dict[str, asyncio.Queue[Notice | None]] = {
            name: asyncio.Queue(QUEUE) for name in self._channels
        }
        self._city = city
        self._begun: set[str] = set()
        self._sleep = sleep
        self._now = 0
        self._unsettled = 0

    @property
    def settled(self) -> bool:
        """Whether every notice taken so far was sent or given up."""
        return self._unsettled == 0

    async def run(self, records: AsyncIterator[Record]) -> None:
        """Take records until they end, then send what still waits and return."""
        async with asyncio.TaskGroup() as group:
            workers = [
                group.create_task(self._drain(name), name=f"channel {name}")
                for name in self._channels
            ]
            pace = group.create_task(self._publisher.run(), name="publisher")
            async for record in records:
                await self._take(record)
            await asyncio.gather(*(queue.join() for queue in self._queues.values()))
            pace.cancel()
            for worker in workers:
                worker.cancel()
        await self._publisher.flush()

    async def _take(self, record: Record) -> None:
        if isinstance(record, int):
            before, self._now = self._now, max(self._now, record)
            self._publisher.tick(self._now)
            if before // 60 != self._now // 60:
                self._prune()
        elif isinstance(record, Notice):
            self._now = max(self._now, record.known)
            await self._route(record)
        else:
            self._publisher.take(record)

    async def _route(self, notice: Notice) -> None:
        """Put a notice into the queue of each of its channels that there is."""
        if not notice.told:
            log.info("notice %s not told: %s", notice.id, notice.why_not)
            return
        for name in notice.channels:
            channel = self._channels.get(name)
            if channel is None:
                continue
            if channel.leaves_machine and notice.origin != "live":
                log.debug("notice %s stays inside: %s data", notice.id, notice.origin)
                continue
            self._unsettled += 1
            await self._queues[name].put(notice)

    def _prune(self) -> None:
        """Have each channel that is idle take back what no longer holds."""
        for queue in self._queues.values():
            if queue.empty():
                queue.put_nowait(None)

    async def _drain(self, name: str) -> None:
        queue = self._queues[name]
        while True:
            notice = await queue.get()
            try:
                if notice is None:
                    await self._expire(self._channels[name])
                else:
                    await self._deliver(self._channels[name], notice)
            finally:
                self._unsettled -= notice is not None
                queue.task_done()

    async def _expire(self, channel: Notifier) -> None:
        """Take back what no longer holds, at first also of an earlier process."""
        first = channel.channel not in self._begun
        self._begun.add(channel.channel)
        areas = [area.id for area in self._city.areas] if first else []
        try:
            await channel.expire(self._city.id, areas, self._now)
        except NotifierUnavailable as error:
            log.warning("%s; again in a minute", error)

    async def _deliver(self, channel: Notifier, notice: Notice) -> None:
        """Send a notice that was not sent yet, for as long as it is news."""
        name = channel.channel
        if await asyncio.to_thread(self._sent.was_sent, notice.id, name):
            return
        outcome = await self._try(channel, notice)
        await asyncio.to_thread(
            self._sent.mark_sent, notice.id, name, max(self._now, notice.known), outcome
        )

    async def _try(self, channel: Notifier, notice: Notice) -> str:
        while self._now < notice.until:
            try:
                await channel.send(notice)
            except NotifierUnavailable as error:
                log.warning("%s; again in %.0f s", error, error.retry_after)
                await self._sleep(error.retry_after)
            except NoticeRefused as error:
                log.error("%s refused notice %s: %s", channel.channel, notice.id, error)  # noqa: TRY400  # the reason is the whole story
                return "refused"
            else:
                return "sent"
        return "too old"
