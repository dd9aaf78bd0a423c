"""Follows a run of this machine by its status file: its ports and its processes."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thoang.settings import Settings
from web.source import Check

WELL = {"ready"}


def followed(settings: Settings) -> Settings:
    """Return the settings with the addresses of the run in the data folder, if any."""
    ports = _read(settings.data_dir).get("ports")
    if not ports:
        return settings
    mqtt = settings.mqtt.model_copy(update={"port": ports.get("mqtt", 1883)})
    web = settings.web.model_copy(update={"port": ports.get("web", 8000)})
    return settings.model_copy(update={"mqtt": mqtt, "web": web})


def process_checks(folder: Path) -> Sequence[Check]:
    """Return how each process of the run in a data folder is.

    None where no supervisor runs: nobody knows of processes then.
    """
    status = _read(folder)
    if not _alive(status.get("pid", 0)):
        return ()
    return [
        Check(
            name,
            ok=each["state"] in WELL,
            detail=f"{each['state']}, restarts {each['restarts']}",
        )
        for name, each in status.get("processes", {}).items()
    ]


def _read(folder: Path) -> dict[str, Any]:
    path = folder / "status.json"
    if not path.exists():
        return {}
    status: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return status


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
