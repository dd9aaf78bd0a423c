"""What is said of a station, a road, a place and a limit, before any template."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.city import City
from web.settings import WebSettings
from web.view.air import air_view
from web.view.day import Yesterday, yesterday_of
from web.view.freshness import Freshness, freshness
from web.view.limits import over_limits
from web.view.notices import notice_views
from web.view.place import Basis, choices, place_of, ward_at
from web.view.roads import road_view, worst_first

SETTINGS = WebSettings()


def see(city: City, site: str, records: Any, raw: Any, now: int) -> Any:
    """Look at a station."""
    station = city.station(site)
    assert station is not None
    return air_view(
        station, records, raw, now=now, cadence=(300, 300), settings=SETTINGS
    )


def look(city: City, site: str, record: Any, raw: Any, now: int) -> Any:
    """Look at a road segment."""
    segment = city.segment(site)
    assert segment is not None
    return road_view(segment, record, raw, now=now, interval_s=60, settings=SETTINGS)


@given(age=st.integers(0, 100_000), more=st.integers(0, 100_000))
def test_a_value_never_becomes_fresher(age: int, more: int) -> None:
    """An older value is never called fresher."""
    order = [Freshness.CURRENT, Freshness.OLD, Freshness.GONE]
    first = freshness(0, age, old_s=3600, gone_s=10_800)
    later = freshness(0, age + more, old_s=3600, gone_s=10_800)
    assert order.index(first) <= order.index(later)


def test_no_value_is_never_fresh() -> None:
    """What was never measured is never current."""
    assert freshness(None, 0, 1, 2) is Freshness.NEVER


def test_running_hour_first(city: City, build: Any) -> None:
    """The running hour is shown where it has an index, up to its newest reading."""
    now = build["NOW"]
    start = now - now % 3600
    hours = [build["hour"](city, "dt1", start - 3600, 30.0)]
    hours.append(build["hour"](city, "dt1", start, 40.0))
    view = see(city, "dt1", hours, None, now)
    assert view.provisional
    assert view.time == now - 120
    assert view.age_s == 120
    assert view.next_expected == now - 120 + 300


def test_last_hour_while_the_running_one_has_no_index(city: City, build: Any) -> None:
    """While the running hour has no index, the last hour is shown with its own time."""
    now = build["NOW"]
    start = now - now % 3600
    hours = [
        build["hour"](city, "dt1", start - 3600, 30.0),
        build["hour"](
            city, "dt1", start, 40.0, aqi=None, category=None, reason="incomplete"
        ),
    ]
    view = see(city, "dt1", hours, None, now)
    assert not view.provisional
    assert view.time == start
    assert view.aqi is not None


def test_reasons(city: City, build: Any) -> None:
    """Each hole has its own reason."""
    now = build["NOW"]
    start = now - now % 3600
    fresh = build["newest"](now - 60, "d", {})
    none = build["hour"](city, "dt1", start, 9.0, aqi=None, category=None)
    assert see(city, "dt1", [], None, now).reason == "never"
    assert see(city, "dt1", [], build["newest"](5, "d", {}), now).reason == "silent"
    assert see(city, "dt1", [], fresh, now).reason == "catching_up"
    old = build["hour"](city, "dt1", start - 5 * 3600, 9.0, tick=now - 600)
    assert see(city, "dt1", [old], fresh, now).reason == "too_old"
    behind = build["hour"](city, "dt1", start - 5 * 3600, 9.0, tick=start - 4 * 3600)
    late = see(city, "dt1", [behind], fresh, now)
    assert late.reason == "catching_up"
    assert late.aqi is late.category is None
    assert late.next_expected == now - 60 + 300
    assert see(city, "dt1", [none], fresh, now).reason == "no_data"
    reference = [build["hour"](city, "cd1", start, 9.0)]
    assert see(city, "cd1", reference, fresh, now).reason == "reference_only"


@pytest.mark.parametrize(
    ("age", "level"), [(0, "slow"), (601, "slow"), (1801, "no_data")]
)
def test_road_grows_old(city: City, build: Any, age: int, level: str) -> None:
    """A road's level is held for a while, shown as old, and then is no data."""
    now = build["NOW"]
    record = build["road"](city, "ql13-n-01", 0.3, "slow", now - age)
    view = look(city, "ql13-n-01", record, None, now)
    assert view.level == level
    assert view.stale is (age > 600)
    assert (view.speed is None) is (level == "no_data")
    assert (view.reason == "silent") is (level == "no_data")


