"""Processes that are killed again and again change nothing of what comes out."""

import json
import random
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import psutil
import pytest

from sensors.ledger import Counts
from sensors.publisher import Publisher
from sensors.records import Refused
from stores.embedded import EmbeddedStore
from stores.record import Row

pytestmark = pytest.mark.embedded

EVER = 1 << 40
BEGIN = "2026-01-05T05:00+07:00"
HOURS = 5
SEED = 47
"""Of the simulated city: smoke over the south after 2 h, a jam there after 3 h."""
VICTIMS = ("bridge", "worker", "writer", "notifier", "web", "simulator")
KILLS = 10
SIMULATE = ("simulate", "--speed", "max", "--start", BEGIN, "--seed", str(SEED))
SLOWLY = ("--window", "40")
"""As many messages a second, since the bridge says once a second how far it is."""
SIMULATED = {
    "THOANG_ORIGIN": "simulated",
    "THOANG_CLOCK": "messages",
    # The simulated day is in the past: retention must not delete it.
    "THOANG_STORE__RAW_DAYS": "36500",
}


class Outcome(NamedTuple):
    """Everything that a run came to, but for when and how often it was said."""

    air: dict[Any, Any]
    roads: dict[Any, Any]
    readings: dict[str, Any]
    alerts: dict[Any, Any]
    notices: dict[Any, Any]
    told: set[Any]
    quarantine: dict[str, Any]


class Simulation:
    """The simulated devices of a city, started again when they are killed.

    Parameters
    ----------
    town
        The city.
    pace
        How fast, as options.
    """

    def __init__(self, town: Any, pace: tuple[str, ...]) -> None:
        self._town = town
        days = ("--days", str(HOURS / 24))
        self._command = (*SIMULATE, *days, *pace, "--mqtt", town.mqtt)
        self.process = self._begin()

    def _begin(self) -> "subprocess.Popen[bytes]":
        process: subprocess.Popen[bytes] = self._town.begin(*self._command)
        return process

    def kill(self) -> None:
        """Kill it, and start it as a supervisor would."""
        self.process.kill()
        self.process.wait()
        self.process = self._begin()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Have the devices say nothing for a while."""
        self.process.send_signal(signal.SIGSTOP)
        yield
        self.process.send_signal(signal.SIGCONT)

    def over(self) -> bool:
        """Say whether everything is published."""
        status = self.process.poll()
        assert status in (None, 0), status
        return status == 0


def run(town: Any, killer: "Killer | None" = None) -> Outcome:
    """Simulate hours of a city, disturbed or not; return what they come to."""
    town.start("--no-simulator", **SIMULATED).all_ready()
    simulation = Simulation(town, SLOWLY if killer else ())
    try:
        if killer:
            killer(town, simulation)
        else:
            for number in range(KILLS):
                send_nonsense(town, number)
        town.wait(simulation.over, 120)
    finally:
        simulation.process.kill()
    town.all_ready()
    town.settle(120)
    with town.store() as store:
        town.wait(lambda: told(town) >= tellable(store))
        return outcome(town, store)


def send_nonsense(town: Any, number: int) -> None:
    """Publish what nobody can read, by a device of its own."""
    with Publisher(town.mqtt, "small", client_id="broken", window=None) as publisher:
        publisher.publish("thoang/v1/small/air/a1", b"nonsense %d" % number)
        publisher.flush(10)


def outcome(town: Any, store: EmbeddedStore) -> Outcome:
    """Read everything that a city came to."""
    hours, days = (store.air_between("small", None, 0, EVER, a) for a in ("1h", "1d"))
    roads = store.congestion_between("small", None, 0, EVER)
    return Outcome(
        air={(r.site, r.start, r.averaging): plain(r) for r in (*hours, *days)},
        roads={(r.site, r.start): plain(r) for r in roads},
        readings={
            site.id: [
                column.tolist() if hasattr(column, "tolist") else column
                for column in readings_of(store, site.id)
            ]
            for site in town.city.sites
        },
        alerts={key(row): row.fields for row in rows(store, "alert")},
        notices={key(row): row.fields for row in rows(store, "notice")},
        told=told(town),
        quarantine={
            each.refused.id: refusal(each.refused)
            for each in store.quarantine(limit=10_000)
        },
    )


def plain(result: Any) -> Any:
    """Return a result without what tells when and how often it was emitted."""
    return msgspec.structs.replace(result, revision=0, tick=0)


def readings_of(store: EmbeddedStore, site: str) -> Iterator[Any]:
    """Return the columns of a site's readings that stand."""
    found = store.readings("small", site, 0, EVER)
    for name in ("channel", "quantity", "end", "period", "value", "flag"):
        yield getattr(found, name)


