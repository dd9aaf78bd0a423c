"""The web: page and API from the store."""

import uvicorn
from fastapi import FastAPI

from alerts.rows import notice_of
from alerts.words import load_catalogue
from sensors.city import City
from stores.protocol import Store
from thoang.clock import CityClock
from thoang.process import start_logging
from thoang.settings import Settings
from thoang.status import process_checks
from thoang.storage import open_store
from web.app import create_app
from web.settings import WebSettings
from web.store_source import StoreSource


def web(settings: Settings, city: City, store: Store) -> FastAPI:
    """Return the application."""

    def newest_tick() -> int | None:
        return store.clock(city.id) if city.clock == "messages" else None

    return create_app(
        WebSettings(host=settings.web.host, port=settings.web.port),
        StoreSource(
            store,
            city.id,
            notice_of,
            processes=lambda _now: process_checks(settings.data_dir),
        ),
        city,
        catalogue=load_catalogue(),
        now=CityClock(newest_tick),
    )


def main() -> None:
    """Serve until told to stop."""
    start_logging()
    settings = Settings.read()
    app = web(settings, settings.load_city(), open_store(settings))
    uvicorn.run(
        app,
        host=settings.web.host,
        port=settings.web.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
