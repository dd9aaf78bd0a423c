"""Chance that can be had again."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sensors.simulator.noise import generator, wander, white

DAYS = st.integers(0, 40_000)


@given(seed=st.integers(0, 2**32), day=DAYS)
def test_same_seed_and_day_give_the_same_noise(seed: int, day: int) -> None:
    """Noise is a function of seed, kind, site and day."""
    first = wander(seed, "k", ("a", "b"), day, (24, 2), memory=3.0)
    again = wander(seed, "k", ("a", "b"), day, (24, 2), memory=3.0)
    assert np.array_equal(first, again)


@given(day=DAYS)
def test_a_new_site_changes_no_other(day: int) -> None:
    """A station more in the city leaves the others' noise as it was."""
    alone = white(7, "k", ("a",), day, (12, 3))
    beside = white(7, "k", ("new", "a"), day, (12, 3))
    assert np.array_equal(alone[:, 0], beside[:, 1])


def test_wandering_noise_has_unit_variance_and_its_memory() -> None:
    """Mean 0, variance 1, and after `memory` steps a correlation of 1/e."""
    days = [
        wander(1, "k", ("a",), d, (288, 1), memory=12.0)[:, 0, 0] for d in range(80)
    ]
    x = np.concatenate(days)
    assert abs(x.mean()) < 0.1
    assert 0.85 < x.var() < 1.15
    assert abs(np.corrcoef(x[:-12], x[12:])[0, 1] - np.exp(-1)) < 0.06


def test_days_meet_without_a_jump() -> None:
    """The step over midnight is as small as any other."""
    days = [
        wander(1, "k", ("a",), d, (288, 1), memory=24.0)[:, 0, 0] for d in range(60)
    ]
    over = [abs(b[0] - a[-1]) for a, b in pairwise(days)]
    within = np.concatenate([np.abs(np.diff(day)) for day in days])
    assert np.mean(over) < 1.4 * np.mean(within)


def test_no_sites_make_no_noise() -> None:
    """A city without stations has an empty field, not an error."""
    assert white(1, "k", (), 0, (5, 2)).shape == (5, 0, 2)
    assert generator(1, "a").random() != generator(1, "b").random()