def rows(store: EmbeddedStore, measurement: str) -> tuple[Row, ...]:
    """Return all rows of a measurement."""
    return store.rows(measurement, "small", limit=100_000)


def key(row: Row) -> Any:
    """Return what tells a row from the others."""
    return row.time, tuple(sorted(row.tags.items()))


def refusal(refused: Refused) -> Any:
    """Return a refusal without when and how it arrived."""
    return msgspec.structs.replace(refused, time=0, redelivered=False, provenance=None)


def told(town: Any) -> set[Any]:
    """Return which notice went out through which channel."""
    path = town.data / "thoang.sqlite"
    with closing(sqlite3.connect(path)) as db:
        return set(db.execute("SELECT notice, channel FROM sent"))


def tellable(store: EmbeddedStore) -> set[Any]:
    """Return which notice has to go out over MQTT."""
    notices = [json.loads(str(r.fields["record"])) for r in rows(store, "notice")]
    return {
        (notice["id"], "mqtt")
        for notice in notices
        if "mqtt" in notice["channels"] and not notice.get("why_not")
    }


class Killer:
    """Kills processes at seeded moments of event time.

    Parameters
    ----------
    seed
        Settles who is killed when.
    """

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311 - a test's choice
        more = [*rng.sample(VICTIMS[:3], 3), "simulator"]
        self.victims = rng.sample([*VICTIMS, *more], KILLS)
        begin = int(datetime.fromisoformat(BEGIN).timestamp())
        span = (HOURS - 1) * 3600 // KILLS
        self.lead = span // 3
        later = [rng.randrange(self.lead, span) for _ in range(KILLS)]
        self.moments = [begin + n * span + each for n, each in enumerate(later)]

    def __call__(self, town: Any, simulation: Simulation) -> None:
        """Kill each victim at its moment, while messages keep coming."""
        with town.store() as store:
            deaths = zip(self.moments, self.victims, strict=True)
            for number, (moment, victim) in enumerate(deaths):
                eve = moment - self.lead
                town.wait(lambda eve=eve: (store.clock("small") or 0) >= eve)
                self._kill(town, simulation, store, victim, moment)
                send_nonsense(town, number)

    def _kill(
        self,
        town: Any,
        simulation: Simulation,
        store: EmbeddedStore,
        victim: str,
        moment: int,
    ) -> None:
        print(f"kills {victim} at {moment}")  # noqa: T201 - shown when it fails
        assert not simulation.over(), "everything was published before the kill"
        if victim == "simulator":
            town.wait(lambda: (store.clock("small") or 0) >= moment)
            simulation.kill()
            return
        # It must have come back from its last death to die again.
        with simulation.paused():
            process = psutil.Process(town.pid(victim))
        town.wait(lambda: (store.clock("small") or 0) >= moment)
        process.kill()


def assert_same(got: Any, wanted: Any, name: str) -> None:
    """Compare tables, so that a failure shows one line of them."""
    if isinstance(wanted, dict):
        for each in {**wanted, **got}:
            assert got.get(each) == wanted.get(each), (name, each)
    assert got == wanted, name


def assert_same_counts(got: Counts, wanted: Counts, device: str) -> None:
    """Compare the counts of a device, but for what came twice."""
    for name in ("stored", "quarantined", "late", "conflicts", "lost", "in_flight"):
        assert getattr(got, name) == getattr(wanted, name), (device, name)
    assert got.received - got.duplicate == wanted.received - wanted.duplicate, device


def test_kills_change_nothing(found_town: Any, small_city: Callable[[], str]) -> None:
    """Ten kills later: the same readings, results, notices, refusals and counts."""
    calm, shaken = found_town(small_city(), "calm"), found_town(small_city(), "shaken")
    killer = Killer(seed=7)
    wanted = run(calm)
    calm.stop()
    got = run(shaken, killer)
    assert len(wanted.notices) >= 4
    assert len(wanted.quarantine) == KILLS
    for name in Outcome._fields:
        assert_same(getattr(got, name), getattr(wanted, name), name)
    with calm.store() as one, shaken.store() as other:
        before, after = one.audit("small"), other.audit("small")
    assert before.balances, before.wrong
    assert after.balances, after.wrong
    assert after.ledger.devices.keys() == before.ledger.devices.keys()
    for device, counts in before.ledger.devices.items():
        assert_same_counts(after.ledger.devices[device], counts, device)
    assert_same_counts(after.ledger.total, before.ledger.total, "total")
    restarts = {n: p["restarts"] for n, p in shaken.status()["processes"].items()}
    deaths = {name: killer.victims.count(name) for name in VICTIMS[:-1]}
    assert restarts == {"mqtt": 0, "kafka": 0, **deaths}
