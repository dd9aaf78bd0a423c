"""The city's weather."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sensors.simulator.frame import frame
from sensors.simulator.weather import Weather, weather

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
JULY, NOVEMBER = 20_270, 20_410


def _days(first: int, count: int) -> list[Weather]:
    return [weather(1, frame(day, 300, HERE)) for day in range(first, first + count)]


@pytest.mark.parametrize("first", [JULY, NOVEMBER])
def test_weather_stays_what_the_lowlands_know(first: int) -> None:
    """Temperature, humidity, pressure and wind are within what is seen there."""
    for day in _days(first, 20):
        assert 17.0 < day.temperature.min() < day.temperature.max() < 38.0
        assert 35.0 <= day.humidity.min() <= day.humidity.max() <= 99.0
        assert 1000.0 < day.pressure.min() < day.pressure.max() < 1020.0
        assert 0.0 < day.wind_speed.min() <= day.wind_speed.max() < 8.0
        assert 0.0 <= day.wind_direction.min() <= day.wind_direction.max() < 360.0
        assert 0.1 <= day.mixing.min() <= day.mixing.max() <= 1.0


def test_it_rains_more_in_july_than_in_november() -> None:
    """Showers come on most days of the wet season, on few of the dry one."""
    july = sum(day.rain.max() > 0 for day in _days(JULY, 60))
    november = sum(day.rain.max() > 0 for day in _days(NOVEMBER, 60))
    assert july > 1.5 * november > 0


def test_rain_washes_out_and_the_air_dries_again() -> None:
    """While it rains the washing-out grows; hours later it has faded."""
    wet = next(day for day in _days(JULY, 20) if day.rain.max() > 0)
    raining = wet.rain > 0
    assert np.all(np.diff(wet.wet[raining]) >= -1e-9)
    assert wet.wet[-1] < wet.wet.max()


def test_nights_mix_less_than_days() -> None:
    """Inversions hold what is emitted near the ground."""
    for day in _days(NOVEMBER, 10):
        hour = frame(NOVEMBER, 300, HERE).hour
        night, noon = (
            day.mixing[np.abs(hour - 5.5) < 1],
            day.mixing[np.abs(hour - 12) < 1],
        )
        assert night.mean() < noon.mean()
