import asyncio
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from sensors.publisher import Publisher, PublisherError
from sensors.topic import subscription
from thoang.embedded import mqtt
from thoang.embedded.ports import free_port

WITHIN_S = 20.0
TOPIC = "thoang/v1/x/air/a"


class Bridge:
    """Stands where the bridge does: keeps what comes, says when told how far it is."""

    def __init__(self, port: int) -> None:
        self.got: list[bytes] = []
        self._changed = threading.Condition()
        self._ready = False
        self._client = Client(CallbackAPIVersion.VERSION2, "bridge", protocol=MQTTv5)
        self._client.on_message = self._on_message
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.reconnect_delay_set(0.1, 0.1)  # type: ignore[arg-type]  # paho takes fractions
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self.wait(lambda: self._ready)

    def _on_connect(self, client: Client, *_: object) -> None:
        client.subscribe(subscription("x"), qos=1)

    def _on_subscribe(self, *_: object) -> None:
        with self._changed:
            self._ready = True
            self._changed.notify_all()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if "/out/" not in message.topic:
            with self._changed:
                self.got.append(bytes(message.payload))
                self._changed.notify_all()

    def wait(self, condition: Any) -> bool:
        """Wait until a condition holds; say whether it does."""
        with self._changed:
            return bool(self._changed.wait_for(condition, WITHIN_S))

    def say(self, time: int, messages: int) -> None:
        """Publish the retained clock."""
        payload = json.dumps({"time": time, "messages": messages})
        self._client.publish("thoang/v1/x/out/clock", payload, qos=1, retain=True)

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()


def _broker(port: int, folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(mqtt.command(port, folder))  # noqa: S603  # our own
    asyncio.run(_until_it_answers(port))
    return process


async def _until_it_answers(port: int) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not await mqtt.answers(port):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.05)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Run a broker of one's own: retained clocks would outlast a test."""
    port = free_port(0)
    with _broker(port, tmp_path) as process:
        yield port
        process.terminate()


@pytest.fixture
def bridge(port: int) -> Iterator[Bridge]:
    """Listen as the bridge does."""
    bridge = Bridge(port)
    yield bridge
    bridge.close()


def _publisher(port: int, window: int | None) -> Publisher:
    url = f"mqtt://127.0.0.1:{port}"
    return Publisher(url, "x", client_id="devices", window=window)


@pytest.mark.embedded
def test_everything_arrives_in_order(port: int, bridge: Bridge) -> None:
    """What is published arrives whole and in order, ticks between messages."""
    with _publisher(port, None) as publisher:
        for number in range(500):
            publisher.publish(TOPIC, b"%d" % number)
        publisher.tick(1_769_821_500)
        assert publisher.flush(WITHIN_S)
        assert publisher.sent == 501
    assert bridge.wait(lambda: len(bridge.got) == 501)
    assert bridge.got[:500] == [b"%d" % number for number in range(500)]
    assert json.loads(bridge.got[500]) == {"time": "2026-01-31T01:05:00+00:00"}


@pytest.mark.embedded
def test_never_far_ahead_of_the_bridge(port: int, bridge: Bridge) -> None:
    """With a full window it waits, says for whom, and goes on when the bridge is on."""
    bridge.say(0, 1_000)
    with _publisher(port, 50) as publisher:

        def publish() -> None:
            for number in range(70):
                publisher.publish(TOPIC, b"%d" % number)
            publisher.tick(60)

        worker = threading.Thread(target=publish, daemon=True)
        worker.start()
        assert bridge.wait(lambda: len(bridge.got) == 50)
        assert publisher.sent == publisher.ahead == 50
        assert publisher.waiting == "waiting for the bridge"
        assert not publisher.settle(60, timeout=0)
        bridge.say(0, 1_050)
        worker.join(WITHIN_S)
        assert bridge.wait(lambda: len(bridge.got) == 71)
        bridge.say(60, 1_071)
        assert publisher.settle(60, timeout=WITHIN_S)
        assert publisher.ahead == 0


@pytest.mark.embedded
def test_a_broker_that_comes_back(tmp_path: Path) -> None:
    """When the broker dies, publishing waits for it and goes on; nothing is lost."""
    port = free_port(0)
    with _broker(port, tmp_path / "1") as first, _publisher(port, None) as publisher:
        publisher.publish(TOPIC, b"before")
        assert publisher.flush(WITHIN_S)
        first.kill()
        first.wait()
        publisher.publish(TOPIC, b"while away")
        with _broker(port, tmp_path / "2") as second:
            assert publisher.flush(WITHIN_S)
            second.terminate()


@pytest.mark.embedded
def test_closing_frees_who_waits(port: int) -> None:
    """A call that waits for a bridge ends with an error when the publisher closes."""
    told: list[str] = []
    with _publisher(port, 1) as publisher:

        def publish() -> None:
            try:
                for _ in range(2):
                    publisher.publish(TOPIC, b"")
            except PublisherError as error:
                told.append(str(error))

        worker = threading.Thread(target=publish, daemon=True)
        worker.start()
        assert publisher.flush(WITHIN_S)
    worker.join(WITHIN_S)
    assert "this publisher was closed" in told[0]


def test_no_broker() -> None:
    """Without a broker the start fails with its address and what to look at."""
    with (
        pytest.raises(PublisherError, match="Is it running there"),
        _publisher(free_port(0), None),
    ):
        pass


@pytest.mark.parametrize("url", ["127.0.0.1:1883", "http://127.0.0.1", "mqtt://"])
def test_no_address(url: str) -> None:
    """An address of another kind is refused with an example; no password is shown."""
    with (
        pytest.raises(PublisherError, match="wanted mqtt://HOST:PORT"),
        Publisher(url, "x", client_id="devices"),
    ):
        pass


def test_passwords_are_not_told() -> None:
    """The address in an error has no password in it."""
    url = f"mqtt://me:secret@127.0.0.1:{free_port(0)}"
    with (
        pytest.raises(PublisherError) as caught,
        Publisher(url, "x", client_id="devices"),
    ):
        pass
    assert "secret" not in str(caught.value)
