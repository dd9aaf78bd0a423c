"""Geometry of small areas on the globe."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sensors.city.geometry import circle, distance_m, inside, line_length_m, outline

points = st.tuples(st.floats(105, 108), st.floats(10, 12))


def cell(x: int, y: int) -> tuple[tuple[float, float], ...]:
    """Return a unit square of a grid."""
    return (
        (float(x), float(y)),
        (x + 1.0, float(y)),
        (x + 1.0, y + 1.0),
        (float(x), y + 1.0),
        (float(x), float(y)),
    )


@given(a=points, b=points, c=points)
def test_a_detour_is_never_shorter(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]
) -> None:
    """Distance is symmetric and keeps the triangle's law."""
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert line_length_m([a, b, c]) >= distance_m(a, c) - 1e-6


@given(centre=points, radius=st.floats(100, 50_000), share=st.floats(0, 2), to=points)
def test_a_circle_holds_what_is_nearer_than_its_radius(
    centre: tuple[float, float],
    radius: float,
    share: float,
    to: tuple[float, float],
) -> None:
    """Points well within are inside, points well beyond are outside."""
    far = distance_m(centre, to)
    assume(far > 1000)
    step = share * radius / far
    point = (
        centre[0] + (to[0] - centre[0]) * step,
        centre[1] + (to[1] - centre[1]) * step,
    )
    at = distance_m(centre, point) / radius
    assume(not 0.97 < at < 1.03)
    assert inside(point, [circle(*centre, radius)]) == (at < 1)


@given(
    st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20)
)
def test_an_outline_holds_exactly_what_its_parts_hold(
    cells: set[tuple[int, int]],
) -> None:
    """Putting neighbours together changes no point's answer, holes included."""
    rings = outline(cell(x, y) for x, y in cells)
    for x in range(6):
        for y in range(6):
            assert inside((x + 0.5, y + 0.5), rings) == ((x, y) in cells)
    assert all(ring[0] == ring[-1] for ring in rings)
