"""Small cities, and readings as a bridge would hand them on."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from sensors.city import City, history_city
from sensors.reading import BY_NAME, COLUMNS, ReadingBatch

Reading = tuple[str, str, int, float]
"""Site, quantity, end [unix s], value [unit]."""


def _batch(
    readings: Sequence[Reading], *, period: int = 300, revision: int = 0, flag: int = 1
) -> ReadingBatch:
    sites = tuple(dict.fromkeys(site for site, *_ in readings))
    rows = [sites.index(site) for site, *_ in readings]
    plain: dict[str, Any] = {
        "site": rows,
        "device": rows,
        "channel": [0] * len(readings),
        "quantity": [BY_NAME[name].code for _, name, *_ in readings],
        "end": [end for _, _, end, _ in readings],
        "period": [period] * len(readings),
        "value": [round(value * 1_000_000) for *_, value in readings],
        "flag": [flag] * len(readings),
        "revision": [revision] * len(readings),
        "redelivered": [False] * len(readings),
    }
    columns: dict[str, Any] = {
        name: np.array(plain[name], dtype) for name, dtype in COLUMNS.items()
    }
    return ReadingBatch(sites=sites, devices=sites, **columns)


@pytest.fixture(scope="session")
def batch() -> Callable[..., ReadingBatch]:
    """Return what makes a batch of readings; device and site have one name."""
    return _batch


@pytest.fixture(scope="session")
def air_city() -> City:
    """Return a city of two stations that report every five minutes."""
    return history_city(
        "test",
        ["a", "b"],
        kind="air",
        timezone="Asia/Ho_Chi_Minh",
        interval_s=300,
        quantities=["pm25", "pm10", "o3", "no2"],
    )


@pytest.fixture(scope="session")
def road_city() -> City:
    """Return a city of two segments, limit 60 km/h, that report every minute."""
    city = history_city(
        "test", ["r", "s"], kind="traffic", timezone="Asia/Ho_Chi_Minh", interval_s=60
    )
    segments = tuple(
        segment.model_copy(update={"limit_kmh": 60, "length_m": 500.0})
        for segment in city.segments
    )
    return City(city.file.model_copy(update={"segments": segments}))