def test_road_with_a_detector_but_no_level(city: City, build: Any) -> None:
    """Too few vehicles is a reason of its own, with speed left out by the stream."""
    now = build["NOW"]
    record = build["road"](city, "ql13-n-01", 0.3, "no_data", now)
    few = msgspec.structs.replace(record, reason="few_vehicles")
    assert look(city, "ql13-n-01", few, None, now).reason == "few_vehicles"


def test_unknown_roads_come_last(city: City, build: Any) -> None:
    """What nobody knows stands after free roads, not among them."""
    now = build["NOW"]
    free = look(
        city, "ql13-n-01", build["road"](city, "ql13-n-01", 0.9, "free", now), None, now
    )
    unknown = look(city, "ql13-n-02", None, None, now)
    jam = look(
        city, "ql13-n-03", build["road"](city, "ql13-n-03", 0.1, "jam", now), None, now
    )
    assert worst_first([unknown, free, jam], frozenset()) == [jam, free, unknown]


def test_delay(city: City, build: Any) -> None:
    """The time lost is the segment's travel time now less that at free flow."""
    now = build["NOW"]
    record = build["road"](city, "ql13-n-01", 0.5, "busy", now)
    view = look(city, "ql13-n-01", record, None, now)
    assert view.delay_s == round(view.segment.length_m * 3.6 * (1 / 30 - 1 / 60))


@pytest.mark.parametrize(
    ("age", "delay"), [(0, None), (899, None), (900, 1200), (1500, 1800)]
)
def test_delay_is_not_longer_than_the_level(
    city: City, build: Any, age: int, delay: int | None
) -> None:
    """A level says nothing of a trip in its first 15 minutes, then no more than it can.

    Walking pace on the whole segment would lose half an hour or more.
    """
    now = build["NOW"]
    record = build["road"](city, "ql13-n-01", 0.02, "jam", now)
    young = msgspec.structs.replace(record, level_since=now - age)
    assert look(city, "ql13-n-01", young, None, now).delay_s == delay
    unknown = msgspec.structs.replace(record, level_since=0)
    assert look(city, "ql13-n-01", unknown, None, now).delay_s is None


@pytest.mark.parametrize(("age", "reason"), [(700, ""), (5000, "catching_up")])
def test_road_evaluated_late(city: City, build: Any, age: int, reason: str) -> None:
    """Where readings come and results do not, the sensor is not what is blamed."""
    now = build["NOW"]
    record = build["road"](city, "ql13-n-01", 0.3, "slow", now - age)
    fresh = build["newest"](now - 30, "d", {})
    view = look(city, "ql13-n-01", record, fresh, now)
    assert view.lagging
    assert not view.held
    assert view.reason == reason
    never = look(city, "ql13-n-01", None, fresh, now)
    assert (never.reason, never.level) == ("catching_up", "no_data")
    silent = build["newest"](now - 3600, "d", {})
    assert look(city, "ql13-n-01", None, silent, now).reason == "silent"


def test_level_kept_for_few_vehicles(city: City, build: Any) -> None:
    """A level kept for want of vehicles is no old value: speed and time are of now."""
    now = build["NOW"]
    record = build["road"](city, "ql13-n-01", 0.9, "free", now)
    kept = msgspec.structs.replace(record, stale=True, reason="few_vehicles")
    view = look(city, "ql13-n-01", kept, None, now)
    assert view.held
    assert view.stale
    old = look(city, "ql13-n-01", kept, None, now + 700)
    assert not old.held
    assert old.stale


@pytest.mark.parametrize(
    ("into", "due"), [(0, 300), (96, 300), (299, 300), (300, 3900), (3000, 3900)]
)
def test_hour_closes_next(city: City, build: Any, into: int, due: int) -> None:
    """What waits for an hour is due when the next one closes, 5 minutes after it."""
    start = build["NOW"] - build["NOW"] % 3600
    now = start + into
    fresh = build["newest"](now, "d", {})
    none = build["hour"](
        city, "dt1", start - 3600, 9.0, aqi=None, reason="incomplete", tick=now
    )
    view = see(city, "dt1", [none], fresh, now)
    assert view.reason == "incomplete"
    assert view.next_expected == start + due


def test_clock_ahead(city: City, build: Any) -> None:
    """A reading of a clock that runs ahead is not shown as measured in the future."""
    now = build["NOW"]
    start = now - now % 3600
    ahead = build["newest"](now + 540, "d", {})
    running = build["hour"](city, "dt1", start, 30.0, observed=now + 540)
    next_hour = build["hour"](city, "dt1", start + 3600, 99.0)
    view = see(city, "dt1", [running, next_hour], ahead, now)
    assert view.record == running
    assert (view.observed, view.time, view.age_s) == (now, now, 0)
    assert view.next_expected == now + 300
    road = look(city, "ql13-n-01", None, ahead, now)
    assert road.observed == now


