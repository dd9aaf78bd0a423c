"""Five-minute measures each minute, levels that do not flap, late minutes amended."""

from collections.abc import Callable

import pytest

from sensors.city import City
from sensors.reading import ReadingBatch
from streams.results import Congestion
from streams.traffic import TrafficRules

T0 = 1_700_000_100 // 300 * 300
Batch = Callable[..., ReadingBatch]


@pytest.fixture
def rules(road_city: City) -> TrafficRules:
    """Return the rules of two segments, limit 60 km/h."""
    return TrafficRules(road_city, road_city.segments)


def _minute(
    batch: Batch, end: int, *, count: float, speed: float, occupancy: float
) -> ReadingBatch:
    values = {"count": count, "speed_harmonic": speed, "occupancy": occupancy}
    if not speed:
        del values["speed_harmonic"]
    return batch([("r", name, end, value) for name, value in values.items()], period=60)


def _drive(
    rules: TrafficRules, batch: Batch, minutes: range, **road: float
) -> list[Congestion]:
    said = []
    for minute in minutes:
        end = T0 + 60 * minute
        rules.apply(_minute(batch, end, **road), "live")
        said += [r for r in rules.tick(end) if r.site == "r"]
    return said


FREE = {"count": 10, "speed": 55.0, "occupancy": 0.05}
JAM = {"count": 3, "speed": 6.0, "occupancy": 0.6}
STANDING = {"count": 0, "speed": 0.0, "occupancy": 0.9}


def test_free_road(rules: TrafficRules, batch: Batch) -> None:
    """Ten vehicles a minute at 55 km/h: 600 veh/h, free."""
    last = _drive(rules, batch, range(1, 6), **FREE)[-1]
    assert (last.flow, last.speed, last.level) == (600.0, 55.0, "free")
    assert (last.vehicles, last.completeness, last.method) == (50, 1.0, "harmonic")
    assert (last.start, last.end, last.evaluated) == (T0, T0 + 300, T0 + 300)
    assert last.free_flow_assumed


def test_few_minutes_are_not_enough(rules: TrafficRules, batch: Batch) -> None:
    """Two minutes of five give no level, and the reason is told."""
    last = _drive(rules, batch, range(1, 3), **FREE)[-1]
    assert (last.level, last.reason) == ("no_data", "few_minutes")


def test_a_standing_queue_is_told_at_once(rules: TrafficRules, batch: Batch) -> None:
    """Nobody passes full loops for two minutes: queue, without the usual wait."""
    _drive(rules, batch, range(1, 11), **FREE)
    said = _drive(rules, batch, range(11, 14), **STANDING)
    assert said[1].level == "queue"
    assert (said[1].speed, said[1].ratio) == (0.0, 0.0)


def test_a_queue_of_half_an_hour_is_a_jam(rules: TrafficRules, batch: Batch) -> None:
    """Ùn tắc is speed, length and duration together."""
    _drive(rules, batch, range(1, 6), **FREE)
    said = _drive(rules, batch, range(6, 50), **STANDING)
    levels = [r.level for r in said]
    first = levels.index("jam")
    assert said[first].evaluated - said[first].level_since >= 1800
    assert set(levels[first:]) == {"jam"}


def test_an_empty_road_is_neither_free_nor_jammed(
    rules: TrafficRules, batch: Batch
) -> None:
    """Count 0 and occupancy 0 keep the level for ten minutes, then no data."""
    _drive(rules, batch, range(1, 6), **FREE)
    said = _drive(rules, batch, range(6, 30), count=0, speed=0, occupancy=0)
    assert {r.reason for r in said[6:]} == {"no_vehicles"}
    assert said[8].stale
    assert said[-1].level == "no_data"


def test_a_late_minute_amends_the_interval_not_the_level(
    rules: TrafficRules, batch: Batch
) -> None:
    """The five minutes are counted again; what was told of the level stays."""
    _drive(rules, batch, range(1, 4), **FREE)
    rules.tick(T0 + 240)
    _drive(rules, batch, range(5, 8), **FREE)
    late = _minute(batch, T0 + 240, count=10, speed=55.0, occupancy=0.05)
    (said,) = rules.apply(late, "live")
    assert (said.start, said.vehicles, said.completeness) == (T0, 50, 1.0)
    assert (said.level, said.level_since) == ("free", T0 + 180)


def test_five_minutes_in_one_message_fill_five_slots(
    rules: TrafficRules, batch: Batch
) -> None:
    """A report of 300 s from a one-minute device counts once, spread evenly."""
    values = {"count": 50, "speed_harmonic": 55.0, "occupancy": 0.05}
    readings = [("r", name, T0 + 300, value) for name, value in values.items()]
    rules.apply(batch(readings, period=300), "live")
    said = next(r for r in rules.tick(T0 + 300) if r.site == "r")
    assert (said.flow, said.vehicles, said.completeness) == (600.0, 50, 1.0)


@pytest.mark.parametrize("cut", [1, 4, 7, 12])
def test_a_restart_changes_nothing(road_city: City, batch: Batch, cut: int) -> None:
    """Dump and load between two minutes: the same results, to the last field."""
    whole = TrafficRules(road_city, road_city.segments)
    parted = TrafficRules(road_city, road_city.segments)
    for minute in range(1, 16):
        if minute == cut:
            fresh = TrafficRules(road_city, road_city.segments)
            fresh.load(parted.dump())
            parted = fresh
        road = FREE if minute < 6 else JAM
        said = [
            _drive(rules, batch, range(minute, minute + 1), **road)
            for rules in (whole, parted)
        ]
        assert said[0] == said[1]
        assert whole.restate() == parted.restate()
