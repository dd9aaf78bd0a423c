"""Readings a second of the pure core, against a plain loop in the same run.

The baseline is what one would write first: lists a station, quantity and hour, means,
NowCast and index in floats, one station after the other. It does less: it drops no
repeats, closes no hours, keeps no revisions, and its floats are not exact.
"""

import statistics
import time
from collections import defaultdict

import numpy as np

from sensors.city import history_city
from sensors.reading import BY_NAME, COLUMNS, MICRO, ReadingBatch
from streams.air_quality import AirQualityRules
from streams.calc.aqi import vn

SITES = 500
HOURS = 6
QUANTITIES = ("pm25", "pm10", "o3", "no2")
START = 1_700_000_000 // 3600 * 3600


def batch(end: int, rng: np.random.Generator) -> ReadingBatch:
    """Return one report of every station."""
    n = SITES * len(QUANTITIES)
    plain = {
        "site": np.repeat(np.arange(SITES), len(QUANTITIES)),
        "quantity": np.tile([BY_NAME[q].code for q in QUANTITIES], SITES),
        "end": np.full(n, end),
        "period": np.full(n, 300),
        "value": rng.integers(0, 200 * MICRO, n),
        "flag": np.ones(n),
    }
    plain["device"] = plain["site"]
    names = tuple(f"s{number}" for number in range(SITES))
    columns = {
        name: plain.get(name, np.zeros(n)).astype(dtype)
        for name, dtype in COLUMNS.items()
    }
    return ReadingBatch(sites=names, devices=names, **columns)


def ours(batches: list[ReadingBatch]) -> float:
    """Run the rules; return seconds."""
    names = [f"s{number}" for number in range(SITES)]
    city = history_city(
        "bench",
        names,
        kind="air",
        timezone="Asia/Ho_Chi_Minh",
        interval_s=300,
        quantities=QUANTITIES,
    )
    rules = AirQualityRules(city, city.stations)
    began = time.perf_counter()
    for each in batches:
        rules.apply(each, "replay")
        rules.tick(int(each.end[0]))
    return time.perf_counter() - began


def baseline(batches: list[ReadingBatch]) -> float:
    """Run the plain loop; return seconds."""
    began = time.perf_counter()
    hours: dict[tuple[int, int], dict[int, list[float]]] = defaultdict(dict)
    said = {}
    for each in batches:
        hour = (int(each.end[0]) - 1) // 3600
        for site, code, value in zip(each.site, each.quantity, each.value, strict=True):
            key = int(site), int(code)
            hours[key].setdefault(hour, []).append(int(value) / MICRO)
        for site in range(SITES):
            said[site, hour] = judged(hours, site, hour)
    return time.perf_counter() - began


def judged(
    hours: dict[tuple[int, int], dict[int, list[float]]], site: int, hour: int
) -> dict[str, object]:
    """Return what a plain program says of a station's running hour."""
    sub, means, casts = {}, {}, {}
    for name in QUANTITIES:
        known = hours[site, BY_NAME[name].code]
        means[name] = value = statistics.fmean(known[hour])
        if name.startswith("pm"):
            past = [known.get(hour - back) for back in range(12)]
            value = casts[name] = cast([p and statistics.fmean(p) for p in past])
        sub[name] = index(COLUMNS_OF[name], value)
    worst = max(sub, key=lambda name: sub[name])
    return {"means": means, "nowcast": casts, "sub": sub, "aqi": sub[worst]} | {
        "dominant": worst
    }


def cast(past: list[float | None]) -> float:
    """Weigh twelve hours, newest first."""
    there = [(i, c) for i, c in enumerate(past) if c is not None]
    values = [c for _, c in there]
    weight = max(0.5, min(values) / max(*values, 1e-9, 1e-9))
    return sum(weight**i * c for i, c in there) / sum(weight**i for i, _ in there)


def index(rows: list[tuple[float, float, float, float]], value: float) -> int:
    """Interpolate in a table."""
    for low, high, least, most in rows:
        if value <= high:
            return round(least + (most - least) * (value - low) / (high - low))
    return 500


COLUMNS_OF = {
    name: [tuple(map(float, row)) for row in vn.COLUMNS[column].rows]
    for name, column in zip(QUANTITIES, ("pm25", "pm10", "o3_1h", "no2"), strict=True)
}


def main() -> None:
    """Measure and print the ratio."""
    rng = np.random.default_rng(1)
    batches = [batch(START + 300 * (k + 1), rng) for k in range(HOURS * 12)]
    readings = sum(len(each) for each in batches)
    took, plain = ours(batches), baseline(batches)
    print(f"core      {readings / took:10.0f} readings/s ")
    print(f"baseline  {readings / plain:10.0f} readings/s ")
    print(f"ratio     {plain / took:10.1f}")


if __name__ == "__main__":
    main()
