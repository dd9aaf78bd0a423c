"""From `thoang run` to a living city: page, numbers, 48 hours filled, notices, memory.

Wanted: first page with numbers ≤ 20 s, filled ≤ 40 s, notices ≤ 90 s after that, all
processes ≤ 900 MB after ten minutes; reading published → in the API: median ≤ 0.5 s,
99 % ≤ 2 s.
"""

import argparse
import json
import statistics
import time
from datetime import UTC, datetime

from city import Run, running

from sensors.publisher import Publisher

CITY = "binh-duong"
PROBES = 200


def filled(run: Run) -> bool:
    """Whether devices live in the present and everything they sent is in the store."""
    if not (run.folder / "ready" / "simulator").exists():
        return False
    health = run.get("/api/v1/health")
    if not health:
        return False
    now = datetime.fromisoformat(health["now"]).timestamp()
    roads = run.get("/api/v1/segments")["features"]
    newest = [r["properties"]["time"] for r in roads if r["properties"]["time"]]
    if len(newest) < len(roads):
        return False
    oldest = min(datetime.fromisoformat(each).timestamp() for each in newest)
    return time.time() - now < 150 and now - oldest < 150


def has_numbers(run: Run) -> bool:
    """Whether the page shows any station's index."""
    stations = run.get("/api/v1/stations")
    return bool(stations) and any(
        f["properties"]["aqi"] is not None for f in stations["features"]
    )


def latency(run: Run, probes: int) -> list[float]:
    """Publish readings and ask the API until each is there [s]."""
    found = []
    mqtt = f"mqtt://{run.status['addresses']['mqtt']}"
    with Publisher(mqtt, CITY, client_id="bench", window=None) as publisher:
        for number in range(probes):
            station = f"cn{number % 4 + 2}"
            moment = datetime.now(UTC).replace(microsecond=0)
            payload = {"time": moment.isoformat(), "values": {"temperature": 28.5}}
            began = time.perf_counter()
            publisher.publish(
                f"thoang/v1/{CITY}/air/{station}-air", json.dumps(payload).encode()
            )
            wanted = moment.timestamp()
            while observed(run, station) < wanted:
                time.sleep(0.01)
            found.append(time.perf_counter() - began)
            time.sleep(max(0.0, 1.05 - (time.perf_counter() - began)))
    return found


def observed(run: Run, station: str) -> float:
    """Return when the newest reading of a station ended, by the API [unix s]."""
    for feature in run.get("/api/v1/stations")["features"]:
        if feature["properties"]["id"] == station and feature["properties"]["observed"]:
            return datetime.fromisoformat(feature["properties"]["observed"]).timestamp()
    return 0.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probes", type=int, default=PROBES)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    with running() as run:
        measured(run, options.probes)
        time.sleep(max(0.0, options.minutes * 60 - run.since()))
        memory = run.resident_mb()
        say(
            f"resident after {run.since() / 60:.0f} min",
            sum(memory.values()),
            "MB <= 900",
        )
        print("  " + ", ".join(f"{n} {m:.0f}" for n, m in sorted(memory.items())))
        print(f"ledger balances: {run.store.audit(CITY).balances}")


def measured(run: Run, probes: int) -> None:
    """Print what the start and a steady state cost."""
    say("page answers", run.until(lambda: run.get("/api/v1/health"), 60), "s")
    say("first numbers", run.until(lambda: has_numbers(run), 90), "s <= 20")
    bridge = run.folder / "ready" / "bridge"
    began = bridge.stat().st_mtime - (time.time() - run.since())
    done = run.until(lambda: filled(run), 300)
    say("48 h filled, since the start", done, "s")
    say("48 h filled, since devices could send", done - began, "s <= 40")
    told = run.until(lambda: public(run), 300)
    say("notices on the page after that", told - done, "s <= 90")
    times = sorted(latency(run, probes))
    say("published -> in the API, median", statistics.median(times), "s <= 0.5")
    say("published -> in the API, 99 %", times[int(len(times) * 0.99) - 1], "s <= 2")


def say(what: str, figure: float, wanted: str) -> None:
    """Print one figure beside what is wanted."""
    print(f"{what:40}{figure:9.2f} {wanted}", flush=True)


def public(run: Run) -> bool:
    """Whether both kinds of notices are out: air and traffic."""
    notices = (run.get("/api/v1/notices?active=true") or {}).get("notices", [])
    rules = {each["rule"] for each in notices}
    return {"air-area", "traffic-queue"} <= rules


if __name__ == "__main__":
    main()
