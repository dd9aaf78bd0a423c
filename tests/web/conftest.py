"""A simulated city, what a store would say of it, and a client without sockets."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from alerts.notice import Notice
from alerts.words import load_catalogue
from sensors.city import City, load_city
from sensors.ledger import Counts, Ledger
from sensors.reading import MICRO
from stores.shown import Newest
from streams.calc.aqi.vn import CATEGORIES, POLLUTANTS, sub_index_of
from streams.results import AirQuality, Congestion
from web.app import create_app
from web.settings import WebSettings
from web.source import Check

CITY = Path(__file__).parents[2] / "cities" / "binh-duong.yaml"
NOW = 1_795_356_420
"""22 November 2026, 21:07 in Vietnam."""

HOUR_S = 3600


def category_of(aqi: int) -> str:
    """Return the category code of an index."""
    return next(c.code for c in CATEGORIES if c.lowest <= aqi <= c.highest)


def hour_of(
    city: City, site: str, start: int, pm25: float, **more: Any
) -> AirQuality:  # fields of the record
    """Return an hour of a station with this PM2.5 [µg/m³] and gases of clean air."""
    station = city.station(site)
    assert station is not None
    means = {"pm25": round(pm25 * MICRO), "pm10": round(pm25 * 1.4 * MICRO)}
    if station.station_class == "regulatory":
        means |= {"o3": 61_000_000, "no2": 38_400_000, "so2": 9_100_000}
        means |= {"co": 1_240_000_000}
    sub = {
        name: sub_index_of("o3_1h" if name == "o3" else name, Fraction(value, MICRO))
        for name, value in means.items()
        if name in POLLUTANTS
    }
    whole = {name: one.index for name, one in sub.items() if one.index is not None}
    aqi = max(whole.values())
    regulatory = station.station_class == "regulatory"
    end = start + HOUR_S
    fields: dict[str, Any] = {
        "city": city.id,
        "origin": city.origin,
        "site": site,
        "station_class": station.station_class,
        "start": start,
        "end": end,
        "means": means,
        "completeness": dict.fromkeys(means, 0.97),
        "nowcast": {name: means[name] for name in ("pm25", "pm10")},
        "sub": whole if regulatory else {},
        "aqi": aqi if regulatory else None,
        "category": category_of(aqi) if regulatory else None,
        "dominant": max(whole, key=lambda name: whole[name]) if regulatory else None,
        "reason": "" if regulatory else "reference_only",
        "observed": min(end, NOW - 120),
        "provisional": end > NOW,
        "tick": NOW,
    }
    return AirQuality(**{**fields, **more})


def road_of(city: City, site: str, ratio: float, level: str, at: int) -> Congestion:
    """Return five minutes of a road segment that end at `at`."""
    return Congestion(
        city=city.id,
        origin=city.origin,
        site=site,
        start=at - at % 300,
        end=at - at % 300 + 300,
        evaluated=at,
        flow=2200.0 * ratio,
        speed=60.0 * ratio,
        method="harmonic",
        occupancy=0.21,
        free_flow=60.0,
        ratio=ratio,
        level=level,
        level_since=at - 1500,
        vehicles=140,
        completeness=1.0,
        observed=at,
        tick=at,
    )


def level_of(ratio: float) -> str:
    """Return the level word of a ratio to free flow."""
    for least, level in ((0.75, "free"), (0.5, "busy"), (0.25, "slow")):
        if ratio >= least:
            return level
    return "queue"


def notice_of(**more: Any) -> Notice:  # fields of the record
    """Return a notice of Thuận An's air."""
    fields: dict[str, Any] = {
        "id": "smoke.dieu-hanh-thuan-an.1.1",
        "city": "binh-duong",
        "origin": "simulated",
        "kind": "raise",
        "references": (),
        "rule": "smoke",
        "rule_version": "1",
        "episode": "1",
        "sequence": 1,
        "audience": "public",
        "groups": ("everyone",),
        "channels": ("page",),
        "scope": "area",
        "scope_id": "dieu-hanh-thuan-an",
        "areas": ("dieu-hanh-thuan-an", "phuong-lai-thieu"),
        "above": (),
        "step": "bad",
        "severity": "Severe",
        "urgency": "Immediate",
        "certainty": "Observed",
        "status": "Exercise",
        "headline": {
            "vi": "Thuận An: bụi mịn ở mức Xấu",
            "en": "Thuận An: fine dust is Bad",
        },
        "body": {
            "vi": "Bụi mịn PM2.5 ở Thuận An là 96,0 µg/m³, trung bình một giờ.",
            "en": "Fine dust PM2.5 in Thuận An is 96.0 µg/m³, one-hour mean.",
        },
        "advice": {
            "vi": {"everyone": "Bớt vận động mạnh, không tập lâu ngoài trời."},
            "en": {"everyone": "Cut hard exercise, do not train long outdoors."},
        },
        "source": {"vi": "Số liệu các trạm", "en": "The stations' data"},
        "cause": "pm25",
        "value": 96 * MICRO,
        "averaging": "1h",
        "stations_used": 3,
        "stations_of": 4,
        "sites": ("gt2",),
        "since": NOW - 3000,
        "time": NOW - 900,
        "known": NOW - 890,
        "until": NOW + 5000,
        "next_update": NOW + 3000,
        "active": True,
        "reason": "raised",
        "told": True,
    }
    return Notice(**{**fields, **more})


