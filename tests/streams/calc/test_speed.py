"""Space means are what levels may use; time means are always higher."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calc import speed

speeds = st.lists(st.floats(0.5, 150), min_size=1, max_size=30)
lanes = st.lists(
    st.tuples(st.integers(0, 60), st.floats(0.5, 150)), min_size=1, max_size=10
)


@given(speeds)
def test_harmonic_is_never_above_arithmetic(values: list[float]) -> None:
    """The space mean of any traffic is at most its time mean."""
    assert speed.space_mean(values) <= speed.time_mean(values) * (1 + 1e-12)


@given(lanes, st.data())
def test_splitting_a_count_over_classes_changes_nothing(
    rows: list[tuple[int, float]], data: st.DataObject
) -> None:
    """A lane's vehicles counted as two classes of the same speed weigh the same."""
    parts = [data.draw(st.integers(0, count)) for count, _ in rows]
    counts = [count for count, _ in rows]
    values = [value for _, value in rows]
    rest = [count - part for count, part in zip(counts, parts, strict=True)]
    np.testing.assert_allclose(
        speed.space_mean(values + values, parts + rest),
        speed.space_mean(values, counts),
        rtol=1e-12,
    )


@given(speeds, st.sampled_from([1.609344, 3.6, 0.001]))
def test_scaling_units_scales_the_mean(values: list[float], unit: float) -> None:
    """Converted speeds have the converted mean."""
    scaled = speed.space_mean(np.array(values) * unit)
    np.testing.assert_allclose(scaled, speed.space_mean(values) * unit, rtol=1e-12)


@pytest.mark.parametrize("absent", [0.0, -1.0, np.nan, np.inf])
def test_a_speed_not_measured_is_left_out(absent: float) -> None:
    """0, SUMO's −1, NaN and infinity are no speed of a vehicle that passed."""
    assert speed.space_mean([absent, 40.0], [10, 5]) == 40.0
    assert np.isnan(speed.space_mean([absent], [10]))


def test_an_empty_lane_has_no_weight() -> None:
    """A lane with count 0 does not enter, whatever speed it sends."""
    assert speed.space_mean([100.0, 40.0], [0, 5]) == 40.0


@given(st.floats(1, 60), st.floats(0.01, 1), st.floats(1, 12))
def test_the_length_seen_at_a_speed_gives_that_speed_back(
    count: float, occupancy: float, length: float
) -> None:
    """Learning an effective length and using it are each other's inverse."""
    value = speed.speed_from_occupancy(count, occupancy, 60, length)
    back = speed.effective_length(count, occupancy, 60, value)
    np.testing.assert_allclose(back, length, rtol=1e-12)


def test_a_hole_in_a_facility_is_not_a_fast_section() -> None:
    """The speed over sections is not known where one section's is not."""
    values = speed.facility_speed([[500.0, 1000.0]] * 2, [[40.0, 20.0], [40.0, np.nan]])
    np.testing.assert_allclose(values, [24.0, np.nan])
