"""Owns the true air over the city: what each station would read were it perfect."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from sensors.city.site import Station
from sensors.simulator.episode import Smoke
from sensors.simulator.frame import Frame, bump, by_date
from sensors.simulator.noise import Floats, generator, wander
from sensors.simulator.weather import Weather

AIR_STEP_S: Final = 300
"""Step of the field [s]; a reading is that of the step in which its interval ends."""

_MEMORY: Final = 12.0  # steps: an hour
_SERIES: Final = 8  # independent series of noise a station

Truth = dict[str, Floats]
"""By quantity of `sensors.reading`, values of shape (steps, stations)."""


class Surroundings(NamedTuple):
    """What stands around a station: shares of road and industry, and background."""

    road: float
    industry: float
    background: float


# By the leading letters of the network's codes (monthly bulletins of the province).
SURROUNDINGS: Final = {
    "GT": Surroundings(road=1.0, industry=0.2, background=1.05),  # giao thông
    "CN": Surroundings(road=0.35, industry=1.0, background=1.1),  # công nghiệp
    "NT": Surroundings(road=0.08, industry=0.05, background=0.75),  # nông thôn
    "N": Surroundings(road=0.05, industry=0.0, background=0.7),  # nền: background
}
_TOWN: Final = Surroundings(road=0.4, industry=0.2, background=1.0)


@dataclass(frozen=True, slots=True)
class Places:
    """The stations and their surroundings as arrays."""

    ids: tuple[str, ...]
    road: Floats
    industry: Floats
    background: Floats


def places(stations: tuple[Station, ...]) -> Places:
    """Return stations as arrays; a station whose code says nothing stands in a town."""
    rows = [SURROUNDINGS.get(_letters(s.code or ""), _TOWN) for s in stations]
    road, industry, background = np.array(rows, np.float64).reshape(-1, 3).T
    return Places(tuple(s.id for s in stations), road, industry, background)


def _letters(code: str) -> str:
    return "".join(c for c in code if c.isalpha()).upper()


def air(
    seed: int, frame: Frame, sky: Weather, where: Places, smokes: tuple[Smoke, ...]
) -> Truth:
    """Return the true air of one day at every station.

    Emissions of traffic (two peaks, weekdays more than weekends) and industry are
    diluted by how the air mixes; ozone is made by the sun and eaten by fresh NO;
    rain washes particles out; smoke comes on top.
    """
    noise = (
        wander(
            seed, "air", where.ids, frame.day, (frame.steps, _SERIES), memory=_MEMORY
        )
        * 0.1
    )
    rough = np.exp(noise)  # shape (steps, stations, series)
    thin = 1.0 / (0.35 + 0.65 * sky.mixing)[:, None]
    traffic = _traffic(frame)[:, None] * where.road
    works = _works(frame)[:, None] * where.industry
    wash = (1.0 - 0.55 * sky.wet)[:, None]
    smoke = _smoke(frame, where, smokes)
    fine = _regional(seed, frame)[:, None] * where.background * (0.65 + 0.35 * thin)
    fine = (fine + (8.0 * traffic + 6.0 * works) * thin) * wash * rough[:, :, 0] + smoke
    coarse = (9.0 + 16.0 * traffic + 9.0 * works) * wash * rough[:, :, 1]
    no2 = (9.0 + (34.0 * traffic + 16.0 * works) * thin) * rough[:, :, 2] + 0.1 * smoke
    made = 22.0 + 105.0 * sky.sun[:, None] ** 1.2
    o3 = np.maximum(made * rough[:, :, 3] - 0.45 * no2, 3.0)
    so2 = (6.0 + (4.0 * traffic + 17.0 * works) * thin) * rough[:, :, 4]
    co = (340.0 + 950.0 * traffic * thin) * rough[:, :, 5] + 9.0 * smoke
    return {
        "pm25": fine,
        "pm10": 1.15 * fine + coarse,
        "pm1": 0.68 * fine,
        "o3": o3,
        "no2": no2,
        "so2": so2,
        "co": co,
        **_local_weather(sky, noise),
    }


def _traffic(frame: Frame) -> Floats:
    """Return what traffic emits, 0 to about 1.2."""
    peaks = 0.75 * bump(frame.hour, 7.2, 1.2) + 0.8 * bump(frame.hour, 17.6, 1.6)
    day = 0.4 * bump(frame.hour, 13.0, 5.0)
    return 0.12 + (peaks + day) * np.where(frame.weekend, 0.65, 1.0)


def _works(frame: Frame) -> Floats:
    """Return what industry emits: shifts round the clock, fewer on weekends."""
    return (0.6 + 0.4 * bump(frame.hour, 11.0, 4.5)) * np.where(frame.weekend, 0.7, 1.0)


def _regional(seed: int, frame: Frame) -> Floats:
    """Return the PM2.5 that the wind brings [µg/m³]: more in the dry season."""
    season = 14.0 - 5.0 * frame.summer

    def level(date: int) -> float:
        return float(np.exp(0.22 * generator(seed, "regional", date).standard_normal()))

    today = by_date(frame.date, level)
    tomorrow = by_date(frame.date + 1, level)
    share = frame.hour / 24.0
    return season * ((1.0 - share) * today + share * tomorrow)


def _smoke(frame: Frame, where: Places, smokes: tuple[Smoke, ...]) -> Floats:
    """Return the PM2.5 of smoke [µg/m³], shape (steps, stations)."""
    ends = frame.middle + frame.step_s / 2.0
    total = np.zeros((frame.steps, len(where.ids)))
    for smoke in smokes:
        share = [_share(smoke, name) for name in where.ids]
        total += smoke.added(ends)[:, None] * np.array(share)
    return total


def _share(smoke: Smoke, station: str) -> float:
    """Return how much of the smoke a station gets: 0, or 0.85 to 1."""
    if station not in smoke.stations:
        return 0.0
    return 0.85 + 0.15 * float(generator(0, "smoke", station).random())


def _local_weather(sky: Weather, noise: Floats) -> Truth:
    """Return the weather at each station: the city's, a little different everywhere."""
    warm, gust = 4.0 * noise[:, :, 6], noise[:, :, 7]
    return {
        "temperature": sky.temperature[:, None] + warm,
        "humidity": np.clip(sky.humidity[:, None] - 4.0 * warm, 30.0, 100.0),
        "pressure": sky.pressure[:, None] + 0.5 * gust,
        "wind_speed": np.maximum(sky.wind_speed[:, None] * np.exp(2.0 * gust), 0.0),
        "wind_direction": (sky.wind_direction[:, None] + 90.0 * gust) % 360.0,
        "rain": np.maximum(sky.rain[:, None] * (1.0 + 3.0 * gust), 0.0)
        * (AIR_STEP_S / 3600.0),
    }
