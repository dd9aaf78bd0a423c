"""What the embedded MQTT broker does and does not do, on which the bridge is built."""

import asyncio
import contextlib
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from thoang.embedded import mqtt
from thoang.embedded.ports import free_port

pytestmark = pytest.mark.embedded
WITHIN_S = 20.0
V311, V5 = paho.MQTTv311, paho.MQTTv5
both = pytest.mark.parametrize("version", [V311, V5], ids=["3.1.1", "5"])


class Client:
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


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run the broker for this file's tests."""
    port = free_port(0)
    folder: Path = tmp_path_factory.mktemp("mqtt")
    with subprocess.Popen(mqtt.command(port, folder)) as broker:  # noqa: S603
        asyncio.run(_until_it_answers(port))
        yield port
        broker.terminate()


async def _until_it_answers(port: int) -> None:
    async with asyncio.timeout(10):
        while not await mqtt.answers(port):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


def numbers(first: int, end: int) -> list[bytes]:
    """Return numbered payloads."""
    return [b"%d" % number for number in range(first, end)]


@both
def test_unacknowledged_messages_come_again_in_order(
    port: int, version: paho.MQTTProtocolVersion
) -> None:
    """A session gets what it did not acknowledge, then what it missed; DUP unset."""
    name, topic = f"again-{version}", f"again/{version}"
    publisher = Client(port, f"{name}-p", version, keep=False)
    reader = Client(port, name, version, subscribe=topic)
    publisher.publish(topic, numbers(0, 10))
    assert reader.wait(lambda: len(reader.got) == 10)
    reader.ack(4)
    reader.wait(lambda: False, 0.1)  # lets the acknowledgements leave
    reader.cut()
    publisher.publish(topic, numbers(10, 15))
    reader = Client(port, name, version, subscribe=topic)
    assert reader.wait(lambda: len(reader.got) == 11)
    assert reader.session_present
    assert reader.payloads() == numbers(4, 15)
    assert not any(message.dup for message in reader.got)
    reader.close()
    publisher.close()


@both
def test_order_over_topics_is_kept_through_reconnects(
    port: int, version: paho.MQTTProtocolVersion
) -> None:
    """One wildcard subscription sees a publisher's order over all its topics."""
    name, root = f"order-{version}", f"order{version}"
    publisher = Client(port, f"{name}-p", version, keep=False)
    reader = Client(port, name, version, subscribe=f"{root}/#", ack_every=20)
    for number in range(5_000):
        publisher._client.publish(f"{root}/{number % 50}/x", b"%d" % number, qos=1)
    order: list[int] = []
    for target in (800, 1_500):
        reader.wait_for_number(target)
        reader.cut()
        order += [int(payload) for payload in reader.payloads()]
        reader = Client(port, name, version, subscribe=f"{root}/#", ack_every=20)
    reader.wait_for_number(4_999)
    order += [int(payload) for payload in reader.payloads()]
    first_seen = list(dict.fromkeys(order))
    assert first_seen == list(range(5_000))
    reader.close()
    publisher.close()


@both
def test_retained_message_reaches_a_later_subscriber(
    port: int, version: paho.MQTTProtocolVersion
) -> None:
    """Only the newest is kept, flagged as retained; an empty one clears it."""
    topic = f"retained/{version}"
    publisher = Client(port, f"retained-p-{version}", version, keep=False)
    publisher.publish(topic, [b"old", b"new"], retain=True)
    late = Client(port, f"late-{version}", version, subscribe=topic, keep=False)
    assert late.wait(lambda: bool(late.got))
    assert [(m.payload, m.retain) for m in late.got] == [(b"new", True)]
    publisher.publish(topic, [b""], retain=True)
    last = Client(port, f"last-{version}", version, subscribe=topic, keep=False)
    publisher.publish(topic, [b"live"])
    assert last.wait(lambda: bool(last.got))
    assert last.payloads() == [b"live"]
    for client in (late, last, publisher):
        client.close()


@pytest.mark.parametrize("receive_maximum", [5, 1_000])
def test_a_hundred_messages_are_in_flight(port: int, receive_maximum: int) -> None:
    """Whatever a client can receive: the bridge has to acknowledge by then."""
    topic = f"flight/{receive_maximum}"
    publisher = Client(port, f"flight-p-{receive_maximum}", V5, keep=False)
    reader = Client(
        port,
        f"flight-{receive_maximum}",
        V5,
        subscribe=topic,
        receive_maximum=receive_maximum,
    )
    publisher.publish(topic, numbers(0, 500))
    assert reader.wait(lambda: len(reader.got) == 100)
    assert not reader.wait(lambda: len(reader.got) > 100, 0.3)
    reader.ack(100)
    assert reader.wait(lambda: len(reader.got) == 200)
    reader.close()
    publisher.close()


def test_twelve_thousand_messages_wait_for_an_absent_session(port: int) -> None:
    """A backlog of a bridge that is away for long is complete and in order."""
    reader = Client(port, "backlog", V5, subscribe="backlog/#")
    reader.close()
    publisher = Client(port, "backlog-p", V5, keep=False)
    total, step = 12_000, 3_000
    for first in range(0, total, step):
        publisher.publish(
            "backlog/x", [b"%08d" % n + b"." * 490 for n in range(first, first + step)]
        )
    reader = Client(port, "backlog", V5, subscribe="backlog/#", ack_every=50)
    assert reader.wait(lambda: len(reader.got) >= total, 60)
    assert [int(payload[:8]) for payload in reader.payloads()] == list(range(total))
    reader.close()
    publisher.close()


def test_payload_of_two_megabytes_passes(port: int) -> None:
    """It is the bridge that quarantines it, so the broker has to deliver it."""
    publisher = Client(port, "big-p", V5, keep=False)
    reader = Client(port, "big", V5, subscribe="big", keep=False)
    publisher.publish("big", [b"x" * 2 * 2**20])
    assert reader.wait(lambda: bool(reader.got))
    assert len(reader.got[0].payload) == 2 * 2**20
    reader.close()
    publisher.close()


def test_backlog_has_room_for_two_hundred_thousand_messages() -> None:
    """Of 500 bytes and a topic of 40 each."""
    assert mqtt.BACKLOG >= 200_000 * 540


def test_absent_broker_does_not_answer() -> None:
    """Nobody listening means not ready, not an error."""
    assert not asyncio.run(mqtt.answers(free_port(0)))
