"""Flow, density and occupancy keep their units and their holes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.calc import flow

positive = st.floats(0.1, 1e4)


@given(st.integers(0, 500), st.integers(1, 3600), st.integers(1, 10))
def test_flow_does_not_depend_on_the_unit_of_the_interval(
    count: int, interval: int, times: int
) -> None:
    """The same traffic over a longer interval is the same flow."""
    assert np.isclose(
        flow.flow_rate(count, interval), flow.flow_rate(count * times, interval * times)
    )


@given(positive, positive)
def test_density_times_speed_is_flow(rate: float, speed: float) -> None:
    """Flow is density times speed."""
    assert np.isclose(flow.density(rate, speed) * speed, rate)


def test_no_speed_is_no_density() -> None:
    """A density over speed 0 is not measured rather than infinite."""
    assert np.isnan(flow.density(1200.0, 0.0))


def test_occupancy_above_one_is_clipped_and_said() -> None:
    """Motorcycles side by side are brought down to 1; below 0 is no measurement."""
    occupancy, clipped = flow.clip_occupancy([0.2, 1.3, -0.1, np.nan, 1.0])
    np.testing.assert_array_equal(occupancy, [0.2, 1.0, np.nan, np.nan, 1.0])
    assert clipped.tolist() == [False, True, False, False, False]


@given(st.integers(0, 10_000), st.integers(1, 60))
def test_a_whole_interval_is_not_scaled(count: int, parts: int) -> None:
    """With every part received the count stays as it is."""
    assert flow.scaled_count(count, parts, parts) == count


def test_densities_that_differ_much_are_inconsistent() -> None:
    """Within 0.7 … 1.4 two densities agree; a hole agrees with nothing."""
    answer = flow.consistent([30.0, 30.0, np.nan], [40.0, 60.0, 30.0])
    assert answer.tolist() == [True, False, False]
