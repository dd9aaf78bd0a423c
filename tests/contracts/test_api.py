"""The open data API on a real store: names, shapes and meaning that others rely on."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest

from alerts.notice import Notice
from alerts.rows import notice_row
from alerts.words import load_catalogue
from sensors.city import City, load_city
from sensors.reading import BY_NAME, COLUMNS, ReadingBatch
from sensors.records import Batch, Provenance, Tick, encode
from stores.embedded import EmbeddedStore
from stores.record import Item, Position, Taken, Write
from stores.rows import air_row, congestion_row
from stores.settings import StoreSettings
from streams.results import AirQuality, Congestion
from web.api import schema
from web.app import create_app
from web.settings import WebSettings
from web.store_source import StoreSource

ROOT = Path(__file__).parents[2]
NOW = 1_795_356_420
HOUR = NOW - NOW % 3600
PROMISED = {
    "id",
    "name_vi",
    "name_en",
    "area",
    "aqi",
    "category",
    "provisional",
    "level",
    "time",
    "age_s",
    "completeness",
    "station_class",
    "origin",
}

Get = Callable[[str], httpx.Response]


@pytest.fixture(scope="module")
def city() -> City:
    found = load_city(ROOT / "cities" / "binh-duong.yaml")
    return found.with_run(origin="simulated", clock="messages")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with closing(EmbeddedStore(StoreSettings(path=tmp_path / "store.db"))) as made:
        yield made


class Log:
    """Puts items into the store as the writer does."""

    def __init__(self, store: EmbeddedStore) -> None:
        self._store = store
        self._offset = 0

    def put(self, *items: Item) -> None:
        """Commit items as one record of Kafka."""
        position = Position("readings", 0, 0, self._offset)
        self._offset += 1
        self._store.commit(Write((Taken(items, position, arrived=NOW),)))


@pytest.fixture
def log(store: EmbeddedStore) -> Log:
    return Log(store)


@pytest.fixture
def get(store: EmbeddedStore, city: City) -> Get:
    source = StoreSource(store, city.id)
    app = create_app(WebSettings(), source, city, load_catalogue(), lambda: NOW)

    def ask(address: str) -> httpx.Response:
        async def fetch() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1"
            ) as client:
                return await client.get(address)

        return asyncio.run(fetch())

    return ask


MIDNIGHT = 1_795_280_400
DAY: dict[str, Any] = {
    "start": MIDNIGHT - 86_400,
    "end": MIDNIGHT,
    "averaging": "1d",
    "tick": MIDNIGHT + 300,
}
"""Yesterday, from midnight to midnight in Vietnam."""


def air(**more: Any) -> AirQuality:
    """Return the last closed hour of ĐT1."""
    fields: dict[str, Any] = {
        "city": "binh-duong",
        "origin": "simulated",
        "site": "dt1",
        "station_class": "regulatory",
        "start": HOUR - 3600,
        "end": HOUR,
        "means": {"pm25": 55_700_000, "o3": 61_000_000},
        "completeness": {"pm25": 0.92, "o3": 1.0},
        "nowcast": {"pm25": 55_700_000},
        "sub": {"pm25": 110, "o3": 19},
        "aqi": 110,
        "category": "poor",
        "dominant": "pm25",
        "observed": HOUR,
        "tick": NOW,
    }
    return AirQuality(**{**fields, **more})


def road(**more: Any) -> Congestion:
    """Return the state of a segment of QL13."""
    fields: dict[str, Any] = {
        "city": "binh-duong",
        "origin": "simulated",
        "site": "ql13-n-04",
        "start": NOW - NOW % 300,
        "end": NOW - NOW % 300 + 300,
        "evaluated": NOW,
        "flow": 1210.0,
        "speed": 9.5,
        "method": "harmonic",
        "occupancy": 0.31,
        "free_flow": 52.0,
        "ratio": 0.1827,
        "level": "jam",
        "level_since": NOW - 1900,
        "vehicles": 101,
        "completeness": 1.0,
        "observed": NOW,
        "tick": NOW,
    }
    return Congestion(**{**fields, **more})


def reading(site: str, device: str, end: int, micro: int, sequence: int) -> Batch:
    """Return a batch of one PM2.5 reading."""
    given: dict[str, int] = {
        "site": 0,
        "device": 0,
        "channel": 0,
        "quantity": BY_NAME["pm25"].code,
        "end": end,
        "period": 300,
        "value": micro,
        "flag": 1,
        "revision": 0,
        "redelivered": 0,
    }
    columns: dict[str, Any] = {
        name: np.array([given[name]], kind) for name, kind in COLUMNS.items()
    }
    return Batch(
        city="binh-duong",
        origin="simulated",
        provenance=Provenance("b", 1, sequence, sequence),
        readings=ReadingBatch(sites=(site,), devices=(device,), **columns),
    )


def properties(answer: httpx.Response, site: str) -> Mapping[str, Any]:
    """Return the properties of one site."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    found: Mapping[str, Any] = next(
        f["properties"] for f in body["features"] if f["id"] == site
    )
    return found


