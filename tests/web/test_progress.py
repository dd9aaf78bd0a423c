"""How far readings and results have come, and what people are told of it."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from sensors.city import City
from web.view.progress import Kind, Progress, span

Page = Callable[[str], str]
NOW = 1_000_000


def seen(reading: int | None, result: int | None, interval: int = 300) -> Progress:
    """Return the progress of a city whose newest are of so long ago [s]."""
    ends = [None if ago is None else NOW - ago for ago in (reading, result)]
    return Progress(NOW, (Kind(ends[0], ends[1], interval),))


@pytest.mark.parametrize(
    ("reading", "result", "well", "behind"),
    [
        (60, 60, (True, True), False),
        (60, 900, (True, True), False),
        (60, 901, (True, False), False),
        (60, 961, (True, False), True),
        (60, None, (True, False), True),
        (901, 901, (False, False), False),
        (901, 0, (False, True), False),
        (None, None, (False, False), False),
    ],
)
def test_well(
    reading: int | None, result: int | None, well: tuple[bool, bool], behind: Any
) -> None:
    """Both are well up to 15 minutes; results catch up only while readings come."""
    progress = seen(reading, result)
    assert tuple(check.ok for check in progress.checks()) == well
    assert progress.catching_up is behind


def test_details_are_plain() -> None:
    """A check that is not well says by how much."""
    readings, results = seen(60, 42_180).checks()
    assert readings.detail == ""
    assert results.detail == "results are 11 h behind the readings: catching up"
    year, _ = seen(365 * 86_400, None).checks()
    assert year.detail == "the newest is 8760 h old"
    assert span(960) == "16 min"


def test_seldom() -> None:
    """Sites that report once an hour are late after two hours, not after 15 minutes."""
    assert all(check.ok for check in seen(4000, 7000, 3600).checks())
    assert not any(check.ok for check in seen(7300, 7300, 3600).checks())


def test_slowest_kind_counts() -> None:
    """Roads that are computed in time do not hide air that is not."""
    roads, air = Kind(NOW, NOW, 60), Kind(NOW, NOW - 9000, 300)
    progress = Progress(NOW, (air, roads))
    assert progress.catching_up
    assert progress.behind_s == 9000
    assert Progress(NOW, ()).checks() == ()


def test_health_of_a_dead_city(get: Any, source: Any, build: Any) -> None:
    """With readings of a year ago and no level anywhere the city is not well."""
    year = build["NOW"] - 365 * 86_400
    source.hours.clear()
    for site in source.newest:
        source.newest[site] = build["newest"](year, "d", {})
    for site, road in source.segments.items():
        source.segments[site] = msgspec.structs.replace(road, level="no_data")
    answer = get("/api/v1/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    checks = {check["name"]: check for check in answer.json()["checks"]}
    assert checks["readings"]["ok"] is False
    assert "8760 h old" in checks["readings"]["detail"]


def late(source: Any, city: City, by: int) -> None:
    """Let every result be of so long ago [s] while readings come."""
    for site, hours in source.hours.items():
        kept = [h for h in hours if h.end < hours[-1].start - by]
        source.hours[site] = [
            msgspec.structs.replace(h, tick=h.end + 300) for h in kept
        ]
    for segment in city.segments:
        road = source.segments[segment.id]
        source.segments[segment.id] = msgspec.structs.replace(
            road, evaluated=road.evaluated - by, observed=road.observed - by
        )


def test_first_screen_while_computing(page: Page, source: Any, city: City) -> None:
    """While results are 11 hours behind, the page says so once, and blames nobody."""
    late(source, city, 11 * 3600)
    html = page("/?noi=phuong-lai-thieu")
    told = "Hệ thống đang tính từ các số đo đã nhận."
    assert html.count(told) == 1
    assert "Đã tính đến thời điểm 12 giờ trước." in html
    assert html.index('id="live"') < html.index(told) < html.index('id="air"')
    assert "đang tính lại quá khứ, có ngay" in html
    for blame in ("mất tín hiệu", "không gửi số liệu", "số cũ", "lẽ ra"):
        assert blame not in html, blame
    assert 'class="cat cat-good"' not in html.split('class="legend"')[0]
    assert "Đang tính lại quá khứ, có ngay." in page("/tram/dt1")
    assert "Still computing the past; soon here." in page("/en/road/ql13-n-04")
    assert "kết quả chậm hơn số đo 12 giờ" in page("/he-thong")


def test_old_results_while_computing(page: Page, source: Any, city: City) -> None:
    """Values of 90 minutes ago are shown with their age, as being computed."""
    late(source, city, 5400)
    html = page("/?noi=phuong-lai-thieu")
    assert "đang tính lại quá khứ, 2 giờ trước" in html
    assert "số cũ" not in html


def test_nothing_is_said_while_all_is_well(page: Page) -> None:
    """A city that keeps up says nothing of computing."""
    assert "đang tính" not in page("/").lower()
