"""Ratio, travel time index and delay say the same thing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.calc import travel_time

speeds = st.floats(1, 150)


@given(speeds, speeds)
def test_index_is_the_inverse_of_the_ratio(speed: float, free: float) -> None:
    """Travel time index × ratio to free flow is 1."""
    ratio = travel_time.ratio_to_free_flow(speed, free)
    np.testing.assert_allclose(travel_time.travel_time_index(free, speed) * ratio, 1)


@given(speeds, speeds)
def test_delay_is_never_negative(speed: float, threshold: float) -> None:
    """Faster than the threshold loses nothing and gains nothing."""
    lost = travel_time.delay(1000.0, 2.0, speed, threshold)
    assert lost >= 0
    assert (lost == 0) == (speed >= threshold)
