"""What commands of operators need: the store, MQTT, the city; opened when asked for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from alerts.notice import Notice
from alerts.rows import notice_of
from sensors.city import City
from sensors.publisher import Publisher, PublisherError
from stores.protocol import Store
from thoang.settings import Settings, SettingsError
from thoang.status import followed
from thoang.storage import open_store

DataFolder = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder that everything is kept in."),
]
"""The option of each command that works on what a run has kept."""

CONFIRM_S = 10.0
"""Longest wait for the MQTT broker to have a message [s]."""


class Desk:
    """Opens what a command asks for, of the run that the settings name."""

    def __init__(self) -> None:
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """The settings; a run in the data folder says its own ports."""
        if self._settings is None:
            self._settings = followed(Settings.read())
        return self._settings

    def use_data(self, folder: Path) -> None:
        """Work on the run in `folder`, whatever environment and file say."""
        settings = Settings.read().model_copy(update={"data_dir": folder})
        self._settings = followed(settings)

    def city(self) -> City:
        """Load the city."""
        return self.settings.load_city()

    def open_store(self) -> Store:
        """Open the store that a run has made.

        Raises
        ------
        SettingsError
            If there is none yet.
        """
        path = self.settings.store_path
        if not path.exists():
            message = (
                f"there is no store at {path}: start `thoang run` first, or name the "
                "folder of a run with --data or THOANG_DATA_DIR"
            )
            raise SettingsError(message)
        return open_store(self.settings)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish over MQTT; returns once the broker has it."""
        mqtt = self.settings.mqtt
        url = f"mqtt://{mqtt.host}:{mqtt.port}"
        with Publisher(
            url, self.city().id, client_id="thoang-desk", window=0
        ) as publisher:
            publisher.publish(topic, payload)
            if not publisher.flush(CONFIRM_S):
                message = f"the MQTT broker at {url} did not confirm it"
                raise PublisherError(message)


class Notices:
    """The notices in the store.

    Parameters
    ----------
    desk
        Opens the store.
    """

    def __init__(self, desk: Desk) -> None:
        self._city = desk.city()
        self._store = desk.open_store()

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return self._city.zone

    @property
    def now(self) -> int:
        """The city's event time [unix s]."""
        return self._store.clock(self._city.id) or 0

    def notices(self, limit: int, since: int) -> Sequence[Notice]:
        """Return at most `limit` notices known at or after `since`, newest first."""
        rows = self._store.rows("notice", self._city.id, start=since, limit=limit)
        return [notice_of(row) for row in rows]
