"""The workaround is in place, and still needed."""

import asyncio
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import aiokafka
import pytest
from faust.transport.drivers import aiokafka as driver

from streams.durable import fetch


def _asked_for(method: Any, active: Any) -> Any:
    """Return the partitions that reach aiokafka when `active` are active."""
    asked: list[Any] = []

    async def fetched_records(partitions: Any, **_: Any) -> dict[Any, Any]:
        asked.append(partitions)
        return {}

    subscriptions = SimpleNamespace(fetch_context=nullcontext)
    fetcher = SimpleNamespace(
        _closed=False, _subscriptions=subscriptions, fetched_records=fetched_records
    )
    consumer = SimpleNamespace(_closed=False, _fetcher=fetcher)
    thread = SimpleNamespace(consumer=SimpleNamespace(flow_active=True))
    asyncio.run(method(thread, consumer, active))
    return asked[0]


def test_no_active_partition_is_not_no_filter() -> None:
    """An empty set reaches aiokafka as something true that contains nothing."""
    fetch.patch(50)
    asked = _asked_for(driver.AIOKafkaConsumerThread._fetch_records, set())
    assert bool(asked)
    assert ("readings", 0) not in asked


def test_active_partitions_are_handed_on() -> None:
    """What is active is contained."""
    fetch.patch(50)
    active = {("readings", 0)}
    asked = _asked_for(driver.AIOKafkaConsumerThread._fetch_records, active)
    assert ("readings", 0) in asked
    assert ("readings", 1) not in asked


def test_upstream_still_has_the_fault() -> None:
    """Once Faust hands on something true here, `streams.durable.fetch` can go."""
    assert not _asked_for(fetch._fetch, set())


def test_the_wait_of_a_fetch_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust's own is 1.5 s, whatever is set."""
    given: dict[str, Any] = {}

    def init(self: Any, **settings: Any) -> None:
        self._closed = True
        given.update(settings)

    monkeypatch.setattr(aiokafka.AIOKafkaConsumer, "__init__", init)
    fetch.patch(123, 456)
    driver.aiokafka.AIOKafkaConsumer(group_id="g", fetch_max_wait_ms=1500)
    ours = {"fetch_max_wait_ms": 123, "fetch_min_bytes": 456}
    assert given == {"group_id": "g", **ours}
