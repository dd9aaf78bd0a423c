"""The notifier: notices, results and advice to MQTT and to a webhook."""

import random
import time
from collections.abc import AsyncIterator, Callable, Sequence

import httpx
from aiokafka import AIOKafkaConsumer
from pydantic import HttpUrl

from alerts.notice import Notice
from alerts.notifier import NotifierProcess, Record
from alerts.notifiers.connection import Connection
from alerts.notifiers.mqtt import MqttNotifier, Retained
from alerts.notifiers.protocol import Notifier
from alerts.notifiers.webhook import WebhookNotifier, WebhookSettings
from alerts.rows import notice_of
from alerts.words import load_catalogue
from sensors.records import AIR_QUALITY, CONGESTION, NOTICES, decode
from stores.protocol import Store
from streams.results import read_results
from thoang.process import ready_file, run_until_told, start_logging
from thoang.settings import Settings
from thoang.storage import open_store

GROUP = "notifier"
FETCH_LEAST_B = 262_144
"""What the embedded broker answers at once [B]: it does not wake a waiting fetch."""


class StoredSent:
    """Remembers in the store what went out.

    Parameters
    ----------
    store
        The store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def was_sent(self, notice: str, channel: str) -> bool:
        """Whether a notice already went out through a channel, or was given up."""
        return self._store.was_sent(notice, channel)

    def mark_sent(self, notice: str, channel: str, time: int, outcome: str) -> None:
        """Remember what became of a notice; all that counts is that it is settled."""
        del outcome
        self._store.mark_sent(notice, channel, time)


class Intake:
    """Records for the notifier, in the order of their topics' partitions.

    Parameters
    ----------
    settings
        Where Kafka is.
    standing
        Notices that still hold: what a crash may have left unsent.
    """

    def __init__(self, settings: Settings, standing: Sequence[Notice]) -> None:
        self._standing = standing
        self._consumer = AIOKafkaConsumer(
            NOTICES,
            AIR_QUALITY,
            CONGESTION,
            bootstrap_servers=settings.kafka.bootstrap,
            group_id=GROUP,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            # One group member needs no long session; joining takes half of it.
            session_timeout_ms=6_000,
            heartbeat_interval_ms=1_000,
            fetch_max_wait_ms=2 * settings.kafka.fetch_wait_ms,
            fetch_min_bytes=FETCH_LEAST_B if settings.kafka.epoch else 1,
        )

    async def start(self) -> None:
        """Connect and join."""
        await self._consumer.start()

    async def stop(self) -> None:
        """Leave."""
        await self._consumer.stop()

    async def records(self, settled: Callable[[], bool]) -> AsyncIterator[Record]:
        """Yield what still holds, then everything that comes.

        What was taken is committed once `settled` says that all of it went out.
        """
        for notice in self._standing:
            yield notice
        uncommitted = False
        while True:
            taken = await self._consumer.getmany(timeout_ms=500)
            for partition, messages in taken.items():
                for message in messages:
                    for record in _read(partition.topic, message.value):
                        yield record
            uncommitted = uncommitted or bool(taken)
            if uncommitted and settled():
                await self._consumer.commit()
                uncommitted = False


def _read(topic: str, value: bytes) -> list[Record]:
    if topic == NOTICES:
        return [decode(value, Notice)]
    results = read_results(value)
    ticks: list[Record] = [results.tick] if results.tick else []
    return [*ticks, *results.air, *results.congestion]


def channels(
    settings: Settings,
    connection: Connection,
    standing: Sequence[Notice],
    client: httpx.AsyncClient,
) -> list[Notifier]:
    """Return the channels that are configured."""
    found: list[Notifier] = [MqttNotifier(connection.publish, standing)]
    chosen = settings.notices
    if chosen.webhook:
        webhook = WebhookSettings(
            url=HttpUrl(chosen.webhook),
            token=chosen.secret if chosen.secret.get_secret_value() else None,
            every_origin=chosen.tell_when_not_live,
        )
        found.append(WebhookNotifier(webhook, client, random.Random()))  # noqa: S311  # spreads retries
    return found


async def run(settings: Settings) -> None:
    """Notify until cancelled."""
    city, store, catalogue = (
        settings.load_city(),
        open_store(settings),
        load_catalogue(),
    )
    now = store.clock(city.id) or int(time.time())
    standing = [notice_of(row) for row in store.active_notices(city.id, now)][::-1]
    connection, intake = (
        Connection(settings.mqtt, "thoang-notifier"),
        Intake(settings, standing),
    )
    connection.start()
    await connection.connected.wait()
    await intake.start()
    ready_file(settings, "notifier")()
    async with httpx.AsyncClient() as client:
        process = NotifierProcess(
            city,
            catalogue,
            channels=channels(settings, connection, standing, client),
            sent=StoredSent(store),
            retained=Retained(connection.publish, city.id),
            clock=time.monotonic,
        )
        try:
            await process.run(intake.records(lambda: process.settled))
        finally:
            connection.stop()
            await intake.stop()


def main() -> None:
    """Run the notifier until it is told to stop."""
    start_logging()
    settings = Settings.read()
    run_until_told(lambda: run(settings))
