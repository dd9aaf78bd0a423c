"""Pictures: paths on the grid, room for words, bars, lines and the strip."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.drawing.chart import Hour, bar_chart, hours_between, line_chart, top_of
from web.drawing.labels import Box, Room, spread
from web.drawing.plane import FINE, Plane, beside, line_path, plane_of, ring_path
from web.drawing.scale import strip

LONLAT = st.tuples(st.floats(106, 107), st.floats(10, 12))
XY = st.tuples(st.floats(0, 400), st.floats(0, 400))


def ends(path: str) -> tuple[int, int]:
    """Follow a relative path to its last point."""
    x = y = 0
    for command, numbers in re.findall(r"([Mlhv])([-\d ]*)", path):
        values = [int(n) for n in re.findall(r"-?\d+", numbers)]
        if command == "M":
            x, y = values
        elif command == "h":
            x += values[0]
        elif command == "v":
            y += values[0]
        else:
            x, y = x + values[0], y + values[1]
    return x, y


@given(st.lists(LONLAT, min_size=2, max_size=20))
def test_plane_holds_every_place(points: list[tuple[float, float]]) -> None:
    """Every place that a plane is fitted around lies on it, and comes back."""
    plane = plane_of(points, width=360, margin=10)
    for point in points:
        x, y = plane.xy(point)
        assert -1 <= x <= plane.width + 1
        assert -1 <= y <= plane.height + 1
        assert plane.lonlat(x, y) == pytest.approx(point)


def test_plane_of_nothing() -> None:
    """A map without places is refused with words."""
    with pytest.raises(ValueError, match="at least one place"):
        plane_of([], width=360, margin=10)


@given(st.lists(XY, min_size=1, max_size=30))
def test_line_ends_where_it_should(points: list[tuple[float, float]]) -> None:
    """A path leads to its last point on the grid, whatever was left out between."""
    x, y = points[-1]
    assert ends(line_path(points)) == (round(x * FINE), round(y * FINE))


def test_ring_without_area() -> None:
    """A ring that shrinks to a dot is left out."""
    plane = Plane(0, 1, 10, 10, 10, 10)
    assert ring_path([(0, 0), (0.001, 0), (0, 0.001), (0, 0)], plane) == ""


def test_beside_is_on_the_right() -> None:
    """Driving north (up), the shifted line lies to the east (right)."""
    assert beside([(0.0, 10.0), (0.0, 0.0)], 2) == [(2.0, 10.0), (2.0, 0.0)]


@given(st.lists(XY, max_size=12))
def test_spread_is_deterministic(points: list[tuple[float, float]]) -> None:
    """The same points are pushed apart the same way; those with room stay."""
    once = spread(points, 20)
    assert once == spread(points, 20)
    if all(
        math.dist(a, b) >= 20 for i, a in enumerate(points) for b in points[i + 1 :]
    ):
        assert once == points


def test_spread_makes_room() -> None:
    """Points in one place end a gap apart."""
    moved = spread([(50.0, 50.0)] * 3, 20)
    assert (
        min(math.dist(a, b) for i, a in enumerate(moved) for b in moved[i + 1 :]) > 18
    )


@given(st.lists(XY, max_size=15))
def test_words_never_overlap(points: list[tuple[float, float]]) -> None:
    """Words are written only where nothing is, and inside the picture."""
    room = Room(400, 400)
    for x, y in points:
        before = list(room.taken)
        label = room.beside(x, y, 5, "Ùn tắc", 10)
        if label is not None:
            box = room.taken[-1]
            assert not any(box.meets(other) for other in before)
            assert box.left >= 0
            assert box.right <= 400
    assert room.beside(200, 200, 5, "x" * 200, 10) is None


def test_boxes_meet() -> None:
    """Boxes that only touch do not meet."""
    assert Box(0, 0, 2, 2).meets(Box(1, 1, 3, 3))
    assert not Box(0, 0, 2, 2).meets(Box(2, 0, 3, 3))


def test_missing_hours_are_gaps() -> None:
    """Every hour of the span has its bar; those without a value are gaps."""
    known = {0: Hour(0, 80, "moderate"), 7200: Hour(7200, 40, "good")}
    hours = hours_between(known, 0, 3 * 3600)
    chart = bar_chart(hours, 100, (0, 50, 100, 150), (0,))
    assert [bar.gap for bar in chart.bars] == [False, True, False]
    assert [row.value for row in chart.rows] == [0, 50, 100]
    tall, _, low = chart.bars
    assert tall.height == pytest.approx(2 * low.height, abs=0.2)


@given(st.lists(st.none() | st.floats(0, 2000), max_size=20))
def test_top_is_above_every_value(values: list[float | None]) -> None:
    """The axis reaches above every value, up to its last step."""
    top = top_of(values, (50, 100, 500))
    assert all(v is None or v <= top or top == 500 for v in values)


def test_line_breaks_where_values_are_missing() -> None:
    """A line is not drawn over missing intervals, and kinds are joined in bands."""
    points = [
        (0, 40.0, "free"),
        (300, 42.0, "free"),
        (600, None, "no_data"),
        (900, 20.0, "slow"),
        (1500, 22.0, "slow"),
    ]
    chart = line_chart(
        points, (0, 3600), top=60, rows=(0, 60), times=(0,), interval_s=300
    )
    assert chart.path.count("M") == 3
    assert [kind for _, _, kind in chart.bands] == ["free", "no_data", "slow", "slow"]


@given(st.integers(0, 500))
def test_strip_shows_one_place(aqi: int) -> None:
    """Every index has one place on the strip, further right for more."""
    here = strip(aqi)
    assert here.pin is not None
    assert 0 <= here.pin <= here.width
    assert sum(band.current for band in here.bands) == 1
    after = strip(min(500, aqi + 1))
    assert after.pin is not None
    assert after.pin >= here.pin


def test_strip_without_index() -> None:
    """Without an index nothing is marked."""
    assert strip(None).pin is None
