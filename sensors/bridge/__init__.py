"""Edge in: takes messages from MQTT and acknowledges them once Kafka has them."""

from sensors.bridge.bridge import Bridge
from sensors.bridge.settings import BridgeSettings

__all__ = ["Bridge", "BridgeSettings"]
