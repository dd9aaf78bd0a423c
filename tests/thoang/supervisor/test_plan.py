"""Which processes a city consists of, and what each is told."""

import asyncio
from pathlib import Path

import pytest

from thoang.embedded.kafka import Topic, end_offsets
from thoang.embedded.ports import free_port
from thoang.supervisor.epoch import Epoch
from thoang.supervisor.order import in_order
from thoang.supervisor.plan import (
    AddressError,
    CityRun,
    Wiring,
    environment,
    mqtt_environment,
    processes,
)
from thoang.supervisor.process import Event, Process
from thoang.supervisor.supervisor import Supervisor


async def never(_bootstrap: str, _epoch: int) -> bool:
    """Be never drained."""
    return False


WIRING = Wiring((Topic("readings", 12),), never)


def city_run(folder: Path, **changed: object) -> CityRun:
    """Return a run of the first city."""
    ports = {"web_port": 8000, "mqtt_port": 1883, "kafka_port": 9092}
    given = {"city": Path("city.yaml"), "folder": folder, **ports, **changed}
    return CityRun(**given)  # type: ignore[arg-type]


def planned(run: CityRun) -> dict[str, Process]:
    """Return the processes of a run by name, in order."""
    plan = in_order(processes(run, WIRING, Epoch(run.folder)))
    return {process.name: process for process in plan}


def test_embedded_city_has_eight_processes(tmp_path: Path) -> None:
    """Two brokers, five of ours, and the simulator, which waits for the bridge."""
    plan = planned(city_run(tmp_path))
    ours = {"bridge", "worker", "writer", "notifier", "web", "simulator"}
    assert set(plan) == {"mqtt", "kafka"} | ours
    needing = {name for name, process in plan.items() if "kafka" in process.needs}
    assert needing == {"bridge", "worker", "writer", "notifier"}
    assert "bridge" in plan["simulator"].after
    assert plan["simulator"].command[1:] == ("-m", "thoang", "simulate")


def test_existing_brokers_are_not_started(tmp_path: Path) -> None:
    """With addresses given, only our own processes run, and nothing hangs on ours."""
    run = city_run(
        tmp_path,
        mqtt_url="mqtt://ops:s%40crt@broker.example",
        kafka_bootstrap="kafka.example:9092",
        simulator=False,
    )
    plan = planned(run)
    assert set(plan) == {"bridge", "worker", "writer", "notifier", "web"}
    assert all(process.needs == () for process in plan.values())
    told = environment(run, Epoch(tmp_path))
    assert told["THOANG_MQTT__HOST"] == "broker.example"
    assert told["THOANG_MQTT__PORT"] == "1883"
    assert told["THOANG_MQTT__PASSWORD"] == "s@crt"  # noqa: S105 - made up
    assert told["THOANG_KAFKA__BOOTSTRAP"] == "kafka.example:9092"
    assert told["THOANG_KAFKA__EPOCH"] == "0"
    assert not {"THOANG_ORIGIN", "THOANG_CLOCK"} & set(told)


def test_epoch_and_origin_are_told(tmp_path: Path) -> None:
    """A simulated city says so, and the epoch is the newest."""
    epoch = Epoch(tmp_path)
    epoch.advance()
    told = environment(city_run(tmp_path), epoch)
    assert told["THOANG_KAFKA__EPOCH"] == "1"
    assert (told["THOANG_ORIGIN"], told["THOANG_CLOCK"]) == ("simulated", "messages")
    assert told["THOANG_MQTT__HOST"] == "127.0.0.1"


@pytest.mark.parametrize(
    "url", ["broker", "http://broker", "mqtt://", "mqtt://broker:99999"]
)
def test_wrong_broker_address_is_refused(url: str) -> None:
    """The message names what was got and what is wanted."""
    with pytest.raises(AddressError, match=r"wanted mqtt://"):
        mqtt_environment(url)


def test_ready_file_of_an_earlier_run_does_not_count(tmp_path: Path) -> None:
    """It is removed before each start."""
    writer = planned(city_run(tmp_path))["writer"]
    stale = tmp_path / "ready/writer"
    stale.parent.mkdir()
    stale.touch()
    assert asyncio.run(_ask(writer))
    writer.before()
    assert not asyncio.run(_ask(writer))


async def _ask(process: Process) -> bool:
    return await process.probe()


@pytest.mark.embedded
def test_both_brokers_start_with_their_topics(tmp_path: Path) -> None:
    """They are ready within seconds; a broker that is killed comes back with topics."""
    run = city_run(tmp_path, mqtt_port=free_port(0), kafka_port=free_port(0))
    plan = planned(run)
    said: list[Event] = []

    async def start() -> None:
        stop = asyncio.Event()
        supervisor = Supervisor([plan["mqtt"], plan["kafka"]], tmp_path, said.append)
        running = asyncio.ensure_future(supervisor.run(stop))
        async with asyncio.timeout(20):
            await supervisor.ready()
            kafka = supervisor.units["kafka"]
            assert kafka.child is not None
            kafka.child.kill()
            while kafka.restarts == 0:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
            await supervisor.ready()
            assert len(await end_offsets(run.bootstrap, ["readings"])) == 12
        stop.set()
        await running

    asyncio.run(start())
    assert Epoch(tmp_path).now == 2
    assert [event.name for event in said if event.kind == "died"] == ["kafka"]
