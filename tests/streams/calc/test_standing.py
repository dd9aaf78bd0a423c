"""A standing queue is seen over lanes and time, not in one loop or one red light."""

import numpy as np

from streams.calc.standing import StandingPolicy, standing

NAN = np.nan


def test_half_of_the_lanes_is_not_most() -> None:
    """One full lane of two may be a parked car."""
    count, occupancy = np.zeros((1, 2, 2)), np.array([[[1.0, 0.0]] * 2])
    assert not standing(count, occupancy, 60)[0]


def test_a_lane_with_a_hole_has_no_say() -> None:
    """What is not known of a lane neither makes nor hides a standing queue."""
    count = np.array([[[0.0, NAN]] * 2])
    assert standing(count, np.ones((1, 2, 2)), 60)[0]
    assert not standing(np.full((1, 2, 2), NAN), np.ones((1, 2, 2)), 60)[0]


def test_only_the_newest_two_minutes_count() -> None:
    """What passed before the queue came to stand does not hide it."""
    count = np.array([[[30.0], [20.0], [0.0], [0.0]]])
    assert standing(count, np.full((1, 4, 1), 0.6), 60)[0]
    assert not standing(count, np.full((1, 4, 1), 0.6), 40)[0]
    longer = StandingPolicy(lasting_s=180)
    assert not standing(count, np.full((1, 4, 1), 0.6), 60, longer)[0]


def test_half_full_is_full_enough() -> None:
    """An occupancy of 0.5 stands, less does not."""
    occupancy = np.array([[[0.5]], [[0.49]]])
    assert standing(np.zeros((2, 1, 1)), occupancy, 60).tolist() == [True, False]
