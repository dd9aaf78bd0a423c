"""Owns the city's weather, one for all stations; what it does to the air is `air`'s.

Levels are those of the lowlands north of Hồ Chí Minh City: 23 to 35 °C, a dry season
from November to April, showers on the afternoons of the other months.
"""

from dataclasses import dataclass

import numpy as np

from sensors.simulator.frame import DAY_S, Frame, bump, by_date
from sensors.simulator.noise import Floats, generator, wander


@dataclass(frozen=True, slots=True)
class Weather:
    """Weather of one day, an array over its steps each.

    Parameters
    ----------
    sun
        0 at night to 1 at a clear noon.
    mixing
        How well the air near the ground mixes: 0.1 in an inversion to 1 at midday.
    temperature
        [°C].
    humidity
        [%], 35 to 99.
    pressure
        [hPa].
    wind_speed
        [m/s].
    wind_direction
        Where it comes from [°], 0 to 360.
    rain
        [mm/h].
    wet
        How much a shower has washed out: 0 none to 1 all, fading over three hours.
    """

    sun: Floats
    mixing: Floats
    temperature: Floats
    humidity: Floats
    pressure: Floats
    wind_speed: Floats
    wind_direction: Floats
    rain: Floats
    wet: Floats


def weather(seed: int, frame: Frame) -> Weather:
    """Return the weather of one day."""
    rain, wet = _showers(seed, frame)
    hidden = by_date(frame.date, lambda date: _cloud(seed, date))
    sun = np.clip(np.sin(np.pi * (frame.hour - 6.0) / 12.0), 0.0, None)
    sun = sun * (1.0 - 0.6 * hidden) * (1.0 - 0.6 * wet)
    noise = wander(
        seed,
        "weather",
        ("city",),
        frame.day,
        (frame.steps, 4),
        memory=DAY_S / 12 / frame.step_s,
    )[:, 0, :]
    warmth = np.clip(np.sin(np.pi * (frame.hour - 7.5) / 15.0), 0.0, None)
    warmth = warmth * (1.0 - 0.4 * hidden)
    temperature = 24.2 + frame.summer + 8.5 * warmth - 4.0 * wet + 0.5 * noise[:, 0]
    humidity = 91.0 - 4.3 * (temperature - 24.0) + 6.0 * frame.summer + 20.0 * wet
    steady = 60.0 + 165.0 * (frame.summer > 0)  # north-east, or south-west, monsoon
    return Weather(
        sun=sun,
        mixing=_mixing(seed, frame, sun),
        temperature=temperature,
        humidity=np.clip(humidity + 2.0 * noise[:, 1], 35.0, 99.0),
        pressure=_pressure(frame) + 0.6 * noise[:, 2],
        wind_speed=np.clip(0.7 + 2.2 * sun + 0.5 * noise[:, 2] + wet, 0.1, None),
        wind_direction=(steady + 28.0 * noise[:, 3]) % 360.0,
        rain=rain,
        wet=wet,
    )


def _pressure(frame: Frame) -> Floats:
    """Return the pressure with its two tides a day [hPa]."""
    tide = np.cos(2 * np.pi * (frame.hour - 10.0) / 12.0)
    return 1009.5 - 2.0 * frame.summer + 1.6 * tide


def _cloud(seed: int, date: int) -> float:
    return float(generator(seed, "cloud", date).beta(1.5, 3.0))


def _mixing(seed: int, frame: Frame, sun: Floats) -> Floats:
    """Return how well the air mixes; a night runs from noon to noon."""
    nights = np.floor_divide(frame.local - DAY_S / 2, DAY_S).astype(np.int64)
    inversion = by_date(nights, lambda night: _inversion(seed, night))
    morning = 0.55 * bump(frame.hour, 6.0, 2.2) + 0.3 * bump(frame.hour, 22.0, 3.0)
    still = np.clip(morning * (0.35 + 0.9 * inversion), 0.0, 0.75)
    return np.clip(0.5 + 0.5 * sun - still, 0.1, 1.0)


def _inversion(seed: int, night: int) -> float:
    return float(generator(seed, "inversion", night).beta(1.0, 1.6))


def _showers(seed: int, frame: Frame) -> tuple[Floats, Floats]:
    """Return the rain [mm/h] and how much it has washed out (0 to 1)."""
    rain, wet = np.zeros(frame.steps), np.zeros(frame.steps)
    chance = 0.42 + 0.33 * frame.summer
    for date in range(int(frame.date[0]) - 1, int(frame.date[-1]) + 1):
        rng = generator(seed, "shower", date)
        falls, start, length, peak = rng.random(4)
        if falls > chance:
            continue
        length_h = 0.5 + 1.5 * length
        since = frame.local / 3600.0 - date * 24.0 - (13.0 + 5.0 * start)
        part = np.clip(since / length_h, 0.0, 1.0)
        falling = (part > 0.0) & (part < 1.0)
        rain += np.where(falling, (4.0 + 30.0 * peak) * np.sin(np.pi * part), 0.0)
        fading = np.exp(-np.clip(since - length_h, 0.0, None) / 1.5)
        wet = np.maximum(wet, part * fading)
    return rain, wet
