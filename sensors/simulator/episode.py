"""Owns the shapes in time of episodes: smoke, and an incident on a road."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sensors.simulator.noise import Floats

QUEUE_KMH: Final = 12.0
"""Speed at which the tail of a queue grows against the traffic [km/h]."""
DISCHARGE_KMH: Final = 18.0
"""Speed at which a queue dissolves from its head, against the traffic [km/h]."""


@dataclass(frozen=True, slots=True)
class Smoke:
    """Smoke over some stations.

    Parameters
    ----------
    stations
        Ids of the stations that it covers.
    start
        When it begins [unix s].
    strength
        PM2.5 that it adds at its height [µg/m³].
    rise_s, hold_s, fall_s
        Time to its height, at its height, and until it has gone [s].
    """

    stations: frozenset[str]
    start: int
    strength: float
    rise_s: int
    hold_s: int
    fall_s: int

    @property
    def end(self) -> int:
        """When it has gone [unix s]."""
        return self.start + self.rise_s + self.hold_s + self.fall_s

    def added(self, time: Floats) -> Floats:
        """Return the PM2.5 added at times [unix s], in [µg/m³]."""
        corners = np.cumsum([self.start, self.rise_s, self.hold_s, self.fall_s])
        return self.strength * np.interp(time, corners, [0.0, 1.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class Incident:
    """A blocked lane: a standstill at one segment and a queue growing upstream.

    Parameters
    ----------
    segment
        Where it is.
    start, end
        When the lane is blocked [unix s].
    ratio
        Speed in the queue as a fraction of free flow.
    distance
        Metres from the segment's detector back to those of the segments upstream that
        the queue may reach, 0 for the segment itself.
    below
        Segments downstream, which it starves of traffic.
    """

    segment: str
    start: int
    end: int
    ratio: float
    distance: tuple[tuple[str, float], ...]
    below: frozenset[str]

    def queued(self, distance_m: float, time: Floats) -> Floats:
        """Return whether a detector stands in the queue: 0, 1, or between as it clears.

        The tail passes `start` + distance / `QUEUE_KMH`; the head, once the lane is
        free, passes `end` + distance / `DISCHARGE_KMH`, and speeds recover within
        three minutes. Where the head would pass first, the queue never came.
        """
        tail = self.start + distance_m / (QUEUE_KMH / 3.6)
        head = self.end + distance_m / (DISCHARGE_KMH / 3.6)
        clearing = np.clip((head + 180.0 - time) / 180.0, 0.0, 1.0)
        return np.where((time >= tail) & (head > tail), clearing, 0.0)
