"""The level of a road: thresholds in and out, persistence, hold, and growing old.

One pure step for n segments; what a valid sample is belongs to
`streams.calc.congestion`, when a queue becomes a jam to `streams.calc.jam`.

Each threshold is a switch of its own with two edges: it closes after
`worsen_after` evaluations in a row below its way in, and opens after
`improve_after` in a row above its way out. The level is moved the least that
agrees with all switches, so a ratio between the two edges never changes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streams.calc.fixed import MISSING, Bool, Float, Int8, Int64

LEVELS: Final = ("free", "busy", "slow", "queue", "jam", "no_data", "closed")
FREE, BUSY, SLOW, QUEUE, JAM, NO_DATA, CLOSED = range(len(LEVELS))

_STREAKS: Final = range(1, 101)


@dataclass(frozen=True, slots=True)
class LevelPolicy:
    """How a ratio becomes a level; all values are our choice and configurable.

    Parameters
    ----------
    enter
        The next worse level begins below these ratios to free flow, falling.
    leave
        A level is left for the better above these, one each, above its `enter`.
    worsen_after, improve_after
        Evaluations in a row that a change needs, 1 … 100.
    hold_s
        Time [s] before a level may change back in the other direction. Going on in
        the same direction is not held up: it is news, not flapping.
    stale_after_s
        Time [s] after the last valid evaluation for which the level is still shown,
        as old; after it there is no data.
    """

    enter: tuple[float, ...] = (0.75, 0.50, 0.25)
    leave: tuple[float, ...] = (0.80, 0.60, 0.33)
    worsen_after: int = 2
    improve_after: int = 3
    hold_s: int = 180
    stale_after_s: int = 600

    def __post_init__(self) -> None:
        """Refuse thresholds that would flap or never change."""
        falling = all(
            edges[i] > edges[i + 1]
            for edges in (self.enter, self.leave)
            for i in range(len(edges) - 1)
        )
        apart = all(i < o for i, o in zip(self.enter, self.leave, strict=False))
        if not (falling and apart and 0 < len(self.enter) == len(self.leave) <= QUEUE):
            message = (
                f"level thresholds in {self.enter}, out {self.leave}: wanted one to "
                f"{QUEUE} of each, falling, every way out above its way in"
            )
            raise ValueError(message)
        if not {self.worsen_after, self.improve_after} <= set(_STREAKS):
            message = (
                f"a change after {self.worsen_after} evaluations to the worse and "
                f"{self.improve_after} to the better: wanted 1 to {_STREAKS[-1]} each"
            )
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class LevelState:
    """What n segments remember; plain arrays, so that it can be stored as it is.

    Parameters
    ----------
    level
        Place in `LEVELS`, shape ``(n,)``: free … queue or no_data.
    since
        When the level began [s UTC].
    worsened
        The last change was to the worse, or from no_data.
    below, above
        Evaluations in a row below each way in and above each way out, shape
        ``(n, thresholds)``, not counted further than a change needs.
    last_valid
        Time of the last valid evaluation [s UTC]; `MISSING` if there was none.
    """

    level: Int8
    since: Int64
    worsened: Bool
    below: Int8
    above: Int8
    last_valid: Int64

    @classmethod
    def unknown(cls, policy: LevelPolicy, segments: int, now: int) -> "LevelState":
        """Begin with nothing known of `segments` segments at `now` [s UTC]."""
        streaks = np.zeros((segments, len(policy.enter)), dtype=np.int8)
        return cls(
            level=np.full(segments, NO_DATA, dtype=np.int8),
            since=np.full(segments, now, dtype=np.int64),
            worsened=np.zeros(segments, dtype=np.bool_),
            below=streaks,
            above=streaks,
            last_valid=np.full(segments, MISSING, dtype=np.int64),
        )

    def arrays(self) -> Mapping[str, NDArray[np.generic]]:
        """Name every array, to be stored; `LevelState(**arrays)` is the way back."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def take(self, places: Int64) -> "LevelState":
        """Give the state of the segments in `places`, in that order."""
        return LevelState(**{k: array[places] for k, array in self.arrays().items()})  # type: ignore[arg-type]  # each array keeps its own type


def step(
    policy: LevelPolicy,
    state: LevelState,
    ratio: Float,
    standing: Bool,
    valid: Bool,
    *,
    now: int,
) -> LevelState:
    """Evaluate all segments once.

    Parameters
    ----------
    ratio
        Space-mean speed ÷ free-flow speed; NaN where there is none.
    standing
        Where a queue stands: its level is the worst at once, and this is a valid
        evaluation whatever `valid` says.
    valid
        Where the sample is large enough; elsewhere the level is kept until
        `stale_after_s` is over.
    now
        Time of the evaluation [s UTC]; a segment evaluated at `now` or later already
        is left as it is, so a repeated tick counts once.

    Returns
    -------
    LevelState
        New arrays; `state` is untouched.
    """
    fresh = now > state.last_valid
    seen = (standing | (valid & ~np.isnan(ratio))) & fresh
    below, above = _streaks(policy, state, np.where(standing, -np.inf, ratio), seen)
    moved = _moved(policy, state, below, above, now)
    first = (state.level == NO_DATA) | standing
    at_once = (np.where(standing, 0.0, ratio)[:, None] < _edges(policy.enter)).sum(1)
    worst = np.where(standing, len(policy.enter), at_once)
    level = np.where(seen, np.where(first, worst, moved), state.level)
    last_valid = np.where(seen, now, state.last_valid)
    stale = last_valid < now - policy.stale_after_s
    level = np.where(stale, NO_DATA, level).astype(np.int8)
    changed = level != state.level
    keep = ~(stale & changed)[:, None]
    return LevelState(
        level=level,
        since=np.where(changed, now, state.since),
        worsened=np.where(changed, _worsened(state.level, level), state.worsened),
        below=np.where(keep, below, 0).astype(np.int8),
        above=np.where(keep, above, 0).astype(np.int8),
        last_valid=last_valid,
    )


def _worsened(before: Int8, after: Int8) -> Bool:
    # The first level known is no improvement that would have to be held.
    return np.asarray((after > before) | (before == NO_DATA))


def _edges(thresholds: tuple[float, ...]) -> Float:
    return np.array(thresholds, dtype=np.float64)


def _streaks(
    policy: LevelPolicy, state: LevelState, ratio: Float, seen: Bool
) -> tuple[Int8, Int8]:
    column = ratio[:, None]
    below = np.where(column < _edges(policy.enter), state.below + 1, 0)
    above = np.where(column > _edges(policy.leave), state.above + 1, 0)
    known = seen[:, None]
    return (
        np.where(known, np.minimum(below, policy.worsen_after), state.below),
        np.where(known, np.minimum(above, policy.improve_after), state.above),
    )


def _moved(
    policy: LevelPolicy, state: LevelState, below: Int8, above: Int8, now: int
) -> Int8:
    at_least = (below >= policy.worsen_after).sum(axis=1)
    at_most = (above < policy.improve_after).sum(axis=1)
    held = now - state.since < policy.hold_s
    worse = np.maximum(state.level, at_least)
    better = np.minimum(state.level, at_most)
    worse = np.where(held & ~state.worsened, state.level, worse)
    better = np.where(held & state.worsened, state.level, better)
    return np.where(at_least > state.level, worse, better).astype(np.int8)


def is_old(state: LevelState, now: int) -> Bool:
    """Say where the level shown rests on an evaluation before `now` ("cũ")."""
    return np.asarray((state.level != NO_DATA) & (state.last_valid < now))
