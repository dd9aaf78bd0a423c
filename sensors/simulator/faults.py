"""Owns what goes wrong with devices: seeded, rare, each kind at least once a day.

Times are within one UTC day, so any 48 hours show every kind.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from sensors.simulator.frame import DAY_S
from sensors.simulator.noise import generator

Kind = Literal[
    "gap", "dead", "stuck", "negative", "sentinel", "text", "clock", "calibrating"
]


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a kind of fault shows.

    Parameters
    ----------
    kind
        ``gap`` and ``dead``: no message, for minutes or hours. ``stuck``: one quantity
        repeats its first value. ``negative``, ``sentinel``, ``text``: one absurd
        value. ``clock``: the device's clock is off. ``calibrating``: the instrument
        says so, and its values are those of the calibration gas.
    shortest_s, longest_s
        How long it lasts [s].
    times
        Devices a day.
    """

    kind: Kind
    shortest_s: int
    longest_s: int
    times: int


AIR_FAULTS: Final = (
    Pattern("gap", 900, 2700, 3),
    Pattern("dead", 2 * 3600, 6 * 3600, 1),
    Pattern("stuck", 2 * 3600, 5 * 3600, 1),
    Pattern("negative", 300, 300, 2),
    Pattern("sentinel", 300, 600, 2),
    Pattern("text", 300, 300, 1),
    Pattern("clock", DAY_S, DAY_S, 1),
    Pattern("calibrating", 1800, 3600, 1),
)
TRAFFIC_FAULTS: Final = (
    Pattern("gap", 120, 900, 6),
    Pattern("dead", 3600, 3 * 3600, 1),
)
LOST: Final = 0.001
"""Share of a device's intervals that are simply lost."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One device's trouble over (start, end] of interval ends [unix s].

    `chance` is a number from 0 to 1 that decides the details: which quantity, how far
    the clock is off.
    """

    kind: Kind
    device: str
    start: int
    end: int
    chance: float

    def holds(self, end: int) -> bool:
        """Whether it touches the interval that ends at `end` [unix s]."""
        return self.start < end <= self.end

    @property
    def clock_s(self) -> int:
        """How far a wrong clock is off, −40 to −5 or 5 to 25 [s]."""
        slow, fast = -40 + round(70 * self.chance), 5 + round(40 * (self.chance - 0.5))
        return slow if self.chance < 0.5 else fast  # noqa: PLR2004  # half of each


def faults(
    seed: int, day: int, devices: tuple[str, ...], patterns: tuple[Pattern, ...]
) -> dict[str, tuple[Fault, ...]]:
    """Return the faults of one UTC day by device; a device has at most one."""
    rng = generator(seed, "faults", day, len(patterns))
    order = [devices[k] for k in rng.permutation(len(devices))]
    kinds = [pattern for pattern in patterns for _ in range(pattern.times)]
    found: dict[str, tuple[Fault, ...]] = {}
    for device, pattern in zip(order, kinds, strict=False):
        length = int(rng.integers(pattern.shortest_s, pattern.longest_s + 1))
        start = day * DAY_S + int(rng.integers(DAY_S - length + 1))
        chance = float(rng.random())
        found[device] = (Fault(pattern.kind, device, start, start + length, chance),)
    return found


def lost(seed: int, day: int, device: str, steps: int) -> frozenset[int]:
    """Return the steps of one UTC day whose message is lost on its way."""
    rng = generator(seed, "lost", device, day)
    return frozenset(np.flatnonzero(rng.random(steps) < LOST).tolist())
