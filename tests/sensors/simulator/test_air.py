"""The true air, and what instruments make of it."""

from dataclasses import replace

import numpy as np
import pytest

from sensors.city import City
from sensors.simulator.air import AIR_STEP_S, Places, Truth, air, places
from sensors.simulator.episode import Smoke
from sensors.simulator.frame import DAY_S, Frame, frame
from sensors.simulator.instrument import observe
from sensors.simulator.weather import Weather, weather

DAY = 20_410  # Tuesday 18 November 2025
RANGES = {
    "pm25": (3, 110),
    "pm10": (8, 200),
    "pm1": (2, 80),
    "o3": (2.9, 170),
    "no2": (3, 160),
    "so2": (2, 80),
    "co": (150, 5000),
    "temperature": (17, 38),
    "humidity": (30, 100),
    "pressure": (1000, 1020),
    "wind_speed": (0, 15),
    "wind_direction": (0, 360),
    "rain": (0, 10),
}


def _sky(city: City, day: int = DAY) -> tuple[Frame, Weather]:
    steps = frame(day, AIR_STEP_S, city.zone)
    return steps, weather(1, steps)


def _truth(city: City, *smokes: Smoke, day: int = DAY) -> tuple[Frame, Places, Truth]:
    steps, sky = _sky(city, day)
    where = places(city.stations)
    return steps, where, air(1, steps, sky, where, smokes)


def test_levels_are_those_of_the_area(city: City) -> None:
    """Without smoke every quantity stays in its usual range, in both seasons."""
    for day in (DAY, DAY + 1, DAY + 100, DAY - 140):
        _, _, truth = _truth(city, day=day)
        assert set(truth) == set(RANGES)
        for quantity, (low, high) in RANGES.items():
            values = truth[quantity]
            assert low <= values.min() <= values.max() <= high, quantity
        assert 8 < np.median(truth["pm25"]) < 60
        assert np.all(truth["pm1"] < truth["pm25"])
        assert np.all(truth["pm25"] < truth["pm10"])


def test_rush_hours_are_seen_beside_roads(city: City) -> None:
    """NO2 at traffic stations peaks in the morning, far above the countryside's."""
    steps, where, truth = _truth(city)
    peak, night = np.abs(steps.hour - 7.2) < 1, np.abs(steps.hour - 2.0) < 1
    road, country = where.road == 1.0, where.road < 0.1
    no2 = truth["no2"]
    assert no2[peak][:, road].mean() > 1.4 * no2[night][:, road].mean()
    assert no2[peak][:, road].mean() > 2.5 * no2[peak][:, country].mean()


def test_industry_makes_sulphur_dioxide(city: City) -> None:
    """SO2 is highest at industrial stations."""
    _, where, truth = _truth(city)
    so2 = truth["so2"].mean(axis=0)
    assert so2[where.industry == 1.0].min() > 1.3 * so2[where.industry < 0.3].mean()


def test_ozone_runs_against_nitrogen_dioxide(city: City) -> None:
    """Ozone is made at noon, when there is least NO2, and eaten at rush hours."""
    _, _, truth = _truth(city)
    pairs = zip(truth["o3"].T, truth["no2"].T, strict=True)
    assert np.mean([np.corrcoef(o3, no2)[0, 1] for o3, no2 in pairs]) < -0.1


def test_rain_cleans_the_air(city: City) -> None:
    """The same day with a shower has less PM10 while it is wet."""
    steps, sky = _sky(city)
    where = places(city.stations)
    wet = replace(sky, wet=np.full(steps.steps, 0.8))
    dry = replace(sky, wet=np.zeros(steps.steps))
    clean, dirty = (air(1, steps, s, where, ())["pm10"] for s in (wet, dry))
    assert np.all(clean < 0.75 * dirty)


def test_smoke_comes_on_top_where_it_is(city: City) -> None:
    """Smoke adds its strength at its stations from its start, and nothing elsewhere."""
    inside = frozenset({city.stations[0].id, city.stations[3].id})
    start = DAY * DAY_S + 40_000
    smoke = Smoke(inside, start, 200.0, 600, 7200, 1800)
    steps, where, smoky = _truth(city, smoke)
    _, _, clean = _truth(city)
    added = smoky["pm25"] - clean["pm25"]
    within = np.array([name in inside for name in where.ids])
    held = (steps.middle > start + 1200) & (steps.middle < start + 7200)
    assert np.all(added[:, ~within] == 0)
    assert np.all(added[steps.middle + 150 <= start] == 0)
    assert np.all((added[held][:, within] >= 169) & (added[held][:, within] <= 200.001))
    assert smoke.end == start + 9600


def test_regulatory_instruments_are_close_and_cheap_ones_err(city: City) -> None:
    """A cheap counter errs by more, and reads high in humid air."""
    steps, where, truth = _truth(city)
    seen = observe(1, steps, where, city.stations, truth)
    cheap = np.array([s.station_class == "reference" for s in city.stations])
    error = seen["pm25"] / truth["pm25"] - 1.0
    assert np.abs(error[:, ~cheap]).mean() < 0.02
    assert np.abs(error[:, cheap]).mean() > 0.03
    humid = truth["humidity"][:, cheap] > 90
    dry = truth["humidity"][:, cheap] < 65
    assert error[:, cheap][humid].mean() > error[:, cheap][dry].mean() + 0.08


@pytest.mark.parametrize("quantity", ["co", "wind_direction"])
def test_instruments_report_in_steps(city: City, quantity: str) -> None:
    """Carbon monoxide and wind direction come in whole numbers, the rest in tenths."""
    steps, where, truth = _truth(city)
    seen = observe(1, steps, where, city.stations, truth)
    assert np.array_equal(seen[quantity], np.round(seen[quantity]))
    assert np.allclose(seen["pm25"] * 10, np.round(seen["pm25"] * 10))
