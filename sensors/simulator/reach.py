"""Owns how far back along the roads a queue can grow; knows no time."""

from typing import Final

from sensors.city import City
from sensors.city.geometry import line_length_m
from sensors.city.site import Segment

REACH_M: Final = 2_500.0
"""Farthest that a queue grows upstream [m]."""


def upstream(city: City, segment: Segment) -> dict[str, float]:
    """Return the way back to the detectors upstream [m], as far as a queue grows.

    Detectors stand near the end of their segments, where queues begin.
    """
    found = {segment.id: 0.0}
    ahead = [segment]
    while ahead:
        here = ahead.pop(0)
        for name in here.upstream:
            above = city.segment(name)
            if above is None or name in found:
                continue
            distance = found[here.id] + length_of(here)
            if distance <= REACH_M:
                found[name] = distance
                ahead.append(above)
    return found


def length_of(segment: Segment) -> float:
    """Return a segment's length [m]: as written, else along its line."""
    return segment.length_m or line_length_m(segment.line or ())