def test_no_limit_is_told_of_a_reference_station(city: City, build: Any) -> None:
    """A legal limit is judged at stations that may be, and while values are current."""
    now = build["NOW"]
    start = now - now % 3600

    def excesses(site: str, later: int) -> object:
        hours = [build["hour"](city, site, start - b * 3600, 90.0) for b in range(24)]
        return see(city, site, hours[::-1], None, now + later).excesses

    assert excesses("dt1", 0)
    assert excesses("cd1", 0) == ()
    assert excesses("dt1", 5 * 3600) == ()


def test_yesterday(city: City, build: Any) -> None:
    """Yesterday is the city's day before this one, with its index and completeness."""
    midnight = 1_795_280_400
    day = build["hour"](
        city, "dt1", midnight - 86_400, 9.0, end=midnight, averaging="1d"
    )
    for now in (midnight, midnight + 86_399):
        found = yesterday_of([day], now, city.zone)
        assert found == Yesterday(day.aqi, day.category, "", 0.97)
    assert yesterday_of([day], midnight - 1, city.zone) is None
    assert yesterday_of([day], midnight + 86_400, city.zone) is None
    none = msgspec.structs.replace(day, aqi=None, category=None, completeness={})
    assert yesterday_of([none], midnight, city.zone) == Yesterday(
        None, None, "no_data", 0.0
    )


def test_limit_needs_18_hours(city: City, build: Any) -> None:
    """The 24-hour limit is judged from 18 valid hours on, and only final ones."""
    now = build["NOW"]
    start = now - now % 3600
    hours = [
        build["hour"](city, "dt1", start - back * 3600, 47.0)
        for back in range(24, 0, -1)
    ]
    assert [e.limit.quantity for e in over_limits(hours)] == ["pm25"]
    assert over_limits(hours[7:]) == ()
    provisional = build["hour"](city, "dt1", start, 500.0)
    assert len(over_limits([*hours, provisional])) == 1
    assert over_limits([]) == ()


def test_exactly_at_the_limit_is_not_over(city: City, build: Any) -> None:
    """45 µg/m³ meets the limit of 45."""
    now = build["NOW"]
    start = now - now % 3600
    hours = [
        build["hour"](city, "dt1", start - b * 3600, 45.0) for b in range(24, 0, -1)
    ]
    assert over_limits(hours) == ()


def test_place_by_station(city: City, source: Any, build: Any) -> None:
    """A ward with stations is stood for by the worst of them."""
    now = build["NOW"]
    views = [
        see(city, s.id, source.hours[s.id], source.newest[s.id], now)
        for s in city.stations
    ]
    place = place_of(city, "phuong-lai-thieu", views, 25_000)
    assert place.basis is Basis.HERE
    assert place.shown is not None
    assert place.shown.station.id == "gt2"
    assert place.counted == 2
    assert place.district is not None
    ward = city.area("phuong-lai-thieu")
    assert ward is not None
    assert place.district.id == ward.operations
    far = place_of(city, "phuong-lai-thieu", [], 25_000)
    assert far.shown is None


def test_place_too_far_from_any_station(city: City, source: Any, build: Any) -> None:
    """A station farther than the setting allows does not stand for a ward."""
    now = build["NOW"]
    views = [
        see(city, "dt1", source.hours["dt1"], source.newest["dt1"], now),
    ]
    assert place_of(city, "xa-dau-tieng", views, 25_000).basis is Basis.NONE
    near = place_of(city, "xa-dau-tieng", views, 100_000)
    assert near.basis is Basis.NEAREST
    assert near.distance_m is not None
    assert 25_000 < near.distance_m < 100_000


def test_wards_by_district(city: City) -> None:
    """Every ward and commune stands under the district that looks after it, once."""
    wards = [ward.id for choice in choices(city) for ward in choice.wards]
    assert len(wards) == len(set(wards)) == 36


def test_ward_of_a_position(city: City) -> None:
    """A position is in the ward around it, or in none."""
    ward = ward_at(city, 106.6990, 10.9075)
    assert ward is not None
    assert ward.id == "phuong-lai-thieu"
    assert ward_at(city, 105.8, 21.0) is None


def test_expired_notice_holds_no_longer(build: Any) -> None:
    """A notice whose time is over is not active, though nobody ended it."""
    now = build["NOW"]
    held, expired = build["notice"](until=now + 1), build["notice"](until=now)
    assert notice_views([held], now)[0].active
    assert not notice_views([expired], now)[0].active
