"""The evaluator, as one event-minute after the other."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.evaluator import Evaluator
from alerts.rule import Rule
from alerts.rulefile import load_rules
from alerts.transition import Transition
from sensors.city import City
from streams.results import AirQuality, Congestion

HOUR, MINUTE = 3_600, 60
T0 = 1_795_359_600

Make = Callable[..., Any]
Minute = tuple[int, list[AirQuality], list[Congestion]]


def told(found: Sequence[Transition]) -> list[tuple[int, str, str, str]]:
    """Return what people hear of: minute, kind, step, scope."""
    return [
        ((t.known - T0) // MINUTE, t.kind, t.step, t.scope_id) for t in found if t.kind
    ]


def play(evaluator: Evaluator, minutes: Sequence[Minute]) -> list[Transition]:
    """Step through minutes."""
    found: list[Transition] = []
    for now, air, roads in minutes:
        found += evaluator.step(now, air, roads)
    return found


def roads(make_road: Make, levels: Mapping[str, Sequence[str | None]]) -> list[Minute]:
    """Return minutes in which each segment has a level, None where it is silent."""
    length = max(len(series) for series in levels.values())
    minutes: list[Minute] = []
    for minute in range(length):
        now = T0 + minute * MINUTE
        records = [
            make_road(site, now, level)
            for site, series in levels.items()
            if (level := series[minute] if minute < len(series) else None)
        ]
        minutes.append((now, [], records))
    return minutes


def test_a_queue_fires_once_its_readings_span_the_duration(
    road_city: City, make_rule: Make, make_road: Make
) -> None:
    """Queue from minute 1 on, two minutes, told at minute 3."""
    evaluator = Evaluator([make_rule(**{"for": "2m"})], road_city)
    minutes = roads(make_road, {"r1": ["free"] + ["queue"] * 5})
    assert told(play(evaluator, minutes)) == [(3, "raise", "queue", "r1")]


def test_a_dead_detector_completes_nothing_though_its_last_level_is_repeated(
    road_city: City, make_rule: Make, make_road: Make
) -> None:
    """Repeats with the old `observed`, and stale ones, are no readings."""
    evaluator = Evaluator([make_rule(**{"for": "5m"})], road_city)
    minutes = roads(make_road, {"r1": ["queue"] * 4})
    last = T0 + 3 * MINUTE
    for minute in range(4, 40):
        now = T0 + minute * MINUTE
        held = make_road("r1", now, "queue", observed=last, stale=minute > 6)
        minutes.append((now, [], [held]))
    assert told(play(evaluator, minutes)) == []


@given(calm=st.integers(0, 20), raised=st.integers(1, 20), hold=st.integers(21, 60))
@settings(max_examples=50)
def test_a_station_that_dies_never_completes_a_pending_alert(
    *,
    road_city: City,
    make_rule: Make,
    make_road: Make,
    calm: int,
    raised: int,
    hold: int,
) -> None:
    """Whatever the history before: fewer raised minutes than `for` never fire."""
    evaluator = Evaluator([make_rule(**{"for": f"{hold}m"})], road_city)
    levels = ["free"] * calm + ["jam"] * raised + [None] * 90
    assert told(play(evaluator, roads(make_road, {"r1": levels}))) == []


def test_silence_after_firing_is_told_as_an_end_without_knowledge(
    road_city: City, make_rule: Make, make_road: Make
) -> None:
    """After `no_data_after` nothing is known any more."""
    evaluator = Evaluator([make_rule(no_data_after="10m")], road_city)
    minutes = roads(make_road, {"r1": ["queue"] + [None] * 30})
    found = play(evaluator, minutes)
    assert told(found) == [(0, "raise", "queue", "r1"), (11, "clear", "queue", "r1")]
    assert (found[-1].after, found[-1].reason) == ("no_data", "no_data")


def test_a_device_whose_clock_is_ahead_says_nothing_of_the_future(
    road_city: City, make_rule: Make, make_road: Make
) -> None:
    """What is told has no time after the one at which it became known."""
    evaluator = Evaluator([make_rule()], road_city)
    found = evaluator.step(T0, [], [make_road("r1", T0 + 42, "queue")])
    assert [(t.kind, t.time, t.since, t.known) for t in found] == [
        ("raise", T0, T0, T0)
    ]


def test_a_station_that_went_silent_is_still_named_by_its_class(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """Also in the end that a loss of data and a removed rule make."""
    where = {"scope": "station", "station_class": "any"}
    rule = air_rule(make_rule, where=where, no_data_after="10m")
    first = Evaluator([rule], air_city)
    hour = make_hour("a", T0 - HOUR, 90.0, station_class="reference")
    assert first.step(T0, [hour], [])[-1].evidence.station_class == "reference"
    again = Evaluator([], air_city)
    again.load(first.dump())
    removed = again.step(T0 + MINUTE, [], [])[-1]
    assert (removed.reason, removed.evidence.station_class) == (
        "rule_removed",
        "regulatory",
    )
    lost = first.step(T0 + 20 * MINUTE, [], [])[-1]
    assert (lost.reason, lost.evidence.station_class) == ("no_data", "reference")


def test_a_jam_needs_a_segment_that_is_long_enough(
    real_city: City, make_road: Make
) -> None:
    """Where the length is not above 300 m, thirty minutes of queue stay a queue."""
    rules = [rule for rule in load_rules() if rule.id == "traffic-queue"]
    segment = real_city.segments[0]
    short = segment.model_copy(update={"length_m": 250.0})
    file = real_city.file.model_copy(
        update={"segments": (short, *real_city.segments[1:])}
    )
    for city, last in ((real_city, "jam"), (City(file), "queue")):
        series = roads(make_road, {segment.id: ["queue"] * 40})
        steps = [t.step for t in play(Evaluator(rules, city), series) if t.kind]
        assert steps[-1] == last


def air_rule(make_rule: Make, **changes: Any) -> Rule:  # as make_rule
    """Return a rule on the running mean of PM2.5."""
    base: dict[str, Any] = {
        "text": "air_area",
        "what": {"kind": "concentration", "quantity": "pm25", "use": "provisional"},
        "where": {"scope": "area"},
        "steps": [
            {
                "name": "bad",
                "severity": "moderate",
                "raise": {"above": 80},
                "clear": {"below": 70},
            }
        ],
    }
    made: Rule = make_rule(**(base | changes))
    return made


def smoke(
    make_hour: Make, sites: Mapping[str, Sequence[float | None]], start: int = T0
) -> list[Minute]:
    """Return minutes of running means every five minutes, one value a report."""
    minutes: list[Minute] = []
    sums: dict[tuple[str, int], list[float]] = {}
    length = max(len(series) for series in sites.values())
    for report in range(length):
        now = start + (report + 1) * 300
        hour = (now - 1) // HOUR * HOUR
        records = []
        for site, series in sites.items():
            value = series[report] if report < len(series) else None
            if value is None:
                continue
            known = sums.setdefault((site, hour), [])
            known.append(value)
            mean, covered = sum(known) / len(known), len(known) / 12
            records.append(
                make_hour(
                    site, hour, mean, covered=covered, provisional=True, observed=now
                )
            )
        minutes.append((now, records, []))
        minutes += [(now + m * MINUTE, [], []) for m in range(1, 5)]
    return minutes


def test_a_running_mean_counts_once_thirty_minutes_are_covered(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """The first value of a first hour comes with the sixth report."""
    evaluator = Evaluator([air_rule(make_rule)], air_city)
    minutes = smoke(make_hour, {"a": [200.0] * 12})
    assert told(play(evaluator, minutes)) == [(30, "raise", "bad", "whole")]


def test_before_that_the_hour_before_is_averaged_in(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """An hour of 20 and ten minutes of 500: mean 88.6 over seventy minutes."""
    evaluator = Evaluator([air_rule(make_rule)], air_city)
    found = play(evaluator, smoke(make_hour, {"a": [20.0] * 12 + [500.0] * 2}))
    assert told(found) == [(70, "raise", "bad", "whole")]
    mean = (12 * 20 + 2 * 500) / 14
    assert found[-1].value == pytest.approx(mean * 1_000_000, abs=1)
    assert found[-1].evidence.start == T0
    assert found[-1].evidence.averaging == "running"


def test_a_running_mean_that_goes_on_over_the_hour_is_one_run(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """Forty minutes may lie across the turn of an hour."""
    rule = air_rule(make_rule, **{"for": "40m"})
    evaluator = Evaluator([rule], air_city)
    found = told(play(evaluator, smoke(make_hour, {"a": [10.0] * 9 + [400.0] * 12})))
    assert [kind for _, kind, _, _ in found] == ["raise"]


def test_a_dead_instrument_does_not_live_on_its_neighbours_time(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """PM2.5 stands still while ozone reports: no reading of PM2.5."""
    rule = air_rule(make_rule, where={"scope": "station"}, **{"for": "20m"})
    evaluator = Evaluator([rule], air_city)
    minutes = smoke(make_hour, {"a": [200.0] * 8})
    for report in range(8, 12):
        now = T0 + (report + 1) * 300
        record = make_hour(
            "a",
            T0,
            200.0,
            covered=8 / 12,
            provisional=True,
            observed=now,
            completeness={"pm25": 8 / 12, "o3": (report + 1) / 12},
            revision=50 + report,
        )
        minutes.append((now, [record], []))
    assert told(play(evaluator, minutes)) == []


def test_in_an_area_a_dead_station_completes_nothing_for_the_others(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """The worst station died; the clean ones report on; nothing fires."""
    evaluator = Evaluator([air_rule(make_rule, **{"for": "20m"})], air_city)
    series: dict[str, Sequence[float | None]]
    series = {"a": [200.0] * 8 + [None] * 12, "b": [10.0] * 20, "c": [10.0] * 20}
    assert told(play(evaluator, smoke(make_hour, series))) == []


def test_at_least_two_of_an_area_must_be_raised_where_the_rule_says_so(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """One bad instrument raises no alarm; two stations do."""
    where = {"scope": "area", "value": "at_least", "stations": 2, "valid": 3}
    rule = air_rule(make_rule, where=where)
    one = {"a": [300.0] * 12, "b": [10.0] * 12, "c": [10.0] * 12}
    assert told(play(Evaluator([rule], air_city), smoke(make_hour, one))) == []
    two = one | {"b": [200.0] * 12}
    found = play(Evaluator([rule], air_city), smoke(make_hour, two))
    assert told(found) == [(30, "raise", "bad", "whole")]
    raised = next(t for t in found if t.kind)
    assert raised.evidence.sites == ("a", "b")
    assert (raised.evidence.used, raised.evidence.of) == (3, 3)
    assert raised.value == 200_000_000


def test_too_few_valid_stations_say_nothing_about_their_area(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """With two of three wanted and one there, the area's value is not known."""
    rule = air_rule(make_rule, where={"scope": "area", "valid": 2})
    minutes = smoke(make_hour, {"a": [300.0] * 12})
    assert play(Evaluator([rule], air_city), minutes) == []