@dataclass
class FakeSource:
    """What a store would say, in memory; tests change it."""

    hours: dict[str, list[AirQuality]] = field(default_factory=dict)
    days: dict[str, list[AirQuality]] = field(default_factory=dict)
    segments: dict[str, Congestion] = field(default_factory=dict)
    intervals: dict[str, list[Congestion]] = field(default_factory=dict)
    newest: dict[str, Newest] = field(default_factory=dict)
    said: list[Notice] = field(default_factory=list)
    book: Ledger = field(default_factory=lambda: Ledger({}))
    state: list[Check] = field(default_factory=list)

    def air(self, since: int) -> Mapping[str, Sequence[AirQuality]]:
        """Return each station's hours ending after `since`."""
        return {site: self.air_of(site, since) for site in self.hours}

    def air_of(self, site: str, since: int) -> Sequence[AirQuality]:
        """Return one station's hours ending after `since`."""
        return [hour for hour in self.hours.get(site, []) if hour.end > since]

    def days_of(self, site: str, since: int) -> Sequence[AirQuality]:
        """Return one station's days ending after `since`."""
        return [day for day in self.days.get(site, []) if day.end > since]

    def roads(self) -> Mapping[str, Congestion]:
        """Return each segment's newest result."""
        return self.segments

    def roads_of(self, site: str, since: int) -> Sequence[Congestion]:
        """Return one segment's results ending after `since`."""
        return [one for one in self.intervals.get(site, []) if one.end > since]

    def readings(self) -> Mapping[str, Newest]:
        """Return each site's newest readings."""
        return self.newest

    def notices(self, since: int) -> Sequence[Notice]:
        """Return the notices after `since`."""
        return [notice for notice in self.said if notice.time > since]

    def ledger(self) -> Ledger:
        """Return the ledger."""
        return self.book

    def checks(self, now: int) -> Sequence[Check]:  # noqa: ARG002  # the protocol's
        """Return the state of everything."""
        return self.state


def fill(source: FakeSource, city: City) -> None:
    """Let every station and segment report: 48 h of air, 24 h of roads."""
    this_hour = NOW - NOW % HOUR_S
    for place, station in enumerate(city.stations):
        height = 14 + 37 * math.sin(place * 1.7) ** 2 + (70 if place == 17 else 0)
        source.hours[station.id] = [
            hour_of(
                city,
                station.id,
                this_hour + back * HOUR_S,
                max(3.0, height * (1 + 0.3 * math.sin(back / 3.8))),
            )
            for back in range(-48, 1)
        ]
        source.newest[station.id] = Newest(NOW - 120, f"{station.id}-a", {"pm25": 1})
    at = NOW - NOW % 60
    for place, segment in enumerate(city.segments):
        ratio = 0.14 + 0.8 * math.sin(place * 2.3) ** 2
        level = "jam" if place == 3 else level_of(ratio)  # one jam
        source.segments[segment.id] = road_of(city, segment.id, ratio, level, at)
        source.newest[segment.id] = Newest(at, f"{segment.id}-a", {"count": MICRO})
    for back in range(288):
        ratio = 0.6 + 0.38 * math.sin(back / 30)
        when = at - (288 - back) * 300
        found = road_of(city, "ql13-n-04", ratio, level_of(ratio), when)
        source.intervals.setdefault("ql13-n-04", []).append(found)
    counts = Counts(received=1000, stored=996, duplicate=3, quarantined=1)
    devices = {device.id: counts for device in city.devices}
    source.book = Ledger(devices, claimed=1000 * len(devices))
    source.state = [Check("store", ok=True, detail="SQLite"), Check("bridge", ok=True)]
    source.said = [
        notice_of(),
        notice_of(
            id="queue.ql13-n-04.7.1",
            rule="queue",
            episode="7",
            scope="segment",
            scope_id="ql13-n-04",
            areas=("phuong-phu-loi",),
            severity="Moderate",
            headline={"vi": "Ùn tắc: Quốc lộ 13", "en": "Jam: National Road 13"},
            body={"vi": "Xe đang dồn lại từ 20:42.", "en": "Queueing since 20:42."},
            advice={"vi": {}, "en": {}},
            time=NOW - 300,
            known=NOW - 290,
        ),
    ]


class Client:
    """Asks an application over HTTP, without a socket."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, address: str, **headers: str) -> httpx.Response:
        """Return the answer to GET."""
        return self.ask("GET", address, **headers)

    def ask(self, method: str, address: str, **headers: str) -> httpx.Response:
        """Return the answer to a request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def fetch() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1"
            ) as client:
                return await client.request(method, address, headers=named)

        return asyncio.run(fetch())


@pytest.fixture(scope="session")
def city() -> City:
    """Return the real city file, run as a simulated city."""
    return load_city(CITY).with_run(origin="simulated", clock="messages")


@pytest.fixture
def source(city: City) -> FakeSource:
    """Return a source in which everything reports."""
    found = FakeSource()
    fill(found, city)
    return found


@pytest.fixture
def make_client(source: FakeSource) -> Callable[[City], Client]:
    """Return a maker of clients for a city."""

    def make(city: City, now: int = NOW) -> Client:
        return Client(
            create_app(
                WebSettings(),
                source,
                city,
                load_catalogue(),
                lambda: now,
            )
        )

    return make


@pytest.fixture
def client(city: City, make_client: Callable[[City], Client]) -> Client:
    """Return a client of the simulated city."""
    return make_client(city)


@pytest.fixture
def get(client: Client) -> Callable[..., httpx.Response]:
    """Return how to ask the simulated city."""
    return client.get


@pytest.fixture
def page(client: Client) -> Callable[[str], str]:
    """Return how to read a page that is there."""

    def read(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text[:300]
        return answer.text

    return read


@pytest.fixture
def build() -> dict[str, Any]:
    """Return the builders of records, by name."""
    return {
        "NOW": NOW,
        "hour": hour_of,
        "road": road_of,
        "notice": notice_of,
        "newest": Newest,
    }
