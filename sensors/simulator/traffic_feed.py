"""Owns the messages of traffic devices of one day, by minute or by five minutes."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sensors.city import City
from sensors.city.device import Device
from sensors.city.site import Segment
from sensors.reading import VEHICLE_CLASSES
from sensors.simulator.demand import MINUTE_S
from sensors.simulator.faults import TRAFFIC_FAULTS, faults, lost
from sensors.simulator.frame import DAY_S, frame
from sensors.simulator.payload import (
    Message,
    in_units_of,
    marked,
    moment,
    traffic_message,
)
from sensors.simulator.roads import LaneMinutes, roads
from sensors.simulator.scene import Scene


def traffic_devices(city: City) -> tuple[tuple[Device, Segment], ...]:
    """Return the traffic devices of a city with their segments."""
    found = []
    for device in city.devices:
        segment = city.segment(device.site)
        if device.kind == "traffic" and segment is not None:
            found.append((device, segment))
    return tuple(found)


class TrafficFeed:
    """The traffic devices' messages of one UTC day.

    Parameters
    ----------
    scene
        The city and its episodes.
    day
        Day since 1970 [d, UTC].
    """

    def __init__(self, scene: Scene, day: int) -> None:
        self._zone: ZoneInfo = scene.city.zone
        self._start = day * DAY_S
        self._devices = traffic_devices(scene.city)
        self._roads = _driven(scene, day, self._devices)
        safe = tuple(d.id for d, s in self._devices if s.id not in scene.calm)
        self._faults = faults(scene.seed, day, safe, TRAFFIC_FAULTS)
        minutes = DAY_S // MINUTE_S
        self._lost = {name: lost(scene.seed, day, name, minutes) for name in safe}
        self._topics = {d.id: scene.city.topic(d.id) for d, _ in self._devices}

    def at(self, end: int, coarse_s: int | None = None) -> Iterator[Message]:
        """Yield the messages of the intervals that end at `end` [unix s].

        Parameters
        ----------
        end
            A full minute within the day.
        coarse_s
            Where given, devices with shorter intervals send one message for this long
            [s], which says so by its `period_s`.
        """
        minute = (end - self._start) // MINUTE_S
        for device, segment in self._devices:
            period = max(device.interval_s, coarse_s or 0)
            if end % period or minute - 1 in self._lost.get(device.id, ()):
                continue
            if any(fault.holds(end) for fault in self._faults.get(device.id, ())):
                continue
            seen = self._roads[segment.id]
            first = minute - max(period // MINUTE_S, 1)
            yield traffic_message(
                self._topics[device.id],
                moment(marked(device, end, period), self._zone),
                _lanes(device, seen, first, minute),
                None if period == device.period_s else period,
            )


def _driven(
    scene: Scene, day: int, devices: tuple[tuple[Device, Segment], ...]
) -> dict[str, LaneMinutes]:
    segments = tuple({segment.id: segment for _, segment in devices}.values())
    steps = frame(day, MINUTE_S, scene.city.zone)
    return roads(scene.seed, steps, segments, scene.incidents(day), scene.calm)


def _lanes(
    device: Device, seen: LaneMinutes, first: int, last: int
) -> list[dict[str, Any]]:
    """Return what a device says of its lanes over minutes [first, last) of the day."""
    counts, speeds, covered = seen.over(first, last)
    if device.speed_mean == "arithmetic":
        # A mean over vehicles exceeds that over space by its variance (Wardrop).
        speeds = speeds * (1.0 + float(seen.spread[last - 1]) ** 2)
    rows = zip(counts.tolist(), speeds.tolist(), covered.tolist(), strict=True)
    return [
        _lane(device, number, *row)
        for number, row in enumerate(rows, start=1)
        if device.lane in {None, number}
    ]


def _lane(
    device: Device, number: int, counts: list[int], speed: float, covered: float
) -> dict[str, Any]:
    lane: dict[str, Any] = {
        "lane": number,
        "counts": dict(zip(VEHICLE_CLASSES, counts, strict=True)),
        "occupancy": in_units_of(device, "occupancy", round(covered, 4)),
    }
    if speed > 0.0:
        name = f"speed_{device.speed_mean}"
        lane["speed"] = in_units_of(device, name, round(speed, 1))
        lane["speed_mean"] = device.speed_mean
    return lane
