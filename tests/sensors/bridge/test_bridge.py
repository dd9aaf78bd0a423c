"""What a cycle of the bridge hands to Kafka."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sensors.bridge import Bridge, BridgeSettings
from sensors.bridge.intake import Arrival
from sensors.city import load_city
from sensors.mqtt import MqttSettings
from sensors.records import PARTITIONS, Batch, Tick, decode_record

CITY = load_city(Path("cities/binh-duong.yaml")).with_run(
    origin="simulated", clock="messages"
)
NOON = 1_769_835_600
DEVICES = [device for device in CITY.devices if device.kind == "air"][:20]


def _reports(end: int) -> list[Arrival]:
    body = {"time": _said(end), "period_s": 300, "values": {"pm25": 21.5}}
    return [_arrival(f"air/{device.id}", body) for device in DEVICES]


def _tick(time: int) -> Arrival:
    return _arrival("tick", {"time": _said(time)})


def _said(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat()


def _arrival(topic: str, body: dict[str, Any]) -> Arrival:
    return Arrival(
        f"thoang/v1/{CITY.id}/{topic}",
        json.dumps(body).encode(),
        redelivered=False,
        mid=0,
        qos=1,
        connection=0,
    )


def _cycles(*cycles: Sequence[Arrival]) -> list[dict[int, list[Batch | Tick]]]:
    """Return the records of each cycle by partition."""

    async def run() -> list[dict[int, list[Batch | Tick]]]:
        bridge = Bridge(
            CITY,
            MqttSettings(),
            "127.0.0.1:1",
            BridgeSettings(),
            numbering_path=Path("none"),
            clock=lambda: NOON + 600.0,
        )
        found: list[dict[int, list[Batch | Tick]]] = []
        for arrivals in cycles:
            records: dict[int, list[Batch | Tick]] = {}
            for record in bridge._records(list(arrivals)):
                value = decode_record(record.value)
                records.setdefault(record.partition, []).append(value)
            found.append(records)
        await bridge._output.stop()
        return found

    return asyncio.run(run())


def _ticks(record: Batch | Tick) -> int:
    return record.tick if isinstance(record, Batch) else record.time


def test_one_record_a_partition_holds_a_tick_and_what_is_around_it() -> None:
    """The readings before a tick and those behind it go in one record."""
    first, second = _reports(NOON), _reports(NOON + 300)
    (cycle,) = _cycles([*first, _tick(NOON), *second])
    assert set(cycle) == set(range(PARTITIONS))
    assert all(len(records) == 1 for records in cycle.values())
    assert all(_ticks(record) == NOON for (record,) in cycle.values())
    for (record,) in cycle.values():
        if isinstance(record, Batch):
            before, behind = record.parts()
            assert set(before.end.tolist()) == {NOON}
            assert behind is not None
            assert set(behind.end.tolist()) == {NOON + 300}


def test_two_ticks_in_a_cycle_need_two_records() -> None:
    """A record holds one tick; what holds one already goes before."""
    (cycle,) = _cycles([*_reports(NOON), _tick(NOON), _tick(NOON + 60)])
    for records in cycle.values():
        assert [_ticks(record) for record in records] == [NOON, NOON + 60]


def test_a_tick_that_goes_back_says_nothing() -> None:
    """Of two ticks the later one counts, in whatever order they come."""
    one, two = _cycles([_tick(NOON)], [*_reports(NOON), _tick(NOON - 60)])
    assert all(_ticks(record) == NOON for (record,) in one.values())
    assert all(_ticks(record) == 0 for (record,) in two.values())
