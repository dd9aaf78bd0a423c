import gzip
import re
from pathlib import Path

from sensors.replay import History, open_history
from thoang.compute import AIR_COLUMNS, TRAFFIC_COLUMNS, Computed, Row, compute

DOCS = Path(__file__).parents[2] / "docs" / "compute.md"
HEADER = (
    "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,"
    "TEMP,PRES,DEWP,RAIN,wd,WSPM,station"
)


def _air(folder: Path, hours: int, stations: tuple[str, ...]) -> History:
    """Return a history in which PM2.5 is 50 + the hour, and hour 5 is missing."""
    rows = [
        f"1,2016,11,{1 + h // 24},{h % 24},{'NA' if h == 5 else 50 + h},"
        f"80,5,43,300,24,1.8,1033.2,-11.7,0,WNW,1.1,{station}"
        for station in stations
        for h in range(hours)
    ]
    path = folder / "air.csv.gz"
    path.write_bytes(gzip.compress("\n".join((HEADER, *rows, "")).encode()))
    return open_history(path, "beijing-multisite")


def _roads(folder: Path) -> History:
    path = folder / "roads.csv.gz"
    rows = "\n".join("60,50" for _ in range(12))
    path.write_bytes(gzip.compress(f"11,22\n{rows}\n".encode()))
    return open_history(path, "metr-la")


def _table(computed: Computed) -> dict[tuple[object, object], Row]:
    first = computed.columns[0]
    return {(row[first], row["start"]): row for row in computed.rows()}


def test_every_hour_of_every_station(tmp_path: Path) -> None:
    """There is one row a station and hour of the history, and none beyond it."""
    computed = compute(_air(tmp_path, 30, ("B", "A")))
    rows = list(computed.rows())
    assert len(rows) == 60
    assert [row["station"] for row in rows] == ["a"] * 30 + ["b"] * 30
    assert (rows[0]["start"], rows[0]["end"]) == (
        "2016-10-31T16:00:00Z",
        "2016-10-31T17:00:00Z",
    )
    assert rows[29]["end"] == "2016-11-01T22:00:00Z"
    assert all(tuple(row) == AIR_COLUMNS for row in rows)
    assert computed.readings == 30 * 2 * 11 - 2
    assert computed.refusals == []


def test_the_numbers_of_an_hour(tmp_path: Path) -> None:
    """Means are the values sent; NowCast and VN_AQI follow from twelve hours."""
    table = _table(compute(_air(tmp_path, 13, ("A",))))
    hour = table["a", "2016-11-01T04:00:00Z"]
    assert hour["pm25"] == 62
    assert hour["wind_direction"] == 292.5
    assert hour["humidity"] is None
    # Weights 51/62 of the range, hour 5 left out of both sums.
    weight = 51 / 62
    taken = [(62 - age, weight**age) for age in range(12) if 12 - age != 5]
    nowcast = sum(v * w for v, w in taken) / sum(w for _, w in taken)
    assert abs(float(hour["nowcast_pm25"] or 0) - nowcast) < 1e-6
    assert hour["dominant"] == "pm25"
    assert hour["aqi"] == round(100 + (nowcast - 50) / 30 * 50)
    assert hour["category"] == "poor"
    assert (hour["completeness"], hour["reason"]) == (1, "")
    assert table["a", "2016-10-31T21:00:00Z"]["pm25"] is None


def test_days(tmp_path: Path) -> None:
    """With averaging 1d there is one row a station and whole local day."""
    rows = list(compute(_air(tmp_path, 48, ("A",)), averaging="1d").rows())
    assert [row["start"] for row in rows] == [
        "2016-10-31T16:00:00Z",
        "2016-11-01T16:00:00Z",
    ]
    assert rows[1]["pm25"] == 50 + 24 + 11.5


def test_roads(tmp_path: Path) -> None:
    """A traffic history gives one row a segment and five minutes, in km/h."""
    told: list[int] = []
    computed = compute(_roads(tmp_path), done=told.append)
    rows = list(computed.rows())
    assert len(rows) == 24
    assert all(tuple(row) == TRAFFIC_COLUMNS for row in rows)
    assert rows[0]["segment"] == "11"
    assert rows[0]["speed"] == 96.56
    assert sum(told) == 24


def test_the_same_again(tmp_path: Path) -> None:
    """Computing twice gives the same rows."""
    history = _air(tmp_path, 8, ("A", "B"))
    assert list(compute(history).rows()) == list(compute(history).rows())


def test_columns_are_documented() -> None:
    """docs/compute.md explains each column."""
    text = DOCS.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9_]+)`", text))
    ranges = {name for name in AIR_COLUMNS if name.startswith("aqi_")}
    quantities = set(AIR_COLUMNS[3:16])
    assert set(AIR_COLUMNS) - ranges - quantities <= named
    assert set(TRAFFIC_COLUMNS) <= named
    assert {"pm25", "rain", "aqi_pm25", "aqi_co"} <= named
