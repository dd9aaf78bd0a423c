"""One MQTT connection for everything that goes out, confirmed message by message."""

import asyncio
from collections.abc import Callable

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

from alerts.notifiers.protocol import NotifierUnavailable
from sensors.mqtt import KEEPALIVE_S, MqttSettings, client

CONFIRM_S = 10.0
AGAIN_S = 2.0


class Connection:
    """Publishes; each message is confirmed by the broker.

    Parameters
    ----------
    settings
        Address of the broker.
    name
        MQTT client id.
    """

    def __init__(self, settings: MqttSettings, name: str) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self.connected = asyncio.Event()
        self._client: Client = client(settings, name)
        self._client.on_publish = lambda _client, _data, mid, *_: self._soon(
            lambda: self._confirmed(mid)
        )
        self._client.on_connect = lambda *_: self._soon(self.connected.set)

    def start(self) -> None:
        """Connect, and keep trying until the broker answers."""
        address = self._settings.host, self._settings.port
        self._client.connect_async(*address, keepalive=KEEPALIVE_S, clean_start=True)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    async def publish(
        self,
        topic: str,
        payload: bytes,
        retain: bool,  # noqa: FBT001  # the signature that channels are handed
    ) -> None:
        """Publish one message and wait for its confirmation.

        Raises
        ------
        NotifierUnavailable
            If the broker does not confirm.
        """
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            message = f"the MQTT broker at {self._settings.host} is away"
            raise NotifierUnavailable(message, AGAIN_S)
        if info.is_published():
            return
        confirmed = self._waiting[info.mid] = self._loop.create_future()
        try:
            await asyncio.wait_for(confirmed, CONFIRM_S)
        except TimeoutError:
            message = f"the MQTT broker did not confirm {topic}"
            raise NotifierUnavailable(message, AGAIN_S) from None
        finally:
            self._waiting.pop(info.mid, None)

    def _soon(self, do: Callable[[], object]) -> None:
        """Do something in the loop's thread; paho calls from its own."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(do)

    def _confirmed(self, mid: int) -> None:
        waiting = self._waiting.get(mid)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
