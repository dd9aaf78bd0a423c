"""What the embedded MQTT broker does and does not do, on which the bridge is built."""

import asyncio
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest

from thoang.embedded import mqtt
from thoang.embedded.ports import free_port

pytestmark = pytest.mark.embedded
Opened = Callable[..., Any]
V311, V5 = paho.MQTTv311, paho.MQTTv5
both = pytest.mark.parametrize("version", [V311, V5], ids=["3.1.1", "5"])


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
    open_client: Opened, port: int, version: paho.MQTTProtocolVersion
) -> None:
    """A session gets what it did not acknowledge, then what it missed; DUP unset."""
    name, topic = f"again-{version}", f"again/{version}"
    publisher = open_client(port, f"{name}-p", version, keep=False)
    reader = open_client(port, name, version, subscribe=topic)
    publisher.publish(topic, numbers(0, 10))
    assert reader.wait(lambda: len(reader.got) == 10)
    reader.ack(4)
    reader.wait(lambda: False, 0.1)  # lets the acknowledgements leave
    reader.cut()
    publisher.publish(topic, numbers(10, 15))
    reader = open_client(port, name, version, subscribe=topic)
    assert reader.wait(lambda: len(reader.got) == 11)
    assert reader.session_present
    assert reader.payloads() == numbers(4, 15)
    assert not any(message.dup for message in reader.got)
    reader.close()
    publisher.close()


@both
def test_order_over_topics_is_kept_through_reconnects(
    open_client: Opened, port: int, version: paho.MQTTProtocolVersion
) -> None:
    """One wildcard subscription sees a publisher's order over all its topics."""
    name, root = f"order-{version}", f"order{version}"
    publisher = open_client(port, f"{name}-p", version, keep=False)
    reader = open_client(port, name, version, subscribe=f"{root}/#", ack_every=20)
    for number in range(5_000):
        publisher._client.publish(f"{root}/{number % 50}/x", b"%d" % number, qos=1)
    order: list[int] = []
    for target in (800, 1_500):
        reader.wait_for_number(target)
        reader.cut()
        order += [int(payload) for payload in reader.payloads()]
        reader = open_client(port, name, version, subscribe=f"{root}/#", ack_every=20)
    reader.wait_for_number(4_999)
    order += [int(payload) for payload in reader.payloads()]
    first_seen = list(dict.fromkeys(order))
    assert first_seen == list(range(5_000))
    reader.close()
    publisher.close()


@both
def test_retained_message_reaches_a_later_subscriber(
    open_client: Opened, port: int, version: paho.MQTTProtocolVersion
) -> None:
    """Only the newest is kept, flagged as retained; an empty one clears it."""
    topic = f"retained/{version}"
    publisher = open_client(port, f"retained-p-{version}", version, keep=False)
    publisher.publish(topic, [b"old", b"new"], retain=True)
    late = open_client(port, f"late-{version}", version, subscribe=topic, keep=False)
    assert late.wait(lambda: bool(late.got))
    assert [(m.payload, m.retain) for m in late.got] == [(b"new", True)]
    publisher.publish(topic, [b""], retain=True)
    last = open_client(port, f"last-{version}", version, subscribe=topic, keep=False)
    publisher.publish(topic, [b"live"])
    assert last.wait(lambda: bool(last.got))
    assert last.payloads() == [b"live"]
    for client in (late, last, publisher):
        client.close()


def test_all_retained_messages_reach_a_wildcard(open_client: Opened, port: int) -> None:
    """A city has hundreds; at QoS 1 only the first hundred come (rumqttd's limit)."""
    publisher = open_client(port, "many-p", V5, keep=False)
    for number in range(600):
        publisher.publish(f"many/{number}", [b"%d" % number], retain=True)
    late = paho.Client(paho.CallbackAPIVersion.VERSION2, "many", protocol=V5)
    got: set[str] = set()
    late.on_message = lambda _client, _data, message: got.add(message.topic)
    late.on_connect = lambda client, *_: client.subscribe("many/#", qos=0)
    late.connect("127.0.0.1", port)
    deadline = time.monotonic() + 10
    while len(got) < 600 and time.monotonic() < deadline:
        late.loop(0.05)
    late.disconnect()
    publisher.close()
    assert len(got) == 600


@pytest.mark.parametrize("receive_maximum", [5, 1_000])
def test_a_hundred_messages_are_in_flight(
    open_client: Opened, port: int, receive_maximum: int
) -> None:
    """Whatever a client can receive: the bridge has to acknowledge by then."""
    topic = f"flight/{receive_maximum}"
    publisher = open_client(port, f"flight-p-{receive_maximum}", V5, keep=False)
    reader = open_client(
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


def test_twelve_thousand_messages_wait_for_an_absent_session(
    open_client: Opened, port: int
) -> None:
    """A backlog of a bridge that is away for long is complete and in order."""
    reader = open_client(port, "backlog", V5, subscribe="backlog/#")
    reader.close()
    publisher = open_client(port, "backlog-p", V5, keep=False)
    total, step = 12_000, 3_000
    for first in range(0, total, step):
        publisher.publish(
            "backlog/x", [b"%08d" % n + b"." * 490 for n in range(first, first + step)]
        )
    reader = open_client(port, "backlog", V5, subscribe="backlog/#", ack_every=50)
    assert reader.wait(lambda: len(reader.got) >= total, 60)
    assert [int(payload[:8]) for payload in reader.payloads()] == list(range(total))
    reader.close()
    publisher.close()


def test_payload_of_two_megabytes_passes(open_client: Opened, port: int) -> None:
    """It is the bridge that quarantines it, so the broker has to deliver it."""
    publisher = open_client(port, "big-p", V5, keep=False)
    reader = open_client(port, "big", V5, subscribe="big", keep=False)
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
