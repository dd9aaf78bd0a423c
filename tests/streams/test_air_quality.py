"""The hour closes by ticks, late readings amend it, a silent station is told of."""

from collections.abc import Callable, Iterable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.city import City
from sensors.reading import ReadingBatch
from streams.air_quality import AirQualityRules
from streams.results import AirQuality

H = 3600
START = 1_700_000_000 // 86_400 * 86_400 - 7 * H
"""A local midnight in Viet Nam [unix s]."""
Batch = Callable[..., ReadingBatch]


def _hours(rules: AirQualityRules, batch: Batch, values: Iterable[float | None]) -> int:
    """Feed hourly values of station a, tick each hour; return the last tick."""
    time = START
    for value in values:
        if value is not None:
            ends = [time + 300 * slot for slot in range(1, 13)]
            rules.apply(batch([("a", "pm25", end, value) for end in ends]), "live")
        time += H
        rules.tick(time + 300)
    return time + 300


def _of(results: Iterable[AirQuality], site: str = "a") -> list[AirQuality]:
    return [r for r in results if r.site == site and r.averaging == "1h"]


@pytest.fixture
def rules(air_city: City) -> AirQualityRules:
    """Return the rules of two stations, with nothing seen."""
    return AirQualityRules(air_city, air_city.stations)


def test_the_decisions_own_example(rules: AirQualityRules, batch: Batch) -> None:
    """Twelve hours of Decision 1459's example give NowCast 20.3 and index 41."""
    newest_first = [
        20.6,
        19.6,
        22.4,
        20.3,
        16.5,
        19,
        16.5,
        19.5,
        23.5,
        20.5,
        24.7,
        26.9,
    ]
    time = _hours(rules, batch, newest_first[:0:-1])
    ends = [time - 300 + 300 * slot for slot in range(1, 13)]
    rules.apply(batch([("a", "pm25", end, 20.6) for end in ends]), "live")
    (final,) = _of(rules.tick(time + H))
    assert (final.nowcast["pm25"], final.aqi) == (20_265_765, 41)
    assert (final.category, final.dominant, final.revision) == ("good", "pm25", 1)


def test_an_hour_closes_only_after_the_grace(
    rules: AirQualityRules, batch: Batch
) -> None:
    """No final result of an hour before its end plus five minutes."""
    time = _hours(rules, batch, [30, 30]) - 300
    rules.apply(batch([("a", "pm25", time + 300, 30)]), "live")
    assert all(r.provisional for r in _of(rules.tick(time + H + 299)))
    assert _of(rules.tick(time + H + 300))[0].start == time


def test_the_running_hour_is_provisional_after_15_minutes(
    rules: AirQualityRules, batch: Batch
) -> None:
    """Before that its mean is for rules on short means only."""
    time = _hours(rules, batch, [30, 30]) - 300
    said = []
    for end in (360, 660, 960):
        report = batch([("a", "pm25", time + end - 60, 60)])
        assert rules.apply(report, "live") == []
        said += [r for r in _of(rules.tick(time + end)) if r.provisional]
    assert [r.reason for r in said] == ["too_early", "too_early", ""]
    assert [r.aqi for r in said[:2]] == [None, None]
    assert said[2].provisional
    assert said[2].completeness["pm25"] == 0.25


def test_a_late_reading_amends_the_hours_it_touches(
    rules: AirQualityRules, batch: Batch
) -> None:
    """The hour itself and the NowCasts behind it, with a higher revision."""
    time = _hours(rules, batch, [30, 30, 30, 30])
    late = START + 2 * H + 300
    said = _of(rules.apply(batch([("a", "pm25", late, 99)], revision=1), "live"))
    assert [r.start for r in said] == [START + 2 * H, START + 3 * H]
    assert {r.revision for r in said} == {2}
    assert said[0].means["pm25"] == 35_750_000
    assert time - late < 3 * H


def test_a_repeat_says_the_same_revision(rules: AirQualityRules, batch: Batch) -> None:
    """Redelivery emits the touched results again, and nothing new about them."""
    _hours(rules, batch, [30, 30, 30])
    again = batch([("a", "pm25", START + 2 * H + 300, 30)])
    assert {r.revision for r in _of(rules.apply(again, "live"))} == {1}


def test_beyond_the_lateness_nothing_changes(
    rules: AirQualityRules, batch: Batch
) -> None:
    """Such a reading is stored elsewhere and left to recompute."""
    _hours(rules, batch, [30] * 6)
    assert not rules.apply(batch([("a", "pm25", START + 300, 500)]), "live")


def test_a_silent_station_has_no_data_and_says_so(
    rules: AirQualityRules, batch: Batch
) -> None:
    """Station b never reported: a result each hour, with the reason."""
    time = _hours(rules, batch, [30, 30])
    (said,) = _of(rules.tick(time + H), "b")
    assert (said.aqi, said.reason) == (None, "no_data")


