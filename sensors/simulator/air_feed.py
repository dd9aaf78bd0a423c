"""Owns the messages of air devices of one day: instruments and faults joined."""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from sensors.city import City
from sensors.city.device import Device
from sensors.city.site import Station
from sensors.simulator.air import AIR_STEP_S, Places, Truth, air, places
from sensors.simulator.faults import AIR_FAULTS, Fault, faults, lost
from sensors.simulator.frame import DAY_S, frame
from sensors.simulator.instrument import observe
from sensors.simulator.noise import Floats
from sensors.simulator.payload import Message, air_message, in_units_of, marked, moment
from sensors.simulator.scene import Scene
from sensors.simulator.weather import weather

POLLUTANTS: Final = frozenset({"pm25", "pm10", "pm1", "o3", "no2", "so2", "co"})
_WEATHER_ABSURD: Final = 999.0
_LOGGER_EMPTY: Final = -999.0

Values = dict[str, float | str]


def air_devices(city: City) -> tuple[tuple[Device, Station], ...]:
    """Return the air devices of a city with their stations."""
    found = []
    for device in city.devices:
        station = city.station(device.site)
        if device.kind == "air" and station is not None:
            found.append((device, station))
    return tuple(found)


class AirFeed:
    """The air devices' messages of one UTC day.

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
        self._devices = air_devices(scene.city)
        where = places(scene.city.stations)
        self._names, self._seen = _reported(scene, day, where)
        self._column = {name: k for k, name in enumerate(where.ids)}
        safe = tuple(d.id for d, s in self._devices if s.id not in scene.smoky)
        self._faults = faults(scene.seed, day, safe, AIR_FAULTS)
        self._lost = {
            name: lost(scene.seed, day, name, DAY_S // AIR_STEP_S) for name in safe
        }
        self._topics = {d.id: scene.city.topic(d.id) for d, _ in self._devices}

    def at(self, end: int) -> Iterator[Message]:
        """Yield the messages of the intervals that end at `end` [unix s]."""
        step = self._step(end)
        for device, station in self._devices:
            if end % device.interval_s or step in self._lost.get(device.id, ()):
                continue
            holding = [f for f in self._faults.get(device.id, ()) if f.holds(end)]
            message = self._message(device, station, end, next(iter(holding), None))
            if message is not None:
                yield message

    def _step(self, end: int) -> int:
        return max(end - 1 - self._start, 0) // AIR_STEP_S

    def _message(
        self, device: Device, station: Station, end: int, fault: Fault | None
    ) -> Message | None:
        kind = None if fault is None else fault.kind
        if kind in {"gap", "dead"}:
            return None
        values = self._values(device, station, end)
        if fault is not None:
            first = self._values(device, station, fault.start)
            values = afflicted(fault, values, first)
        shift = 0 if fault is None or kind != "clock" else fault.clock_s
        time = moment(marked(device, end, device.period_s) + shift, self._zone)
        knows = station.station_class == "regulatory"  # cheap instruments do not
        status = "measuring" if knows else None
        if kind == "calibrating":
            status = "calibrating"
        return air_message(self._topics[device.id], time, values, status)

    def _values(self, device: Device, station: Station, end: int) -> Values:
        seen = self._seen[self._step(end), self._column[station.id]].tolist()
        return {
            name: in_units_of(device, name, value)
            for name, value in zip(self._names, seen, strict=True)
            if name in station.quantities
        }


def _reported(scene: Scene, day: int, where: Places) -> tuple[tuple[str, ...], Floats]:
    """Return the quantities, and their values by step, station and quantity."""
    steps = frame(day, AIR_STEP_S, scene.city.zone)
    sky = weather(scene.seed, steps)
    truth: Truth = air(scene.seed, steps, sky, where, scene.smokes(day))
    seen = observe(scene.seed, steps, where, scene.city.stations, truth)
    return tuple(seen), np.stack(list(seen.values()), axis=2)


def afflicted(fault: Fault, values: Values, first: Values) -> Values:
    """Return what a device sends instead of `values` while a fault holds.

    Parameters
    ----------
    fault
        The trouble; its `chance` picks the quantity.
    values, first
        What it would send, and what it would have sent when the trouble began.
    """
    gases = [name for name in values if name in POLLUTANTS]
    others = [name for name in values if name in {"humidity", "temperature"}]
    if not gases:
        return values
    picked = gases[int(fault.chance * len(gases)) % len(gases)]
    changed: dict[str, Values] = {
        "stuck": {picked: first[picked]},
        "negative": {picked: round(-3.0 - 40.0 * fault.chance, 1)},
        "sentinel": {others[0]: _WEATHER_ABSURD} if others else {picked: _LOGGER_EMPTY},
        "text": {picked: "ERR"},
        "calibrating": dict.fromkeys(gases, 0.0),
    }
    return {**values, **changed.get(fault.kind, {})}
