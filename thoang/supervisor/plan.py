"""Owns which processes a city on one machine consists of, and what each is told.

Settings go to the processes by environment variables; what a process does with them is
its own affair. A process makes the file ``ready/NAME`` in the data folder when it is
ready.
"""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from thoang.embedded import kafka, mqtt
from thoang.embedded.kafka import Topic
from thoang.supervisor.epoch import Epoch
from thoang.supervisor.probe import file_probe, http_probe
from thoang.supervisor.process import Process

HOST = "127.0.0.1"
FILLED_WITHIN_S = 900.0
"""Longest time that publishing the simulated past may take [s]."""
_MQTT_LOSS = (
    "the messages and sessions it held in memory are gone; devices that still hold "
    "unacknowledged messages send them again, the ledger shows the rest"
)
_KAFKA_LOSS = (
    "the records it held in memory are gone; worker, writer, notifier and bridge start "
    "again from the store, and the ledger shows the gap"
)


class AddressError(ValueError):
    """An address of an existing broker cannot be used."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the pipeline has to tell the supervisor.

    Parameters
    ----------
    topics
        Every topic that has to exist before a client asks for it.
    drained
        Whether all records of a Kafka (bootstrap, epoch) have been taken and stored;
        False when it cannot tell. Asked while the bridge is down.
    """

    topics: tuple[Topic, ...]
    drained: Callable[[str, int], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class CityRun:
    """What a run is asked for.

    Parameters
    ----------
    city
        The city file.
    folder
        The data folder.
    web_port, mqtt_port, kafka_port
        Ports on 127.0.0.1, known to be free.
    simulator
        Whether devices are simulated.
    mqtt_url
        ``mqtt://[user:password@]host[:port]`` of an existing broker; "" for ours.
    kafka_bootstrap
        ``host:port`` of an existing Kafka; "" for ours.
    """

    city: Path
    folder: Path
    web_port: int
    mqtt_port: int
    kafka_port: int
    simulator: bool = True
    mqtt_url: str = ""
    kafka_bootstrap: str = ""

    @property
    def mqtt_address(self) -> str:
        """The MQTT broker's address, ours or the existing one."""
        return self.mqtt_url or f"mqtt://{HOST}:{self.mqtt_port}"

    @property
    def bootstrap(self) -> str:
        """Kafka's address, ours or the existing one."""
        return self.kafka_bootstrap or f"{HOST}:{self.kafka_port}"

    @property
    def page(self) -> str:
        """Address of the page."""
        return f"http://{HOST}:{self.web_port}"


def mqtt_environment(url: str) -> dict[str, str]:
    """Read the address of an existing MQTT broker.

    Raises
    ------
    AddressError
        If it is no ``mqtt://`` address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 1883
    except ValueError as error:
        message = f"--mqtt {url!r}: {error}; wanted mqtt://[user:password@]host[:port]"
        raise AddressError(message) from error
    if parts.scheme != "mqtt" or not parts.hostname:
        message = f"--mqtt got {url!r}, wanted mqtt://[user:password@]host[:port]"
        raise AddressError(message)
    given = {
        "THOANG_MQTT__HOST": parts.hostname,
        "THOANG_MQTT__PORT": str(port),
        "THOANG_MQTT__USERNAME": unquote(parts.username or ""),
        "THOANG_MQTT__PASSWORD": unquote(parts.password or ""),
    }
    return {name: value for name, value in given.items() if value}


_SIMULATED = {"THOANG_ORIGIN": "simulated", "THOANG_CLOCK": "messages"}


def environment(run: CityRun, epoch: Epoch) -> dict[str, str]:
    """Return the settings of a run as environment variables.

    An existing Kafka keeps its records, so its epoch is always 0.
    """
    return {
        **mqtt_environment(run.mqtt_address),
        "THOANG_KAFKA__BOOTSTRAP": run.bootstrap,
        "THOANG_KAFKA__EPOCH": "0" if run.kafka_bootstrap else str(epoch.now),
        "THOANG_STORE__PATH": str(run.folder / "thoang.sqlite"),
        "THOANG_WEB__HOST": HOST,
        "THOANG_WEB__PORT": str(run.web_port),
        "THOANG_CITY": str(run.city),
        "THOANG_DATA_DIR": str(run.folder),
        # Without simulated devices the city file itself says what it is.
        **(_SIMULATED if run.simulator else {}),
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def processes(run: CityRun, wiring: Wiring, epoch: Epoch) -> list[Process]:
    """Return the processes of a city."""
    brokers: list[Process] = []
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    if not run.mqtt_url:
        brokers.append(_mqtt(run))
        after = ("mqtt",)
    if not run.kafka_bootstrap:
        brokers.append(_kafka(run, wiring, epoch))
        needs = ("kafka",)
    ours = [
        _ours("writer", run, needs=needs),
        _ours("worker", run, needs=needs),
        _ours("notifier", run, needs=needs, after=after),
        _ours("bridge", run, needs=needs, after=after),
        _ours("web", run, after=("writer",)),
    ]
    if run.simulator:
        ours.append(_simulator(run))
    return [*brokers, *ours]


def _mqtt(run: CityRun) -> Process:
    async def answers() -> bool:
        return await mqtt.answers(run.mqtt_port)

    return Process(
        name="mqtt",
        command=mqtt.command(run.mqtt_port, run.folder / "embedded"),
        probe=answers,
        ready_within_s=20,
        loss=_MQTT_LOSS,
    )


def _kafka(run: CityRun, wiring: Wiring, epoch: Epoch) -> Process:
    async def answers() -> bool:
        return await kafka.answers(run.bootstrap)

    async def create_topics() -> None:
        await kafka.create_topics(run.bootstrap, wiring.topics)

    def next_epoch() -> None:
        epoch.advance()

    return Process(
        name="kafka",
        command=kafka.command(kafka.binary(run.folder / "embedded"), run.kafka_port),
        probe=answers,
        before=next_epoch,
        settle=create_topics,
        ready_within_s=20,
        loss=_KAFKA_LOSS,
    )


def _ours(
    name: str, run: CityRun, needs: tuple[str, ...] = (), after: tuple[str, ...] = ()
) -> Process:
    """Return one of our own processes: a subcommand that tells when it is ready."""
    health = f"{run.page}/api/v1/health"
    ready = run.folder / "ready" / name
    return Process(
        name=name,
        command=(sys.executable, "-m", "thoang", name),
        probe=http_probe(health) if name == "web" else file_probe(ready),
        needs=needs,
        after=after,
        before=_forget(ready),
    )


def _simulator(run: CityRun) -> Process:
    """Return the simulator, ready once it has published the past."""
    ready = run.folder / "ready" / "simulator"
    return Process(
        name="simulator",
        command=(sys.executable, "-m", "thoang", "simulate"),
        probe=file_probe(ready),
        after=("bridge", "worker", "writer"),
        ready_within_s=FILLED_WITHIN_S,
        before=_forget(ready),
    )


def _forget(ready: Path) -> Callable[[], None]:
    def forget() -> None:
        ready.parent.mkdir(parents=True, exist_ok=True)
        ready.unlink(missing_ok=True)

    return forget