def test_half_an_hour_is_incomplete(rules: AirQualityRules, batch: Batch) -> None:
    """Less than 75 % of the first hour gives no mean, and the reason is told."""
    ends = [START + 300 * slot for slot in range(1, 7)]
    rules.tick(START)
    rules.apply(batch([("a", "pm25", end, 30) for end in ends]), "live")
    *_, said = _of(rules.tick(START + H + 300))
    assert (said.aqi, said.reason, said.means) == (None, "incomplete", {})
    assert said.completeness["pm25"] == 0.5


def test_one_whole_hour_is_too_few_for_nowcast(
    rules: AirQualityRules, batch: Batch
) -> None:
    """The first hour is complete; NowCast wants two of three, and that is said."""
    rules.tick(START)
    ends = [START + 300 * slot for slot in range(1, 13)]
    rules.apply(batch([("a", "pm25", end, 30) for end in ends]), "live")
    *_, said = _of(rules.tick(START + H + 300))
    assert (said.aqi, said.reason) == (None, "too_few_hours")
    assert said.means["pm25"] == 30_000_000


def test_wind_turns_and_rain_adds_up(air_city: City, batch: Batch) -> None:
    """An hour's wind through north is north, its rain the sum of its twelve reports."""
    rules = AirQualityRules(air_city, air_city.stations)
    rules.tick(START)
    ends = [START + 300 * slot for slot in range(1, 13)]
    wind = [("a", "wind_direction", end, end // 300 % 2 * 20 + 350) for end in ends]
    turned = [(s, q, end, value % 360) for s, q, end, value in wind]
    rules.apply(batch([*turned, *(("a", "rain", end, 0.5) for end in ends)]), "live")
    *_, said = _of(rules.tick(START + H + 300))
    assert said.means["rain"] == 6_000_000
    assert (
        min(said.means["wind_direction"], 360_000_000 - said.means["wind_direction"])
        < 10
    )


def test_a_reference_station_has_no_index(air_city: City, batch: Batch) -> None:
    """It gives concentrations (Circular 10/2021 Art. 29)."""
    stations = [
        s.model_copy(update={"station_class": "reference"}) for s in air_city.stations
    ]
    rules = AirQualityRules(air_city, stations)
    time = _hours(rules, batch, [80, 80])
    ends = [time - 300 + 300 * slot for slot in range(1, 13)]
    rules.apply(batch([("a", "pm25", end, 80) for end in ends]), "live")
    (said,) = _of(rules.tick(time + H))
    assert (said.aqi, said.sub, said.reason) == (None, {}, "reference_only")
    assert said.means["pm25"] == 80_000_000


def test_a_day_of_one_value_has_that_values_index(
    rules: AirQualityRules, batch: Batch
) -> None:
    """24 hours of 9.1 µg/m³ are 9.1, not 9.0999…; the day is the local one."""
    _hours(rules, batch, [9.1] * 23)
    ends = [START + 23 * H + 300 * slot for slot in range(1, 13)]
    rules.apply(batch([("a", "pm25", end, 9.1) for end in ends]), "live")
    said = rules.tick(START + 24 * H + 300)
    (day,) = [r for r in said if r.averaging == "1d" and r.site == "a"]
    assert (day.start, day.means["pm25"], day.aqi) == (START, 9_100_000, 18)


@settings(max_examples=25, deadline=None)
@given(cut=st.integers(0, 40), seed=st.randoms())
def test_a_restart_anywhere_changes_nothing(
    air_city: City, batch: Batch, cut: int, seed: Random
) -> None:
    """Dump and load between any two records: the same results, to the last field."""
    steps: list[tuple[str, object]] = []
    for hour in range(4):
        for slot in range(1, 13):
            end = START + hour * H + slot * 300
            late = end - 7200 if seed.random() < 0.2 and hour > 2 else end
            value = seed.randint(1, 400)
            steps += [("apply", (late, value)), ("tick", end)]
    whole = AirQualityRules(air_city, air_city.stations)
    parted = AirQualityRules(air_city, air_city.stations)
    for number, (kind, what) in enumerate(steps):
        if number == cut:
            fresh = AirQualityRules(air_city, air_city.stations)
            fresh.load(parted.dump())
            parted = fresh
        said = []
        for rules in (whole, parted):
            if kind == "tick":
                said.append(rules.tick(what))
            else:
                end, value = what
                said.append(rules.apply(batch([("a", "pm25", end, value)]), "live"))
        assert said[0] == said[1]


def test_restating_says_the_newest_results_again(
    rules: AirQualityRules, batch: Batch
) -> None:
    """After a broker is lost the store gets what it may have missed."""
    _hours(rules, batch, [30, 40])
    said = _of(rules.restate())
    assert {r.start for r in said} >= {START, START + H}
    assert {r.revision for r in said if not r.provisional and r.aqi is not None} == {1}
