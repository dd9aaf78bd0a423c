"""Owns what instruments make of the truth: noise, bias by humidity, drift, steps."""

from typing import Final, NamedTuple

import numpy as np

from sensors.city.site import Station
from sensors.simulator.air import Places, Truth
from sensors.simulator.frame import Frame
from sensors.simulator.noise import Floats, generator, white

SERVICE_D: Final = 90
"""Days after which a cheap instrument is cleaned and its drift begins anew."""
HUMID: Final = 60.0
"""Humidity above which cheap optical counters take droplets for dust [%]."""

_SEES_DROPLETS: Final = frozenset({"pm25", "pm10", "pm1"})


class Grade(NamedTuple):
    """How good an instrument is.

    Parameters
    ----------
    noise
        Standard deviation of one reading, as a fraction of it.
    humidity
        Excess at 100 % humidity, as a fraction, growing from `HUMID`.
    drift
        Largest gain or loss just before service, as a fraction.
    """

    noise: float
    humidity: float
    drift: float


GRADES: Final = {
    "regulatory": Grade(noise=0.015, humidity=0.0, drift=0.0),
    "reference": Grade(noise=0.07, humidity=0.28, drift=0.12),
}

# Smallest step that an instrument reports, in the quantity's canonical unit.
DECIMALS: Final = {"co": 0, "wind_direction": 0}
_POLLUTANTS: Final = ("pm25", "pm10", "pm1", "o3", "no2", "so2", "co")


def observe(
    seed: int, frame: Frame, where: Places, stations: tuple[Station, ...], truth: Truth
) -> Truth:
    """Return what the instruments of the stations report of the truth."""
    grades = [GRADES[station.station_class] for station in stations]
    noisy = np.array([grade.noise for grade in grades])
    shape = (frame.steps, len(_POLLUTANTS))
    chance = white(seed, "instrument", where.ids, frame.day, shape)
    drift = np.array([_drift(seed, s.id, frame.day) for s in stations])
    gain = 1.0 + drift * np.array([grade.drift for grade in grades])
    excess = np.clip((truth["humidity"] - HUMID) / (100.0 - HUMID), 0.0, 1.0)
    droplets = 1.0 + excess**2 * np.array([grade.humidity for grade in grades])
    seen: Truth = {}
    for quantity, values in truth.items():
        if quantity in _POLLUTANTS:
            k = _POLLUTANTS.index(quantity)
            bias = gain * (droplets if quantity in _SEES_DROPLETS else 1.0)
            values = values * bias * (1.0 + noisy * chance[:, :, k])  # noqa: PLW2901  # a step of the same thing
        seen[quantity] = _rounded(quantity, values)
    return seen


def _rounded(quantity: str, values: Floats) -> Floats:
    return np.round(values, DECIMALS.get(quantity, 1)) + 0.0


def _drift(seed: int, station: str, day: int) -> float:
    """Return how far a station has drifted, −1 to 1; it is cleaned every 90 days."""
    rng = generator(seed, "drift", station)
    slope = rng.uniform(-1.0, 1.0)
    age = (day + int(rng.integers(SERVICE_D))) % SERVICE_D
    return float(slope * age / SERVICE_D)