def test_description_is_current() -> None:
    """docs/schema holds what ``python -m web.api.schema docs/schema`` writes."""
    exported = ROOT / "docs" / "schema" / schema.NAME
    assert exported.read_text(encoding="utf-8") == schema.written()


def test_every_site_is_there(get: Get, city: City) -> None:
    """Every station and segment of the city is listed, also before any data."""
    for address, sites in (("stations", city.stations), ("segments", city.segments)):
        features = get(f"/api/v1/{address}").json()["features"]
        assert [f["id"] for f in features] == [s.id for s in sites]
        assert all(set(f["properties"]) >= PROMISED for f in features)
        assert {f["properties"]["origin"] for f in features} == {"simulated"}


def test_station(get: Get, log: Log) -> None:
    """A station has its index with hour, age, parts, and the newest raw reading."""
    log.put(air_row(air()))
    log.put(reading("dt1", "dt1-a", NOW - 60, 61_250_000, 1))
    found = properties(get("/api/v1/stations"), "dt1")
    assert found["aqi"] == 110
    assert found["category"] == "poor"
    assert found["provisional"] is False
    assert found["level"] is None
    assert found["time"] == "2026-11-22T14:00:00Z"
    assert found["age_s"] == 420
    assert found["completeness"] == 0.92
    assert found["station_class"] == "regulatory"
    assert found["values"]["pm25"] == {"value": 55.7, "unit": "µg/m³"}
    assert found["sub_indices"] == {"pm25": 110, "o3": 19}
    assert found["observed"] == "2026-11-22T14:06:00Z"
    assert found["latest"]["pm25"] == {"value": 61.25, "unit": "µg/m³"}
    assert found["freshness"] == "current"
    assert found["overdue"] is False


def test_newest_reading_is_there_at_once(get: Get, log: Log) -> None:
    """What is in the store is in the next answer: nothing is cached in between."""
    for sequence, micro in enumerate((10_000_000, 20_000_000, 30_000_000), 1):
        log.put(reading("dt1", "dt1-a", NOW - 900 + 300 * sequence, micro, sequence))
        latest = properties(get("/api/v1/stations"), "dt1")["latest"]
        assert latest["pm25"]["value"] == micro / 1e6


def test_amended_hour_is_there_at_once(get: Get, log: Log) -> None:
    """A result with a higher revision replaces the earlier one in the next answer."""
    log.put(air_row(air()))
    assert properties(get("/api/v1/stations"), "dt1")["aqi"] == 110
    log.put(air_row(air(aqi=140, revision=1, sub={"pm25": 140})))
    assert properties(get("/api/v1/stations"), "dt1")["aqi"] == 140


def test_running_hour_ends_at_its_newest_reading(get: Get, log: Log) -> None:
    """Of a running hour `time` is the end of what is covered, never in the future."""
    running = air(
        start=HOUR, end=HOUR + 3600, provisional=True, observed=NOW - 120, aqi=95
    )
    log.put(air_row(air()), air_row(running))
    found = properties(get("/api/v1/stations"), "dt1")
    assert found["provisional"] is True
    assert found["age_s"] == 120
    assert found["aqi"] == 95


