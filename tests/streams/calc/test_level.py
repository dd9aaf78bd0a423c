"""Levels change when traffic has changed, and not before."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calc.level import (
    BUSY,
    FREE,
    NO_DATA,
    QUEUE,
    SLOW,
    LevelPolicy,
    LevelState,
    is_old,
    step,
)

POLICY = LevelPolicy()
ratios = st.one_of(
    st.floats(0, 1.3), st.sampled_from([0.25, 0.33, 0.5, 0.6, 0.75, 0.8])
)
minute = st.tuples(ratios, st.booleans(), st.integers(0, 9).map(bool))
days = st.lists(minute, min_size=1, max_size=60)
Minutes = list[tuple[float, bool, bool]]


def _run(
    minutes: Minutes, policy: LevelPolicy = POLICY, copies: int = 1
) -> list[LevelState]:
    state = LevelState.unknown(policy, copies, now=0)
    states = []
    for number, (ratio, standing, valid) in enumerate(minutes, start=1):
        state = step(
            policy,
            state,
            np.full(copies, ratio),
            np.full(copies, standing),
            np.full(copies, valid),
            now=60 * number,
        )
        states.append(state)
    return states


def _levels(*values: float) -> list[int]:
    states = _run([(value, False, not np.isnan(value)) for value in values])
    return [int(state.level[0]) for state in states]


def test_the_first_valid_sample_gives_a_level() -> None:
    """Out of no data a level is shown at once."""
    assert _levels(np.nan, 0.4) == [NO_DATA, SLOW]


def test_worse_takes_two_evaluations() -> None:
    """One slow minute is no news; two in a row are."""
    assert _levels(0.9, 0.4, 0.9, 0.4, 0.4) == [FREE, FREE, FREE, FREE, SLOW]


def test_two_evaluations_change_as_far_as_both_agree() -> None:
    """The level goes to the milder of two bad minutes, and on when the worse stays."""
    assert _levels(0.9, 0.7, 0.2, 0.2) == [FREE, FREE, BUSY, QUEUE]


def test_better_takes_three_evaluations_above_the_way_out() -> None:
    """Between the way in and the way out nothing improves."""
    assert _levels(0.4, 0.4, 0.4, 0.55, 0.59, 0.61, 0.7, 0.61) == [SLOW] * 7 + [BUSY]


def test_a_level_is_held_against_turning_back() -> None:
    """Right after an improvement a relapse waits until three minutes are over."""
    levels = _levels(0.4, 0.9, 0.9, 0.9, 0.4, 0.4, 0.4)
    assert levels == [SLOW, SLOW, SLOW, FREE, FREE, FREE, SLOW]


def test_a_standing_queue_is_shown_at_once() -> None:
    """A standing queue waits neither for a second evaluation nor for the hold."""
    states = _run([(0.9, False, True), (np.nan, True, False)])
    assert int(states[-1].level[0]) == QUEUE
    assert int(states[-1].since[0]) == int(states[-1].last_valid[0]) == 120


def test_a_silent_segment_grows_old_and_is_then_no_data() -> None:
    """Without valid samples the level is kept as old for ten minutes, then dropped."""
    states = _run([(0.9, False, True)] + [(0.1, False, False)] * 11)
    assert [int(s.level[0]) for s in states] == [FREE] * 11 + [NO_DATA]
    assert not is_old(states[0], 60)[0]
    assert is_old(states[10], 660)[0]
    assert not is_old(states[11], 720)[0]
    assert int(states[11].since[0]) == 720


def test_streaks_do_not_outlive_the_level() -> None:
    """After no data the first sample counts from the beginning."""
    silence = [(np.nan, False, False)] * 11
    states = _run([(0.9, False, True), (0.1, False, True), *silence])
    assert not states[-1].below.any()
    assert int(states[-1].level[0]) == NO_DATA


def test_a_repeated_tick_counts_once() -> None:
    """A redelivered evaluation does not complete a change."""
    state = _run([(0.9, False, True), (0.1, False, True)])[-1]
    again = step(
        POLICY, state, np.array([0.1]), np.array([True]), np.array([True]), now=120
    )
    for name, array in state.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array)


@given(st.integers(0, 3), st.data())
def test_nothing_changes_between_the_edges(start: int, data: st.DataObject) -> None:
    """However long a ratio moves between a way in and a way out, the level stays."""
    bands = [(0.751, 1.3), (0.5, 0.75), (0.25, 0.5), (0.0, 0.249)]
    low, high = bands[start]
    leave = (1.3, 0.8, 0.6, 0.33)[start]
    middle = st.floats(low, min(leave, 1.3))
    values = data.draw(st.lists(middle, min_size=1, max_size=40))
    begin = (low + high) / 2
    assert _levels(begin, *values) == [start] * (len(values) + 1)


@given(days)
def test_the_same_minutes_give_the_same_levels(minutes: Minutes) -> None:
    """A step depends on nothing but its arguments, and segments on no other."""
    states = _run(minutes, copies=3)
    again = _run(minutes)
    for one, other in zip(states, again, strict=True):
        assert one.level.tolist() == other.level.tolist() * 3
        assert one.since.tolist() == other.since.tolist() * 3


@given(days)
def test_changes_of_direction_are_three_minutes_apart(minutes: Minutes) -> None:
    """No level turns back within the hold, but for a standing queue or no data."""
    changes = [(0, 0)]
    states = [LevelState.unknown(POLICY, 1, now=0), *_run(minutes)]
    for (before, state), (_, standing, _) in zip(
        pairwise(states), minutes, strict=True
    ):
        old, new = int(before.level[0]), int(state.level[0])
        if NO_DATA in (old, new):
            changes.append((int(state.since[0]), 0))
        elif new != old and not standing:
            since, way = changes[-1]
            turned = (new > old) == (way < 0)
            waited = int(state.since[0]) - since
            assert way == 0 or not turned or waited >= POLICY.hold_s
        if new != old and NO_DATA not in (old, new):
            changes.append((int(state.since[0]), 1 if new > old else -1))


@given(days, st.floats(0, 0.3))
def test_slower_traffic_is_never_a_better_level(minutes: Minutes, less: float) -> None:
    """Without a hold, the same day with lower ratios is nowhere shown better."""
    policy = replace(POLICY, hold_s=0)
    slower = [(max(ratio - less, 0), stand, valid) for ratio, stand, valid in minutes]
    pairs = zip(_run(minutes, policy), _run(slower, policy), strict=True)
    for state, worse in pairs:
        assert int(worse.level[0]) >= int(state.level[0])


def test_state_survives_being_stored() -> None:
    """The arrays are all there is: a state built from them goes on the same."""
    state = _run([(0.9, False, True), (0.1, False, True)], copies=2)[-1]
    stored = LevelState(**dict(state.arrays()))  # type: ignore[arg-type]  # by name
    first = stored.take(np.array([1]))
    arguments = np.array([0.1]), np.array([False]), np.array([True])
    assert step(POLICY, first, *arguments, now=180).level.tolist() == [QUEUE]
    both = [np.repeat(argument, 2) for argument in arguments]
    assert step(POLICY, stored, *both, now=180).level.tolist() == [QUEUE] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"enter": (0.5, 0.75, 0.25)},
        {"leave": (0.8, 0.6, 0.2)},
        {"enter": (0.5,)},
        {"enter": (), "leave": ()},
        {"worsen_after": 0},
        {"improve_after": 101},
    ],
)
def test_a_policy_that_would_flap_is_refused(change: dict[str, object]) -> None:
    """Thresholds out of order or counts out of range are an error with the way out."""
    with pytest.raises(ValueError, match="wanted"):
        replace(POLICY, **change)  # type: ignore[arg-type]  # a table of mistakes
