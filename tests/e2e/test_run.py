"""`thoang run` with its own simulator: what people get, and what it survives.

One city for the whole file: the tests follow each other as its life does.
"""

import asyncio
import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from sensors.publisher import Publisher
from stores.protocol import Store
from thoang.embedded.kafka import Topic, create_topics

pytestmark = pytest.mark.embedded

OUT = "thoang/v1/small/out/"
STATIONS, ROADS = {"air-1", "air-2", "air-3"}, {f"road-{n}" for n in range(1, 5)}
SHARED = {
    *("id", "name_vi", "name_en", "area", "aqi", "category", "provisional", "level"),
    *("time", "age_s", "completeness", "station_class", "origin"),
}
"""Properties that every station and segment has: a promise within v1."""
NUMBER = re.compile(r'<div class="number"><b>\d+</b>')
MEMORY_MB = 120
STOPPED_S = 5.5
"""Ctrl-C promises 5 s; the rest is for starting to wait."""


@pytest.fixture(scope="module")
def town(found_town_once: Callable[..., Any], small_city: Callable[[], str]) -> Any:
    """Return a simulated city whose past is filled."""
    town = found_town_once(small_city())
    town.start("--broker-memory-mb", str(MEMORY_MB)).all_ready()
    return town


def get(town: Any, path: str) -> httpx.Response:
    """Ask the page or the API."""
    answer = httpx.get(town.page + path, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer


def features(town: Any, what: str) -> dict[str, Any]:
    """Return the properties of what the API lists, by id."""
    found = get(town, f"/api/v1/{what}").json()
    assert found["type"] == "FeatureCollection"
    return {each["id"]: each["properties"] for each in found["features"]}


def notices(town: Any) -> list[Any]:
    """Return the notices that the API lists."""
    return list(get(town, "/api/v1/notices").json()["notices"])


def raised(town: Any) -> list[tuple[str, str]]:
    """Return rule and scope of each episode that began, once an episode."""
    first = [n for n in notices(town) if n["sequence"] == 1 and n["active"]]
    return sorted((notice["rule"], notice["scope_id"]) for notice in first)


def smoke_and_jam(town: Any) -> bool:
    """Say whether notices of both have begun."""
    rules = {rule for rule, _ in raised(town)}
    return "traffic-queue" in rules and any(r.startswith("air-") for r in rules)


class Ear:
    """Subscribes to what Thoáng says about a city, and keeps the newest of each."""

    def __init__(self, port: int) -> None:
        self.heard: dict[str, Any] = {}
        self._client = Client(CallbackAPIVersion.VERSION2, "ear", protocol=MQTTv5)
        self._client.on_connect = self._subscribe
        self._client.on_message = self._hear
        self._client.connect("127.0.0.1", port, 30)
        self._client.loop_start()

    def _subscribe(self, *_: object) -> None:
        self._client.subscribe(OUT + "#", qos=1)

    def _hear(self, _client: object, _data: object, message: MQTTMessage) -> None:
        if message.retain:
            self.heard[message.topic.removeprefix(OUT)] = json.loads(message.payload)

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()


class Stream:
    """A device of its own that keeps publishing while something happens.

    Each reading is of a second of its own, so that none can stand for another.
    """

    def __init__(self, town: Any, first: int) -> None:
        self.sent: set[int] = set()
        self._first = first
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(town.mqtt,))

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Publish until the end of the block."""
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join(60)

    def _run(self, mqtt: str) -> None:
        with Publisher(mqtt, "small", client_id="stream", window=None) as publisher:
            for end in range(self._first, self._first + 1_000):
                time = datetime.fromtimestamp(end, UTC).isoformat()
                body = {"time": time, "period_s": 1, "values": {"temperature": 30}}
                topic = "thoang/v1/small/air/a3"
                publisher.publish(topic, json.dumps(body).encode())
                self.sent.add(end)
                if self._over.wait(0.05):
                    break
            publisher.flush(30)

    def stored(self, store: Store) -> set[int]:
        """Return the ends of its readings that are stored."""
        found = store.readings("small", "air-3", self._first - 1, self._first + 1_000)
        return {int(end) for end in found.end[found.period == 1]}


async def weigh_down(bootstrap: str, megabytes: int) -> None:
    """Fill the Kafka-protocol broker with records that nobody reads."""
    await create_topics(bootstrap, [Topic("ballast", 1)])
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=2_000_000)
    await producer.start()
    for _ in range(megabytes):
        await producer.send_and_wait("ballast", b"x" * 10**6, partition=0)
    await producer.stop()


def test_page_has_numbers_in_both_languages(town: Any) -> None:
    """The first page of a district shows an index, in Vietnamese and in English."""
    for path in ("/?noi=north", "/en/?noi=north"):
        town.wait(lambda path=path: NUMBER.search(get(town, path).text))
    assert 'lang="vi"' in get(town, "/").text
    assert 'lang="en"' in get(town, "/en/").text


def test_api_has_the_promised_shape(town: Any) -> None:
    """Every station and segment is there, with an index or a level of now."""
    town.settle()
    stations, roads = features(town, "stations"), features(town, "segments")
    assert (set(stations), set(roads)) == (STATIONS, ROADS)
    for each in (*stations.values(), *roads.values()):
        assert each.keys() >= SHARED
        assert each["origin"] == "simulated"
    assert all(each["aqi"] is not None for each in stations.values())
    assert any(each["level"] not in {"no_data", None} for each in roads.values())
    assert get(town, "/api/v1/health").json()["origin"] == "simulated"
    assert "openapi" in get(town, "/openapi.json").json()


def test_notices_of_smoke_and_jam_appear(town: Any) -> None:
    """The unchanged rules say both within a minute and a half of the filled past."""
    town.wait(lambda: smoke_and_jam(town), 90)
    for notice in notices(town):
        assert notice["headline_vi"] != notice["headline_en"]
        assert notice["origin"] == "simulated"


def test_newest_of_everything_is_retained_on_mqtt(town: Any) -> None:
    """Who subscribes now gets results, advice and notices without waiting for new."""
    town.wait(lambda: smoke_and_jam(town), 90)
    ear = Ear(town.status()["ports"]["mqtt"])
    wanted = {
        *(f"air/{station}" for station in STATIONS),
        *(f"traffic/{road}" for road in ROADS),
        *(f"advice/north/{who}" for who in ("everyone", "sensitive", "outdoor")),
        "notices/north",
    }
    try:
        town.wait(lambda: ear.heard.keys() >= wanted)
    finally:
        ear.close()
    assert ear.heard["air/air-1"]["aqi"] > 0
    assert {"vi", "en"} <= ear.heard["advice/north/everyone"]["advice"].keys()
    assert ear.heard["notices/north"]["notices"][0]["headline"]["vi"]


def test_swap_of_the_broker_loses_nothing(town: Any) -> None:
    """Over its limit the broker is started anew, empty, while messages keep coming."""
    before = town.all_ready()
    with town.store() as store:
        stream = Stream(town, store.clock("small") - 3_600)
        with stream.flowing():
            address = before["addresses"]["kafka"]
            asyncio.run(weigh_down(address, MEMORY_MB))
            town.wait(lambda: town.status().get("swaps") == 1, 90)
            after = town.all_ready()
        town.wait(lambda: stream.stored(store) == stream.sent)
        town.wait(lambda: store.audit("small").balances)
        assert store.audit("small").ledger.total.lost == 0
    assert after["epoch"] == before["epoch"] + 1
    assert {process["restarts"] for process in after["processes"].values()} == {0}
    assert "swapped it in" in town.printed


def test_death_of_the_broker_is_told_and_accounted(town: Any) -> None:
    """What it held is gone: it is said in words, and the ledger shows what was lost."""
    before = town.all_ready()
    with town.store() as store:
        stream = Stream(town, store.clock("small") - 7_200)
        with stream.flowing():
            town.wait(lambda: stream.stored(store))
            os.kill(town.pid("kafka"), signal.SIGKILL)
            town.wait(lambda: town.status().get("epoch", 0) > before["epoch"])
            town.all_ready()
        town.wait(lambda: max(stream.sent) in stream.stored(store))
        town.wait(lambda: store.audit("small").balances)
        missing = stream.sent - stream.stored(store)
        assert store.audit("small").ledger.total.lost >= len(missing)
    assert "the records it held in memory are gone" in town.printed
    web = before["processes"]["web"]["pid"]
    assert town.pid("web") == web


def test_ctrl_c_ends_everything_and_the_next_run_goes_on(town: Any) -> None:
    """It stops within 5 s and leaves no process; then nobody is told twice."""
    before = raised(town)
    with town.store() as store:
        clock = store.clock("small")
    assert town.stop() < STOPPED_S
    assert town.process.returncode == 0
    assert town.left() == []
    town.start().all_ready()
    town.settle()
    now = get(town, "/api/v1/health").json()["now"]
    assert datetime.fromisoformat(now).timestamp() >= clock
    after = raised(town)
    assert len(after) == len(set(after)), after
    assert set(before) <= set(after)
    hours = get(town, "/api/v1/stations/air-1/series?hours=48").json()["hours"]
    assert len(hours) >= 46
    assert town.stop() < STOPPED_S
    assert town.left() == []
