"""Records of readings become records of results, each kind by its own rules."""

from collections.abc import Callable

import numpy as np
import pytest

from sensors.city import City
from sensors.reading import COLUMNS, ReadingBatch
from sensors.records import (
    AIR_QUALITY,
    AREAS,
    Batch,
    Provenance,
    Tick,
    encode_batch,
    encode_tick,
)
from streams.air_quality import AirQualityRules
from streams.durable.machine import Emission, Place
from streams.machines import RulesMachine
from streams.results import Results, read_results

T0 = 1_700_000_000 // 3600 * 3600
FROM = Provenance("bridge", 1, 1, 1)
MakeBatch = Callable[..., ReadingBatch]


@pytest.fixture
def machine(air_city: City) -> RulesMachine:
    """Return the machine of two stations in partition 3."""
    return _machine(air_city)


def _machine(city: City) -> RulesMachine:
    return RulesMachine(
        "air",
        AIR_QUALITY,
        AirQualityRules(city, city.stations),
        city=city.id,
        partition=3,
        areas_partition=7,
    )


def _batch(readings: ReadingBatch, tick: int = 0) -> bytes:
    return encode_batch(Batch("test", "replay", FROM, readings, tick))


def _tick(time: int) -> bytes:
    return encode_tick(Tick("test", "replay", FROM, time))


def _by_topic(emissions: list[Emission]) -> dict[str, list[Results]]:
    found: dict[str, list[Results]] = {}
    for emission in emissions:
        found.setdefault(emission.topic, []).append(read_results(emission.value))
    return found


def _feed(machine: RulesMachine, values: list[bytes]) -> dict[str, list[Results]]:
    said: list[Emission] = []
    for offset, value in enumerate(values):
        said += machine.apply(value, Place(1, 3, offset))
    return _by_topic(said)


def _hour(batch: MakeBatch, value: float) -> ReadingBatch:
    ends = [T0 + 300 * slot for slot in range(1, 13)]
    return batch([("a", "pm25", end, value) for end in ends])


def test_a_tick_behind_readings_is_a_tick(
    machine: RulesMachine, air_city: City, batch: MakeBatch
) -> None:
    """In one record or in two: the same results."""
    readings, close = _hour(batch, 30), T0 + 3900
    one = _feed(machine, [_tick(T0), _batch(readings, close)])
    two = _feed(_machine(air_city), [_tick(T0), _batch(readings), _tick(close)])
    assert one[AIR_QUALITY][-1].air == two[AIR_QUALITY][-1].air
    assert one[AREAS][-1].air == two[AREAS][-1].air


def test_areas_get_the_minutes_results_with_its_tick(
    machine: RulesMachine, batch: MakeBatch
) -> None:
    """Once an event-minute, also when there is nothing to say but the tick."""
    said = _feed(machine, [_tick(T0), _batch(_hour(batch, 30)), _tick(T0 + 3900)])
    assert [r.tick for r in said[AREAS]] == [T0, T0 + 3900]
    last = said[AREAS][-1]
    assert (last.stage, last.epoch, last.partition, last.offset) == ("air", 1, 3, 2)
    assert {r.site for r in last.air} == {"a", "b"}


def test_what_comes_too_early_is_for_rules_only(
    machine: RulesMachine, batch: MakeBatch
) -> None:
    """The running hour's first minutes reach the areas and not the store."""
    values = [_tick(T0), _batch(batch([("a", "pm25", T0 + 300, 50)]), T0 + 300)]
    said = _feed(machine, values)
    assert "too_early" in [r.reason for r in said[AREAS][-1].air if r.site == "a"]
    stored = [r for results in said.get(AIR_QUALITY, []) for r in results.air]
    assert not [r for r in stored if r.reason == "too_early"]


def test_other_kinds_and_other_sites_are_left_alone(
    machine: RulesMachine, batch: MakeBatch
) -> None:
    """A partition's batch may hold sites of both kinds, and of a newer city file."""
    foreign = batch(
        [("r", "count", T0 + 300, 9), ("elsewhere", "pm25", T0 + 300, 9)], period=300
    )
    said = _feed(machine, [_tick(T0), _batch(foreign, T0 + 3900)])
    assert all(not r.means for r in said[AREAS][-1].air)


def test_a_restart_keeps_what_waits_for_the_tick(
    machine: RulesMachine, air_city: City, batch: MakeBatch
) -> None:
    """Amendments said since the last tick reach the areas after a restart too."""
    values = [_tick(T0), _batch(_hour(batch, 30), T0 + 3900)]
    _feed(machine, values)
    late = _batch(batch([("a", "pm25", T0 + 300, 99)], revision=1))
    machine.apply(late, Place(1, 3, 2))
    fresh = _machine(air_city)
    fresh.load(machine.dump())
    said = [
        _by_topic(list(each.apply(_tick(T0 + 3960), Place(1, 3, 3))))
        for each in (machine, fresh)
    ]
    assert said[0] == said[1]
    amended = [r for r in said[1][AREAS][-1].air if r.site == "a" and r.start == T0]
    assert [r.revision for r in amended] == [2]


def test_restating_reaches_the_store_at_once(
    machine: RulesMachine, batch: MakeBatch
) -> None:
    """The newest results again, marked as before everything of the new log."""
    _feed(machine, [_tick(T0), _batch(_hour(batch, 30), T0 + 3900)])
    (said,) = _by_topic(list(machine.restate(2)))[AIR_QUALITY]
    assert (said.epoch, said.offset) == (2, -1)
    assert T0 in {r.start for r in said.air if r.site == "a"}


def test_a_tick_stands_among_readings(
    machine: RulesMachine, air_city: City, batch: MakeBatch
) -> None:
    """What comes behind a tick in its record waits for the next one."""
    readings, close = _hour(batch, 30), T0 + 3900
    later = batch([("a", "pm25", T0 + 300, 99)], revision=1)
    both = batch([*[("a", "pm25", T0 + 300 * slot, 30) for slot in range(1, 13)]])
    columns = {
        name: np.concatenate([getattr(both, name), getattr(later, name)])
        for name in COLUMNS
    }
    joined = ReadingBatch(both.sites, both.devices, **columns)
    one = encode_batch(Batch("test", "replay", FROM, joined, close, len(readings)))
    end = _tick(close + 60)
    got = _feed(machine, [_tick(T0), one, end])
    parts = [_tick(T0), _batch(readings, close), _batch(later), end]
    wanted = _feed(_machine(air_city), parts)
    assert [r.tick for r in got[AREAS]] == [r.tick for r in wanted[AREAS]]
    assert [r.air for r in got[AREAS]] == [r.air for r in wanted[AREAS]]
    stored = [[r for each in s[AIR_QUALITY] for r in each.air] for s in (got, wanted)]
    assert stored[0] == stored[1]
