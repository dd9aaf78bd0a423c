"""Follows a run of this machine: which ports it took, from its status file."""

import json

from thoang.settings import Settings


def followed(settings: Settings) -> Settings:
    """Return the settings with the addresses of the run in the data folder, if any."""
    path = settings.data_dir / "status.json"
    if not path.exists():
        return settings
    ports = json.loads(path.read_text(encoding="utf-8")).get("ports", {})
    mqtt = settings.mqtt.model_copy(update={"port": ports.get("mqtt", 1883)})
    web = settings.web.model_copy(update={"port": ports.get("web", 8000)})
    return settings.model_copy(update={"mqtt": mqtt, "web": web})
