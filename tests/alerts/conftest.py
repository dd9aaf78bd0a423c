"""Cities, results and rules that the alert tests share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from alerts.rule import Rule
from alerts.words import Catalogue, load_catalogue
from sensors.city import City, history_city, load_city
from streams.results import AirQuality, Congestion

HOUR = 3_600
T0 = 1_795_359_600
"""A full hour: 22:00 on 22 November 2026 in Viet Nam."""


@pytest.fixture(scope="session")
def air_city() -> City:
    """Return three regulatory stations in one area, a report every five minutes."""
    return history_city(
        "lab",
        ["a", "b", "c"],
        kind="air",
        timezone="Asia/Ho_Chi_Minh",
        interval_s=300,
        quantities=("pm25", "o3", "no2"),
    )


@pytest.fixture(scope="session")
def road_city() -> City:
    """Return three segments in one area, a report every minute."""
    return history_city(
        "lab",
        ["r1", "r2", "r3"],
        kind="traffic",
        timezone="Asia/Ho_Chi_Minh",
        interval_s=60,
    )


@pytest.fixture(scope="session")
def real_city() -> City:
    """Return the Bình Dương area."""
    root = Path(__file__).parents[2]
    return load_city(root / "cities" / "binh-duong.yaml")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Return the words that are shipped."""
    return load_catalogue()


MakeRule = Callable[..., Rule]


@pytest.fixture(scope="session")
def make_rule() -> MakeRule:
    """Build a rule on a road's level, with what a test changes of it."""

    def make(**changes: Any) -> Rule:  # any part of a rule file
        base: dict[str, Any] = {
            "id": "test",
            "owner": "tests",
            "reason": "to be tried",
            "text": "traffic_queue",
            "what": {"kind": "level"},
            "where": {"scope": "segment"},
            "steps": [
                {
                    "name": "queue",
                    "severity": "minor",
                    "raise": {"at_least": "queue"},
                    "clear": {"at_most": "slow"},
                }
            ],
        }
        return Rule.model_validate(base | changes)

    return make


MakeAir = Callable[..., AirQuality]


@pytest.fixture(scope="session")
def make_hour() -> MakeAir:
    """Build a station's result of an hour from its mean PM2.5 [µg/m³]."""

    def make(
        site: str,
        start: int,
        pm25: float | None,
        *,
        covered: float = 1.0,
        provisional: bool = False,
        **more: Any,  # any field of the record
    ) -> AirQuality:
        means: Mapping[str, int] = (
            {} if pm25 is None else {"pm25": round(pm25 * 1_000_000)}
        )
        fields: dict[str, Any] = {
            "city": "lab",
            "origin": "simulated",
            "site": site,
            "station_class": "regulatory",
            "start": start,
            "end": start + HOUR,
            "provisional": provisional,
            "revision": round(covered * 12) + (0 if provisional else 100),
            "means": dict(means),
            "completeness": {"pm25": covered} if means else {},
            "observed": start + round(covered * HOUR) if means else 0,
        }
        return AirQuality(**(fields | more))

    return make


MakeRoad = Callable[..., Congestion]


@pytest.fixture(scope="session")
def make_road() -> MakeRoad:
    """Build a segment's evaluation from its level."""

    def make(site: str, time: int, level: str, **more: Any) -> Congestion:  # as above
        fields: dict[str, Any] = {
            "city": "lab",
            "origin": "simulated",
            "site": site,
            "start": time - time % 300,
            "end": time - time % 300 + 300,
            "evaluated": time,
            "observed": time,
            "level": level,
            "speed": 8.0,
        }
        return Congestion(**(fields | more))

    return make
