"""Keeps the newest tick that Kafka has, so that a killed bridge knows the time again.

Without it a bridge that starts again would take readings of any time until the next
tick, and could not tell a publisher, who waits for it, what it confirmed before.
"""

import json
import logging
from pathlib import Path

log = logging.getLogger(__name__)


class ClockFile:
    """Event time of one city in a file.

    Parameters
    ----------
    path
        The file.
    city
        Id of the city; what was kept of another one says nothing.
    """

    def __init__(self, path: Path, city: str) -> None:
        self._path = path
        self._city = city
        self._kept: int | None = None

    def read(self) -> int | None:
        """Return what was kept [unix s]; None where there is nothing."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            time = int(kept["time"]) if kept["city"] == self._city else None
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            log.warning("%s is damaged (%r): the next tick says it", self._path, error)
            return None
        self._kept = time
        return time

    def keep(self, time: int | None) -> None:
        """Keep a time [unix s], if it is another than before."""
        if time is None or time == self._kept:
            return
        self._kept = time
        draft = self._path.with_name(self._path.name + ".new")
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps({"city": self._city, "time": time}), "utf-8")
        draft.replace(self._path)
