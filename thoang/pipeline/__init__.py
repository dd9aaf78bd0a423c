"""All wiring, in the order in which data flow; one file a process.

bridge       MQTT -> `readings`, `readings.quarantine`
worker       `readings` -> air -> `air-quality`, `areas`
             `readings` -> traffic -> `congestion`, `areas`
             `areas` -> alerts -> `alerts`, `notices`
writer       all of these -> store
notifier     `notices`, `air-quality`, `congestion` -> MQTT, webhook
web          store -> page, API

No other file knows two neighbours. A process imports only its own wiring, so that each
holds in memory only what it needs.
"""

from collections.abc import Mapping

from sensors.records import (
    AIR_QUALITY,
    ALERTS,
    AREAS,
    CONGESTION,
    NOTICES,
    PARTITIONS,
    QUARANTINE,
    READINGS,
)

TOPICS: Mapping[str, int] = {
    READINGS: PARTITIONS,
    QUARANTINE: PARTITIONS,
    AIR_QUALITY: PARTITIONS,
    CONGESTION: PARTITIONS,
    AREAS: PARTITIONS,
    ALERTS: 1,
    NOTICES: 1,
}
"""Every topic and its number of partitions; created before anybody subscribes."""

PROCESSES = ("bridge", "worker", "writer", "notifier", "web")
"""The long-running processes, each a subcommand and a file here."""
