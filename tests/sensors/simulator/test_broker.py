"""The simulator over a real broker, with a bridge's clock coming back."""

import asyncio
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sensors.simulator.feed import Feed
from sensors.simulator.run import simulate
from sensors.simulator.scene import Scene
from sensors.simulator.settings import SimulatorSettings
from thoang.embedded import mqtt
from thoang.embedded.ports import free_port

pytestmark = pytest.mark.embedded
WITHIN_S = 30.0
START = 1_763_806_500


class Listener:
    """Takes everything of the city and says, as a bridge would, how far it is."""

    def __init__(self, port: int) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.ready = threading.Event()
        self.client = paho.Client(
            CallbackAPIVersion.VERSION2, "listener", protocol=paho.MQTTv5
        )
        self.client.on_connect = lambda c, *_: c.subscribe("thoang/v1/#", qos=1)
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _on_message(
        self, client: paho.Client, _: object, message: paho.MQTTMessage
    ) -> None:
        if message.topic.endswith("/out/clock"):
            return
        self.got.append((message.topic, bytes(message.payload)))
        if message.topic.endswith("/tick"):
            time = int(datetime.fromisoformat(_time(message.payload)).timestamp())
            clock = {"time": time, "messages": len(self.got)}
            topic = message.topic.replace("/tick", "/out/clock")
            client.publish(topic, json.dumps(clock), qos=1, retain=True)


def _time(payload: bytes | bytearray) -> str:
    return str(json.loads(payload)["time"])


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Return the port of a broker that answers."""
    found = free_port(0)
    command = mqtt.command(found, tmp_path / "mqtt")
    with subprocess.Popen(command) as broker:  # noqa: S603  # our own module
        asyncio.run(_until_it_answers(found))
        yield found
        broker.terminate()


async def _until_it_answers(port: int) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not await mqtt.answers(port):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.05)


def test_what_is_made_arrives_in_order(
    port: int, city_file: Path, tmp_path: Path, make_scene: Callable[..., Scene]
) -> None:
    """Half an hour at full speed: every message, in order, ticks behind readings."""
    listener = Listener(port)
    assert listener.ready.wait(WITHIN_S)
    settings = SimulatorSettings(
        city=city_file,
        data=tmp_path,
        mqtt=f"mqtt://127.0.0.1:{port}",
        speed="max",
        days=0.02,
        start=START,
    )
    simulate(settings)
    listener.client.disconnect()
    listener.client.loop_stop()
    feed = Feed(make_scene())
    wanted = [
        (message.topic, message.payload)
        for end in range(START + 60, START + 28 * 60 + 1, 60)
        for message in feed.at(end)
    ]
    got = [entry for entry in listener.got if not entry[0].endswith("/tick")]
    assert got == wanted
    ticks = [_time(p) for topic, p in listener.got if topic.endswith("/tick")]
    assert ticks == sorted(ticks)
    assert len(ticks) == 29
