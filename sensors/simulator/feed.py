"""Owns the messages of all devices, minute by minute; ticks are the publisher's."""

from typing import Final

from sensors.simulator.air_feed import AirFeed, air_devices
from sensors.simulator.demand import MINUTE_S
from sensors.simulator.frame import DAY_S
from sensors.simulator.payload import Message
from sensors.simulator.scene import Scene
from sensors.simulator.traffic_feed import TrafficFeed, traffic_devices

COARSE_S: Final = 300
"""Interval of the filled history [s]."""


class Feed:
    """What the devices of a city send, for any minute: a function of scene and time.

    Days are made when first asked for; the last one is kept.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._air_every = [d.interval_s for d, _ in air_devices(scene.city)]
        self._traffic_every = [d.interval_s for d, _ in traffic_devices(scene.city)]
        self._day = -1
        self._air: AirFeed
        self._traffic: TrafficFeed

    def at(self, end: int, *, coarse: bool = False) -> list[Message]:
        """Return the messages of one step of event time.

        Parameters
        ----------
        end
            A full minute [unix s]; where `coarse`, full five minutes.
        coarse
            Whether the step is five minutes and traffic sends one message for them,
            or a minute.
        """
        self._turn_to(end)
        messages = list(self._traffic.at(end, COARSE_S if coarse else None))
        for minute in _minutes(end, coarse=coarse):
            messages += self._air.at(minute)
        return messages

    def due(self, end: int, *, coarse: bool = False) -> int:
        """Return how many messages `at` would give if no device ever failed."""
        every = [max(s, COARSE_S) if coarse else s for s in self._traffic_every]
        traffic = sum(end % interval == 0 for interval in every)
        return traffic + sum(
            minute % interval == 0
            for minute in _minutes(end, coarse=coarse)
            for interval in self._air_every
        )

    def _turn_to(self, end: int) -> None:
        day = (end - 1) // DAY_S
        if day != self._day:
            self._air = AirFeed(self._scene, day)
            self._traffic = TrafficFeed(self._scene, day)
            self._day = day


def _minutes(end: int, *, coarse: bool) -> range:
    first = end - COARSE_S if coarse else end - MINUTE_S
    return range(first + MINUTE_S, end + 1, MINUTE_S)