def test_reference_station(get: Get, log: Log) -> None:
    """A reference station has concentrations, no index, and says why."""
    log.put(air_row(air(site="cd1", station_class="reference")))
    found = properties(get("/api/v1/stations"), "cd1")
    assert found["aqi"] is None
    assert found["category"] is None
    assert found["dominant"] is None
    assert found["sub_indices"] == {}
    assert found["reason"] == "reference_only"
    assert found["values"]["pm25"]["value"] == 55.7
    assert found["nowcast"] == {}
    assert found["standard"] is None
    log.put(air_row(air(site="cd1", station_class="reference", **DAY)))
    series = get("/api/v1/stations/cd1/series").json()
    assert series["hours"][0]["nowcast"] == {}
    assert series["days"][0]["aqi"] is None
    assert series["days"][0]["sub_indices"] == {}
    assert series["hours"][0]["aqi"] is None
    assert series["hours"][0]["sub_indices"] == {}


def test_too_old(get: Get, log: Log) -> None:
    """After three hours a value is gone: null, with reason and two times."""
    log.put(air_row(air(start=HOUR - 5 * 3600, end=HOUR - 4 * 3600, observed=HOUR)))
    found = properties(get("/api/v1/stations"), "dt1")
    assert found["aqi"] is None
    assert found["values"] == {}
    assert found["freshness"] == "gone"
    assert found["reason"] == "too_old"
    assert found["observed"] is not None
    assert found["next_expected"] is not None


def test_segment(get: Get, log: Log) -> None:
    """A segment has its level with speed, ratio, flow and how long it holds."""
    log.put(congestion_row(road()))
    found = properties(get("/api/v1/segments"), "ql13-n-04")
    assert found["level"] == "jam"
    assert found["aqi"] is None
    assert found["speed_kmh"] == 9.5
    assert found["ratio"] == 0.183
    assert found["free_flow_kmh"] == 52.0
    assert found["flow_veh_h"] == 1210
    assert found["occupancy"] == 0.31
    assert found["age_s"] == 0
    assert found["time"] == "2026-11-22T14:07:00Z"
    assert found["level_since"] == "2026-11-22T13:35:20Z"
    other = properties(get("/api/v1/segments"), "ql13-n-05")
    assert other["level"] == "no_data"
    assert other["reason"] == "never"


def test_series(get: Get, log: Log) -> None:
    """Series list what there is, oldest first, as far back as asked."""
    log.put(
        *(
            air_row(air(start=HOUR - k * 3600, end=HOUR - k * 3600 + 3600))
            for k in (1, 2, 9)
        )
    )
    hours = get("/api/v1/stations/dt1/series?hours=48").json()["hours"]
    assert [h["start"] for h in hours] == sorted(h["start"] for h in hours)
    assert len(hours) == 3
    assert len(get("/api/v1/stations/dt1/series?hours=4").json()["hours"]) == 2
    log.put(congestion_row(road()))
    found = get("/api/v1/segments/ql13-n-04/series").json()
    assert found["intervals"][0]["level"] == "jam"


def test_days(get: Get, log: Log) -> None:
    """The series has the days that closed, beside the hours and never among them."""
    log.put(air_row(air()), air_row(air(**DAY)))
    found = get("/api/v1/stations/dt1/series").json()
    assert [hour["start"] for hour in found["hours"]] == ["2026-11-22T13:00:00Z"]
    assert [day["start"] for day in found["days"]] == ["2026-11-20T17:00:00Z"]
    assert found["days"][0]["aqi"] == 110
    assert found["days"][0]["completeness"]["pm25"] == 0.92
    assert get("/api/v1/stations/dt1/series?hours=3").json()["days"] == []


def notice(**more: Any) -> Notice:
    """Return a notice."""
    words = {"vi": "Ùn tắc", "en": "Jam"}
    fields: dict[str, Any] = {
        "id": "queue.ql13-n-04.7.1",
        "city": "binh-duong",
        "origin": "simulated",
        "kind": "raise",
        "references": (),
        "rule": "queue",
        "rule_version": "1",
        "episode": "7",
        "sequence": 1,
        "audience": "public",
        "groups": (),
        "channels": (),
        "scope": "segment",
        "scope_id": "ql13-n-04",
        "areas": ("phuong-phu-loi", "dieu-hanh-thu-dau-mot"),
        "above": (),
        "step": "jam",
        "severity": "Moderate",
        "urgency": "Immediate",
        "certainty": "Observed",
        "status": "Exercise",
        "headline": words,
        "body": words,
        "advice": {"vi": {}, "en": {}},
        "source": words,
        "cause": "level",
        "value": 5,
        "averaging": "5m",
        "stations_used": 1,
        "stations_of": 1,
        "sites": ("ql13-n-04",),
        "since": NOW - 600,
        "time": NOW - 300,
        "known": NOW - 295,
        "until": NOW + 3600,
        "next_update": NOW + 1800,
        "active": True,
        "reason": "raised",
        "told": True,
    }
    return Notice(**{**fields, **more})