def test_the_median_of_an_area_leaves_one_outlier_alone(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """The lower median of 10, 90 and 300 is 90."""
    rule = air_rule(make_rule, where={"scope": "area", "value": "median"})
    minutes = smoke(make_hour, {"a": [300.0] * 7, "b": [90.0] * 7, "c": [10.0] * 7})
    found = [t for t in play(Evaluator([rule], air_city), minutes) if t.kind]
    assert [t.value for t in found] == [90_000_000]


def index_rule(make_rule: Make) -> Rule:
    """Return a rule on the official index of closed hours."""
    steps = [
        {
            "name": "bad",
            "severity": "moderate",
            "raise": {"above": 150},
            "clear": {"below": 140},
        }
    ]
    made: Rule = make_rule(
        what={"kind": "aqi"}, where={"scope": "station"}, steps=steps
    )
    return made


def test_a_rule_on_closed_hours_does_not_see_the_running_one(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """A provisional 300 is not looked at; the closed 160 is."""
    evaluator = Evaluator([index_rule(make_rule)], air_city)
    running = make_hour("a", T0, 250.0, covered=0.9, provisional=True, aqi=300)
    assert told(evaluator.step(T0 + 3_300, [running], [])) == []
    closed = make_hour("a", T0, 90.0, aqi=160)
    found = evaluator.step(T0 + HOUR + 300, [closed], [])
    assert [(t.kind, t.time, t.known) for t in found if t.kind] == [
        ("raise", T0 + HOUR, T0 + HOUR + 300)
    ]


def test_an_index_rule_does_not_see_reference_stations(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """Circular 10/2021: they publish concentrations only."""
    evaluator = Evaluator([index_rule(make_rule)], air_city)
    record = make_hour("a", T0, 90.0, aqi=160, station_class="reference")
    assert evaluator.step(T0 + HOUR + 300, [record], []) == []


def test_a_late_amendment_of_a_past_hour_never_fires_the_past(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """Higher revisions of hours that were judged change nothing."""
    evaluator = Evaluator([index_rule(make_rule)], air_city)
    for hour, aqi in ((0, 100), (1, 100)):
        record = make_hour("a", T0 + hour * HOUR, 30.0, aqi=aqi)
        evaluator.step(T0 + hour * HOUR + HOUR + 300, [record], [])
    late = [
        make_hour("a", T0, 200.0, aqi=250, revision=999),
        make_hour("a", T0 + HOUR, 200.0, aqi=250, revision=999),
    ]
    assert evaluator.step(T0 + 3 * HOUR, late, []) == []


def test_what_becomes_known_too_late_is_marked(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """An hour whose result comes 20 minutes after its end: recorded, not told."""
    evaluator = Evaluator([index_rule(make_rule)], air_city)
    record = make_hour("a", T0, 90.0, aqi=160)
    found = [t for t in evaluator.step(T0 + HOUR + 1_200, [record], []) if t.kind]
    assert [(t.late, t.heard) for t in found] == [(True, 0)]


def test_a_standing_alert_is_said_again(
    road_city: City, make_rule: Make, make_road: Make
) -> None:
    """Every `repeat`, with a number of its own."""
    evaluator = Evaluator([make_rule(repeat="30m")], road_city)
    found = play(evaluator, roads(make_road, {"r1": ["queue"] * 65}))
    said = [t for t in found if t.kind]
    assert told(said) == [
        (0, "raise", "queue", "r1"),
        (30, "update", "queue", "r1"),
        (60, "update", "queue", "r1"),
    ]
    assert [(t.sequence, t.heard) for t in said] == [(1, 0), (2, 1), (3, 2)]
    assert len({t.episode for t in said}) == 1


def test_outside_its_schedule_a_rule_does_not_begin(
    road_city: City, make_rule: Make, make_road: Make
) -> None:
    """A queue since 22:00 is told at 22:10, when the schedule opens."""
    schedule = {"from": "22:10", "to": "06:00"}
    evaluator = Evaluator([make_rule(schedule=schedule)], road_city)
    found = play(evaluator, roads(make_road, {"r1": ["queue"] * 15}))
    assert told(found) == [(10, "raise", "queue", "r1")]
    assert found[-1].since == T0


def silence_rule(make_rule: Make) -> Rule:
    """Return a rule on silent stations."""
    steps = [
        {
            "name": "silent",
            "severity": "minor",
            "raise": {"above": "30m"},
            "clear": {"below": "10m"},
        }
    ]
    made: Rule = make_rule(
        what={"kind": "silence"}, where={"scope": "station"}, steps=steps, text="silent"
    )
    return made


def test_a_silent_station_is_noticed_by_the_ticks_alone(
    air_city: City, make_rule: Make, make_hour: Make
) -> None:
    """`a` reports until T0+10 min and again at T0+60 min; `b` and `c` never do."""
    evaluator = Evaluator([silence_rule(make_rule)], air_city)
    minutes: list[Minute] = []
    for minute in range(75):
        now = T0 + minute * MINUTE
        covered = {10: 10 / 60, 60: 11 / 60}.get(minute)
        records = []
        if covered:
            records.append(
                make_hour(
                    "a", T0, 20.0, covered=covered, observed=now, provisional=True
                )
            )
        minutes.append((now, records, []))
    heard = told(play(evaluator, minutes))
    assert heard == [
        (31, "raise", "silent", "b"),
        (31, "raise", "silent", "c"),
        (41, "raise", "silent", "a"),
        (60, "clear", "silent", "a"),
    ]


LEVELS = st.sampled_from(["free", "slow", "queue", "jam", None])
SERIES = st.lists(LEVELS, min_size=1, max_size=40)


def busy_rules(make_rule: Make) -> list[Rule]:
    """Return rules that use every duration."""
    return [
        make_rule(**{"for": "3m", "clear_for": "2m", "keep_firing": "3m"}),
        make_rule(id="other", no_data_after="5m", repeat="10m"),
    ]


@given(r1=SERIES, r2=SERIES, seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_the_order_of_arrival_within_a_tick_does_not_matter(
    *, road_city: City, make_rule: Make, make_road: Make, r1: Any, r2: Any, seed: int
) -> None:
    """Shuffled and repeated results give the same transitions."""
    minutes = roads(make_road, {"r1": r1, "r2": r2, "r3": r1[::-1]})
    chance = random.Random(seed)  # noqa: S311  # a test's shuffle
    shuffled: list[Minute] = []
    for now, air, records in minutes:
        mixed = records * 2
        chance.shuffle(mixed)
        shuffled.append((now, air, mixed))
    rules = busy_rules(make_rule)
    straight = play(Evaluator(rules, road_city), minutes)
    assert play(Evaluator(rules, road_city), shuffled) == straight


@given(r1=SERIES, r2=SERIES, cuts=st.lists(st.integers(0, 40), max_size=4))
@settings(max_examples=60)
def test_a_restart_at_any_point_changes_nothing(
    *,
    road_city: City,
    make_rule: Make,
    make_road: Make,
    r1: Any,
    r2: Any,
    cuts: list[int],
) -> None:
    """Dumped, loaded into a new process and gone on: the same transitions."""
    rules = busy_rules(make_rule)
    minutes = roads(make_road, {"r1": r1, "r2": r2})
    whole = play(Evaluator(rules, road_city), minutes)
    evaluator, found = Evaluator(rules, road_city), []
    for index, minute in enumerate(minutes):
        if index in cuts:
            state = evaluator.dump()
            evaluator = Evaluator(rules, road_city)
            evaluator.load(state)
            assert evaluator.dump() == state
        found += play(evaluator, [minute])
    assert found == whole


@given(st.lists(st.floats(0, 400), min_size=12, max_size=40), st.integers(0, 40))
@settings(max_examples=40)
def test_a_restart_changes_nothing_for_air_rules_either(
    air_city: City, make_rule: Make, make_hour: Make, values: list[float], cut: int
) -> None:
    """The hours seen are part of the state."""
    rules = [air_rule(make_rule, **{"for": "10m"}), silence_rule(make_rule)]
    rules[1] = rules[1].model_copy(update={"id": "silent"})
    minutes = smoke(make_hour, {"a": values, "b": values[::-1]})
    whole = play(Evaluator(rules, air_city), minutes)
    first, second = Evaluator(rules, air_city), Evaluator(rules, air_city)
    found = play(first, minutes[: cut * 5])
    second.load(first.dump())
    assert found + play(second, minutes[cut * 5 :]) == whole


def test_the_same_history_gives_the_same_ids(
    road_city: City, make_rule: Make, make_road: Make
) -> None:
    """Episode ids depend on city, rule, scope and begin only."""
    minutes = roads(make_road, {"r1": ["queue"] * 3 + ["free"] * 3 + ["queue"] * 3})
    runs = [
        [
            t.episode
            for t in play(Evaluator([make_rule()], road_city), minutes)
            if t.kind
        ]
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 2


def test_a_transition_survives_the_wire(
    road_city: City, make_rule: Make, make_road: Make
) -> None:
    """Encoded and decoded it is equal."""
    found = play(
        Evaluator([make_rule()], road_city), roads(make_road, {"r1": ["queue"]})
    )
    packed = msgspec.msgpack.encode(found)
    assert msgspec.msgpack.decode(packed, type=list[Transition]) == found


def test_two_rules_of_one_id_are_refused(road_city: City, make_rule: Make) -> None:
    """State is keyed by the rule's id."""
    with pytest.raises(ValueError, match="two rules have one id"):
        Evaluator([make_rule(), make_rule()], road_city)
