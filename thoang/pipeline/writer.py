"""The writer: every topic into the store."""

import asyncio
import logging
import time
from collections.abc import Mapping

from alerts.rows import alert_row, notice_row
from sensors.city import City
from sensors.records import ALERTS, AREAS, NOTICES
from stores.handlers import Handler, default_handlers
from stores.protocol import Store
from stores.record import StoreUnavailableError
from stores.settings import WriterSettings
from stores.writer import Writer
from thoang.pipeline import TOPICS
from thoang.process import ready_file, run_until_told, start_logging
from thoang.settings import Settings
from thoang.storage import open_store

log = logging.getLogger(__name__)

EXPIRE_S = 3_600
"""How often retention is looked after [s]."""


def handlers(city: City) -> Mapping[str, Handler]:
    """Return what a record of each topic is to the store."""
    return {
        **default_handlers(city.areas_of),
        ALERTS: lambda record: (alert_row(record.value or b""),),
        NOTICES: lambda record: (notice_row(record.value or b""),),
    }


def writer(settings: Settings, city: City, store: Store) -> Writer:
    """Return the writer."""
    return Writer(
        store,
        handlers(city),
        WriterSettings(
            bootstrap=settings.kafka.bootstrap,
            # A log in memory has one writer; a group would only delay its start.
            alone=settings.kafka.epoch > 0,
            epoch=settings.kafka.epoch,
            # What meets in `areas` is in the results already.
            topics=tuple(topic for topic in TOPICS if topic != AREAS),
        ),
    )


async def run(settings: Settings) -> None:
    """Write until cancelled, and look after retention."""
    store = open_store(settings)
    made = writer(settings, settings.load_city(), store)
    ready = ready_file(settings, "writer")

    async def announce() -> None:
        await made.ready.wait()
        ready()

    async def expire() -> None:
        while True:
            try:
                await asyncio.to_thread(store.expire, int(time.time()))
            except StoreUnavailableError as error:
                log.warning("retention waits for the next time: %s", error)
            await asyncio.sleep(EXPIRE_S)

    async with asyncio.TaskGroup() as group:
        group.create_task(announce())
        group.create_task(expire())
        group.create_task(made.run())


def main() -> None:
    """Run the writer until it is told to stop."""
    start_logging()
    settings = Settings.read()
    run_until_told(lambda: run(settings))