def test_notices(get: Get, log: Log) -> None:
    """Notices come newest first, and can be chosen by area and by holding."""
    log.put(notice_row(encode(notice())))
    end = notice(
        id="queue.ql13-n-04.7.2", kind="clear", sequence=2, active=False, time=NOW
    )
    other = notice(id="x", episode="8", scope_id="dt1", areas=("phuong-di-an",))
    first = get("/api/v1/notices").json()["notices"]
    assert [n["id"] for n in first] == ["queue.ql13-n-04.7.1"]
    assert first[0]["headline_vi"] == "Ùn tắc"
    assert first[0]["active"] is True
    assert first[0]["origin"] == "simulated"
    log.put(notice_row(encode(other)))
    log.put(notice_row(encode(msgspec.structs.replace(end, known=NOW))))
    every = get("/api/v1/notices").json()["notices"]
    assert every[0]["kind"] == "clear"
    assert [n["id"] for n in get("/api/v1/notices?active=true").json()["notices"]] == [
        "x"
    ]
    here = get("/api/v1/notices?area=phuong-phu-loi").json()["notices"]
    assert len(here) == 2
    assert get("/api/v1/notices?area=nowhere").json() == {"notices": []}


def test_ledger(get: Get, log: Log) -> None:
    """The ledger balances in total and by device, in readings."""
    log.put(reading("dt1", "dt1-a", NOW, 1_000_000, 1))
    found = get("/api/v1/ledger").json()
    assert found["balanced"] is True
    assert found["totals"]["received"] == found["totals"]["stored"] == 1
    assert found["totals"]["in_flight"] == 0
    assert found["devices"]["dt1-a"]["stored"] == 1


def test_health(get: Get, log: Log) -> None:
    """Health names its checks and the age of the newest reading."""
    assert get("/api/v1/health").json()["newest_reading"] is None
    log.put(reading("dt1", "dt1-a", NOW - 30, 1_000_000, 1))
    log.put(Tick("binh-duong", "simulated", Provenance("b", 1, 2, 1), NOW))
    found = get("/api/v1/health").json()
    assert found["status"] == "degraded"
    results = next(c for c in found["checks"] if c["name"] == "results")
    assert results["ok"] is False
    log.put(air_row(air()), congestion_row(road()))
    found = get("/api/v1/health").json()
    assert found["status"] == "ok"
    assert found["newest_reading_age_s"] == 30
    assert {check["name"] for check in found["checks"]} >= {
        "store",
        "clock",
        "readings",
        "results",
    }
    assert found["now"] == "2026-11-22T14:07:00Z"


def test_areas(get: Get) -> None:
    """The 36 wards and communes have closed borders."""
    features = get("/api/v1/areas?kind=ward").json()["features"]
    features += get("/api/v1/areas?kind=commune").json()["features"]
    assert len(features) == 36
    for feature in features:
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/api/v1/stations/nothing/series", 404, "no station has the id 'nothing'"),
        ("/api/v1/segments/dt1/series", 404, "no segment has the id 'dt1'"),
        ("/api/v1/stations/dt1/series?hours=0", 422, "query.hours"),
        ("/api/v1/stations/dt1/series?hours=1e9", 422, "query.hours"),
        ("/api/v1/notices?active=maybe", 422, "query.active"),
        ("/api/v1/nothing", 404, "Not Found"),
    ],
)
def test_problems(get: Get, address: str, status: int, words: str) -> None:
    """Errors are problem details that name what was wrong."""
    answer = get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["instance"] == address.split("?", maxsplit=1)[0]
    assert words in told["detail"]


def test_open_to_other_sites(get: Get) -> None:
    """Any page may read the API."""
    for address in ("/api/v1/stations", "/api/v1/health", "/openapi.json"):
        answer = get(address)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "*"
    assert get("/docs").status_code == 404
