"""The MQTT side of a bridge: messages in arrival order, acknowledged by hand.

What is unacknowledged when the connection ends comes again, from the first such message
on; so the queue is dropped then, and acknowledgements of the old connection are void.
"""

import asyncio
import logging
from collections import deque
from typing import Any, NamedTuple

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sensors.bridge.settings import BridgeSettings
from sensors.mqtt import KEEPALIVE_S, MqttSettings, client
from sensors.topic import subscription

log = logging.getLogger(__name__)

POLL_S = 0.001


class Arrival(NamedTuple):
    """A message and the connection it came by."""

    topic: str
    payload: bytes
    redelivered: bool
    mid: int
    qos: int
    connection: int


class Intake:
    """Receives one city's messages.

    Parameters
    ----------
    mqtt
        Address of the broker.
    settings
        Choices of the bridge.
    city
        Id of the city.
    """

    def __init__(self, mqtt: MqttSettings, settings: BridgeSettings, city: str) -> None:
        self._mqtt = mqtt
        self._settings = settings
        share = f"$share/{settings.group}/" if settings.group else ""
        self._filter = share + subscription(city)
        self._queue: deque[Arrival] = deque()
        self._connection = 0
        self._suspects = 0
        self._arrived = asyncio.Event()
        self.subscribed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._client = self._make()

    def _make(self) -> Client:
        made = client(self._mqtt, self._settings.name, manual_ack=True)
        # Before connecting: what was unacknowledged comes right behind CONNACK.
        made.on_message = self._on_message
        made.on_connect = self._on_connect
        made.on_disconnect = self._on_disconnect
        made.on_subscribe = self._on_subscribe
        return made

    def start(self) -> None:
        """Connect, and keep trying until the broker answers."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
        properties.SessionExpiryInterval = self._settings.session_s
        properties.ReceiveMaximum = self._settings.in_flight
        self._client.connect_async(
            self._mqtt.host,
            self._mqtt.port,
            keepalive=KEEPALIVE_S,
            clean_start=False,
            properties=properties,
        )
        self._client.loop_start()

    def stop(self) -> None:
        """Leave; the broker keeps the session."""
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish a retained message, not waiting for its acknowledgement."""
        self._client.publish(topic, payload, qos=1, retain=True)

    async def gather(self, patience_s: float) -> list[Arrival]:
        """Return what came: at the latest `in_flight` messages or `flush_s`.

        Nothing at all within `patience_s` gives an empty list.
        """
        self._arrived.clear()
        if not self._queue:
            try:
                await asyncio.wait_for(self._arrived.wait(), patience_s)
            except TimeoutError:
                return []
        await self._until_quiet()
        taken = min(len(self._queue), self._settings.in_flight)
        return [self._queue.popleft() for _ in range(taken)]

    async def _until_quiet(self) -> None:
        """Wait for more, until it is enough, quiet, or time."""
        began = changed = self._loop.time()
        seen = len(self._queue)
        while seen < self._settings.in_flight:
            await asyncio.sleep(POLL_S)
            now = self._loop.time()
            if len(self._queue) != seen:
                seen, changed = len(self._queue), now
            quiet = now - changed >= self._settings.quiet_s
            if quiet or now - began >= self._settings.flush_s:
                return

    def acknowledge(self, arrivals: list[Arrival]) -> None:
        """Acknowledge messages in the order they came, those of this connection."""
        for arrival in arrivals:
            if arrival.qos and arrival.connection == self._connection:
                self._client.ack(arrival.mid, arrival.qos)

    def _on_connect(
        self,
        client: Client,
        userdata: object,  # noqa: ARG002  # paho's signature, here and below
        flags: Any,  # noqa: ANN401
        reason: Any,  # noqa: ANN401
        properties: object,  # noqa: ARG002
    ) -> None:
        if reason.is_failure:
            log.error("the MQTT broker refused the bridge: %s", reason)
            return
        # A broker need not set DUP (rumqttd never does): after a resumed session the
        # first messages, as many as may be in flight, may have been here before.
        self._suspects = self._settings.in_flight if flags.session_present else 0
        client.subscribe(self._filter, qos=1)
        if flags.session_present:
            # Its messages come at once, and rumqttd holds SUBACK back while as many
            # as may be in flight are unacknowledged: waiting for it would be for ever.
            self._on_subscribe()

    def _on_subscribe(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self.subscribed.set)

    def _on_disconnect(self, *_: object) -> None:
        self._connection += 1
        self._loop.call_soon_threadsafe(self._queue.clear)

    def _on_message(
        self,
        client: Client,  # noqa: ARG002
        userdata: object,  # noqa: ARG002
        message: MQTTMessage,
    ) -> None:
        suspect, self._suspects = self._suspects > 0, max(0, self._suspects - 1)
        arrival = Arrival(
            message.topic,
            bytes(message.payload),
            message.dup or suspect,
            message.mid,
            message.qos,
            self._connection,
        )
        self._loop.call_soon_threadsafe(self._arrive, arrival)

    def _arrive(self, arrival: Arrival) -> None:
        if arrival.connection == self._connection:
            self._queue.append(arrival)
            self._arrived.set()
