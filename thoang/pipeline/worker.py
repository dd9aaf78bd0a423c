"""The worker: `readings` to results, alerts and notices, by Faust agents."""

import gc
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from uuid import uuid4

import faust

from alerts.evaluator import Evaluator
from alerts.machine import AlertsMachine
from alerts.notice import compose
from alerts.rulefile import load_rules
from alerts.words import load_catalogue
from sensors.bridge.output import partition_of
from sensors.city import City, Segment, Station
from sensors.records import AIR_QUALITY, AREAS, CONGESTION, PARTITIONS, READINGS
from stores.protocol import Store
from streams.air_quality import AirQualityRules
from streams.app import Sender, WorkerSettings, dead_letter, join, make_app
from streams.durable.machine import Machine
from streams.durable.stage import Stage
from streams.durable.watchdog import Watchdog
from streams.machines import RulesMachine
from streams.traffic import TrafficRules
from thoang.keeper import StoreKeeper
from thoang.process import ready_file, start_logging
from thoang.settings import Settings
from thoang.storage import open_store

GC = (20_000, 20, 20)
"""Python's thresholds: records make many objects and hardly any cycle."""

FETCH_LEAST_B = 65_536

Site = TypeVar("Site", Station, Segment)


def worker(
    settings: Settings, city: City, store: Store, ready: Callable[[], None]
) -> Any:  # noqa: ANN401  # Faust has no types
    """Return the Faust app with the agents air, traffic and alerts."""
    app = make_app(
        WorkerSettings(
            bootstrap=settings.kafka.bootstrap,
            name=settings.worker,
            **_alone(settings.kafka.epoch > 0),
            folder=settings.data_dir / "faust",
            fetch_wait_ms=settings.kafka.fetch_wait_ms,
            # A log in memory answers after half the wait anyway: take more at a time.
            fetch_least_b=FETCH_LEAST_B if settings.kafka.epoch else 1,
        )
    )
    send, keeper = Sender(app), StoreKeeper(store, city.id)
    stages = [
        Stage(
            name,
            source,
            build=build,
            keeper=keeper,
            send=send,
            dead=dead_letter(name, city.id, city.origin),
            epoch=settings.kafka.epoch,
        )
        for name, source, build in (
            ("air", READINGS, _air(city)),
            ("traffic", READINGS, _traffic(city)),
            ("alerts", AREAS, _alerts(settings, city)),
        )
    ]
    join(app, stages, ready)
    app.on_worker_init.connect(
        lambda *_, **__: Watchdog(settings.kafka.bootstrap, stages).start(), weak=False
    )
    return app


def _alone(alone: bool) -> dict[str, Any]:  # noqa: FBT001  # one meaning
    """Return the group of the only worker of a log in memory."""
    return {"group": f"thoang-worker-{uuid4().hex[:8]}", "alone": True} if alone else {}


def _air(city: City) -> Callable[[int], Machine]:
    stations = _by_partition(city.stations)

    def build(partition: int) -> Machine:
        return RulesMachine(
            "air",
            AIR_QUALITY,
            AirQualityRules(city, stations.get(partition, [])),
            city=city.id,
            partition=partition,
            areas_partition=partition_of(city.id),
        )

    return build


def _traffic(city: City) -> Callable[[int], Machine]:
    segments = _by_partition(city.segments)

    def build(partition: int) -> Machine:
        return RulesMachine(
            "traffic",
            CONGESTION,
            TrafficRules(city, segments.get(partition, [])),
            city=city.id,
            partition=partition,
            areas_partition=partition_of(city.id),
        )

    return build


def _alerts(settings: Settings, city: City) -> Callable[[int], Machine]:
    rules, catalogue = load_rules(settings.rules), load_catalogue()
    # Every partition says its ticks, of whatever kind its sites are.
    sources = [(stage, n) for stage in ("air", "traffic") for n in range(PARTITIONS)]

    def build(partition: int) -> Machine:  # noqa: ARG001  # all of a city is in one
        return AlertsMachine(
            Evaluator(rules, city),
            lambda transition: compose(transition, city, catalogue),
            sources,
        )

    return build


def _by_partition(sites: Iterable[Site]) -> dict[int, list[Site]]:
    found: dict[int, list[Site]] = {}
    for site in sites:
        found.setdefault(partition_of(site.id), []).append(site)
    return found


def main() -> None:
    """Run the worker until it is told to stop."""
    start_logging()
    settings = Settings.read()
    ready = ready_file(settings, "worker")
    app = worker(settings, settings.load_city(), open_store(settings), ready)
    # What is here stays: nothing of it is looked at again for cycles.
    gc.freeze()
    gc.set_threshold(*GC)
    # Quiet: its spinner would stand in the log as the last thing the worker said.
    faust.Worker(
        app,
        loglevel="WARNING",
        override_logging=False,
        redirect_stdouts=False,
        quiet=True,
    ).execute_from_commandline()
