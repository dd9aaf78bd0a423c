"""Owns who wants to drive when: demand by hour and weekday, classes and their lanes."""

from typing import Final, NamedTuple

import numpy as np

from sensors.reading import VEHICLE_CLASSES
from sensors.simulator.frame import Frame, bump
from sensors.simulator.noise import Floats, generator, wander

MINUTE_S: Final = 60


class Vehicle(NamedTuple):
    """A class of vehicles.

    Parameters
    ----------
    share
        Of all vehicles, over a day.
    length
        Mean length [m].
    pcu
        Passenger car units [TCVN4054].
    kerb
        How its numbers change from one lane to the next away from the kerb (factor).
    """

    share: float
    length: float
    pcu: float
    kerb: float


VEHICLES: Final = {
    "motorcycle": Vehicle(share=0.665, length=1.9, pcu=0.3, kerb=0.5),
    "car": Vehicle(share=0.20, length=4.5, pcu=1.0, kerb=1.7),
    "bus": Vehicle(share=0.015, length=11.0, pcu=2.5, kerb=0.8),
    "truck": Vehicle(share=0.085, length=8.8, pcu=2.2, kerb=1.3),
    "bicycle": Vehicle(share=0.025, length=1.8, pcu=0.2, kerb=0.3),
    "other": Vehicle(share=0.01, length=5.0, pcu=1.5, kerb=0.6),
}
if set(VEHICLES) != set(VEHICLE_CLASSES):  # pragma: no cover  # a slip of ours only
    raise AssertionError(VEHICLES)

LENGTHS: Final = np.array([VEHICLES[name].length for name in VEHICLE_CLASSES])
"""Mean lengths in the order of `VEHICLE_CLASSES` [m]."""
PCU: Final = np.array([VEHICLES[name].pcu for name in VEHICLE_CLASSES])
"""Passenger car units in the order of `VEHICLE_CLASSES`."""

BUSY_SHARE: Final = 0.22
"""Share of segments whose demand exceeds their capacity at a weekday's peak."""


def load(
    seed: int, frame: Frame, segments: tuple[str, ...], calm: frozenset[str]
) -> Floats:
    """Return demand ÷ capacity of segments over one day, shape (steps, segments).

    Two peaks on weekdays, of which a direction has one more than the other; a flat
    hump on weekends; a tenth of it at night. `calm` segments never reach capacity.
    """
    rough = wander(seed, "demand", segments, frame.day, (frame.steps, 1), memory=40.0)[
        :, :, 0
    ]
    columns = [_segment(seed, frame, name, calm=name in calm) for name in segments]
    smooth = np.stack(columns, axis=1) if columns else np.zeros((frame.steps, 0))
    loads: Floats = smooth * np.exp(0.04 * rough)
    return loads


def _segment(seed: int, frame: Frame, name: str, *, calm: bool) -> Floats:
    rng = generator(seed, "load", name)
    busy, peak, tide = rng.random(3)
    top = 1.06 + 0.12 * peak if busy < BUSY_SHARE and not calm else 0.58 + 0.32 * peak
    inward = 0.88 + 0.12 * np.sign(tide - 0.5)
    outward = 1.76 - inward
    weekday = np.maximum.reduce(
        [
            inward * bump(frame.hour, 7.1, 1.0),
            outward * bump(frame.hour, 17.3, 1.3),
            0.62 * bump(frame.hour, 12.5, 4.2),
        ]
    )
    weekend = 0.72 * bump(frame.hour, 16.5, 5.0)
    loads: Floats = top * (0.07 + 0.93 * np.where(frame.weekend, weekend, weekday))
    return loads


def shares(frame: Frame) -> Floats:
    """Return the classes' shares of vehicles by time of day, shape (steps, classes).

    At night there are fewer motorcycles and more trucks, which the town's streets do
    not admit at the peaks.
    """
    base = np.array([VEHICLES[name].share for name in VEHICLE_CLASSES])
    night = bump(frame.hour, 2.0, 2.5)[:, None]
    peak = (bump(frame.hour, 7.1, 1.0) + bump(frame.hour, 17.3, 1.3))[:, None]
    truck = np.array([name == "truck" for name in VEHICLE_CLASSES])
    weight = base * np.where(truck, 1.0 + 1.6 * night - 0.45 * peak, 1.0)
    parts: Floats = weight / weight.sum(axis=1, keepdims=True)
    return parts


def lanes_of(lanes: int) -> Floats:
    """Return how each class spreads over lanes, shape (lanes, classes), columns sum 1.

    Lane 1 is beside the kerb, where the motorcycles are.
    """
    kerb = np.array([VEHICLES[name].kerb for name in VEHICLE_CLASSES])
    weight = kerb[None, :] ** np.arange(lanes)[:, None]
    parts: Floats = weight / weight.sum(axis=0, keepdims=True)
    return parts
