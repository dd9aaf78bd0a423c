"""A real MQTT client for the tests of the embedded broker."""

import contextlib
import threading

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

WITHIN_S = 20.0
V5 = paho.MQTTv5


class MqttClient:
    """A client with a session, that keeps what it gets until it is told to ack."""

    def __init__(
        self,
        port: int,
        name: str,
        version: paho.MQTTProtocolVersion,
        *,
        subscribe: str = "",
        keep: bool = True,
        ack_every: int = 0,
        receive_maximum: int = 0,
    ) -> None:
        self.got: list[paho.MQTTMessage] = []
        self.session_present = False
        self._ack_every = ack_every
        self._acked = 0
        self._changed = threading.Condition()
        self._subscribe = subscribe
        self._subscribed = not subscribe
        self._sent = 0
        options = {} if version == V5 else {"clean_session": not keep}
        self._client = paho.Client(
            paho.CallbackAPIVersion.VERSION2,
            client_id=name,
            protocol=version,
            manual_ack=True,
            **options,
        )
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        self._client.max_inflight_messages_set(1_000)
        self._connect(port, version, receive_maximum, keep=keep)

    def _connect(
        self,
        port: int,
        version: paho.MQTTProtocolVersion,
        receive_maximum: int,
        *,
        keep: bool,
    ) -> None:
        if version == V5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 3_600 if keep else 0
            if receive_maximum:
                properties.ReceiveMaximum = receive_maximum
            self._client.connect(
                "127.0.0.1", port, 30, clean_start=not keep, properties=properties
            )
        else:
            self._client.connect("127.0.0.1", port, 30)
        self._client.loop_start()
        self.wait(lambda: self._subscribed)

    def _on_connect(self, _c: object, _u: object, flags: object, *_: object) -> None:
        self.session_present = bool(getattr(flags, "session_present", False))
        if self._subscribe:
            self._client.subscribe(self._subscribe, qos=1)

    def _on_subscribe(self, *_: object) -> None:
        with self._changed:
            self._subscribed = True
            self._changed.notify_all()

    def _on_publish(self, *_: object) -> None:
        with self._changed:
            self._sent += 1
            self._changed.notify_all()

    def _on_message(self, _c: object, _u: object, message: paho.MQTTMessage) -> None:
        with self._changed:
            self.got.append(message)
            self._changed.notify_all()
        if self._ack_every and len(self.got) - self._acked >= self._ack_every:
            self.ack(self._ack_every)

    def ack(self, count: int) -> None:
        """Acknowledge the oldest `count` of what is not acknowledged."""
        for message in self.got[self._acked : self._acked + count]:
            self._client.ack(message.mid, message.qos)
        self._acked += count

    def publish(
        self, topic: str, payloads: list[bytes], *, retain: bool = False
    ) -> None:
        """Publish and wait until the broker has confirmed all."""
        target = self._sent + len(payloads)
        for payload in payloads:
            self._client.publish(topic, payload, qos=1, retain=retain)
        self.wait(lambda: self._sent >= target)

    def wait(self, condition: object, within_s: float = WITHIN_S) -> bool:
        """Wait until a condition of this client holds."""
        with self._changed:
            return bool(self._changed.wait_for(condition, within_s))  # type: ignore[arg-type]

    def wait_for_number(self, number: int) -> None:
        """Wait until the newest payload is `number` or more."""
        self.wait(lambda: self.got and int(self.got[-1].payload) >= number)

    def payloads(self) -> list[bytes]:
        """Return what came, in order."""
        return [bytes(message.payload) for message in self.got]

    def cut(self) -> None:
        """Lose the connection without a word."""
        self._client._thread_terminate = True
        with contextlib.suppress(OSError):
            self._client._sock.shutdown(2)
        self._client.loop_stop()

    def close(self) -> None:
        """Disconnect politely, the session kept."""
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def open_client() -> type[MqttClient]:
    """Give the class whose instances are connected clients."""
    return MqttClient
