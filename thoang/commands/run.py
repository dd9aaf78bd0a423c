"""`thoang run`: a whole city on this machine; thoang.supervisor keeps it running."""

import asyncio
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:  # loaded when a run begins: every other command does without
    from thoang.supervisor.console import RunConsole
    from thoang.supervisor.plan import CityRun, Wiring
    from thoang.supervisor.process import Event
    from thoang.supervisor.session import Session

HELP = """Run a whole city on this machine: brokers, streams, store, page, notices.

Without devices of your own it simulates a city's. Everything is kept in one folder,
from which the next run goes on. Ctrl-C stops it.

[bold]Example:[/bold] thoang run

[bold]Example:[/bold] thoang run --no-simulator --mqtt mqtt://broker.lan:1883
"""
_WINDOWS = (
    "Windows: the embedded brokers do not run here. Use WSL (wsl --install, then the "
    "same commands in its terminal) or Docker (docker compose up)."
)
_WRONG = 2

_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)


def run_command(wiring: "Callable[[CityRun], Wiring]") -> Callable[..., None]:
    """Return the command; `wiring` is called when a run begins."""

    def run(
        *,
        city: Annotated[
            Path | None, typer.Option(help="The city file.", dir_okay=False)
        ] = None,
        data: Annotated[
            Path | None, typer.Option(help="Folder that everything is kept in.")
        ] = None,
        port: Annotated[
            int, typer.Option(help="Port of the page.", min=1, max=65_535)
        ] = 8000,
        simulator: Annotated[
            bool, typer.Option("--simulator/--no-simulator", help="Simulate devices.")
        ] = True,
        mqtt: Annotated[
            str, typer.Option(help="An existing broker, mqtt://[USER:PW@]HOST[:PORT].")
        ] = "",
        kafka: Annotated[str, typer.Option(help="An existing Kafka, HOST:PORT.")] = "",
        broker_memory_mb: Annotated[
            int, typer.Option(help="Swap the embedded Kafka broker beyond.", min=50)
        ] = 250,
        open_page: Annotated[
            bool, typer.Option("--open", help="Open the page in a browser.")
        ] = False,
    ) -> None:
        """Run until interrupted."""
        if sys.platform == "win32":
            _err.print(_WINDOWS)
            raise typer.Exit(_WRONG)
        asked = Asked(
            city=city,
            data=data,
            port=port,
            simulator=simulator,
            mqtt=mqtt,
            kafka=kafka,
            broker_memory_mb=broker_memory_mb,
            open_page=open_page,
        )
        raise typer.Exit(_guarded(asked, wiring))

    return run


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    city: Path | None
    data: Path | None
    port: int
    simulator: bool
    mqtt: str
    kafka: str
    broker_memory_mb: int
    open_page: bool


def _guarded(asked: Asked, wiring: "Callable[[CityRun], Wiring]") -> int:
    """Run, with every mistake that stops the start told in one message."""
    from aiokafka.errors import KafkaError  # noqa: PLC0415 - heavy

    from thoang.embedded.ports import NoFreePortError  # noqa: PLC0415
    from thoang.supervisor.lock import FolderInUseError, claimed  # noqa: PLC0415

    try:
        run = city_run(asked)
        with claimed(run.folder):
            return asyncio.run(_live(run, wiring(run), asked))
    except (FolderInUseError, NoFreePortError, ValueError, OSError) as error:
        _err.print(f"[red]error[/red] {escape(str(error))}")
    except KafkaError as error:
        _err.print(
            f"[red]error[/red] Kafka at {asked.kafka} does not answer "
            f"({escape(str(error))}): start it, or leave out --kafka"
        )
    return _WRONG


def city_run(asked: Asked) -> "CityRun":
    """Return what is asked for, with settings and free ports filled in.

    Raises
    ------
    ValueError
        If a setting, the city file or an address is wrong.
    """
    from alerts.rulefile import load_rules  # noqa: PLC0415 - heavy
    from sensors.city import load_city  # noqa: PLC0415
    from thoang.embedded.ports import free_port  # noqa: PLC0415
    from thoang.settings import Settings  # noqa: PLC0415
    from thoang.supervisor.plan import CityRun, mqtt_environment  # noqa: PLC0415

    settings = Settings.read()
    city = (asked.city or settings.city).resolve()
    known = load_city(city)
    load_rules(settings.rules, known)
    if asked.mqtt:
        mqtt_environment(asked.mqtt)
    web, mqtt = free_port(asked.port), free_port(1883, but={asked.port})
    kafka = free_port(9092, but={web, mqtt})
    _tell_if_other("page", asked.port, web)
    _tell_if_other("MQTT broker", 1883, mqtt, asked.mqtt)
    _tell_if_other("Kafka-protocol broker", 9092, kafka, asked.kafka)
    return CityRun(
        city=city,
        folder=(asked.data or settings.data_dir).resolve(),
        web_port=web,
        mqtt_port=mqtt,
        kafka_port=kafka,
        # The city of a history has its own devices: those of `thoang replay`.
        simulator=asked.simulator and known.origin != "replay",
        mqtt_url=asked.mqtt,
        kafka_bootstrap=asked.kafka,
    )


def _tell_if_other(what: str, wanted: int, port: int, existing: str = "") -> None:
    if port != wanted and not existing:
        _out.print(f"port {wanted} is taken: the {what} takes {port}")


async def _live(run: "CityRun", wiring: "Wiring", asked: Asked) -> int:
    from thoang.supervisor.console import RunConsole  # noqa: PLC0415
    from thoang.supervisor.session import Session  # noqa: PLC0415
    from thoang.supervisor.swap import SwapPolicy  # noqa: PLC0415

    console = RunConsole(_out, run, open_page=asked.open_page)
    console.begin()
    policy = SwapPolicy(limit_mb=asked.broker_memory_mb)
    session = Session(run, wiring, policy, console.say)
    console.know([unit.process for unit in session.supervisor.units.values()])
    stop = asyncio.Event()
    _stop_on_signals(stop, session, console)
    beside = [console.show_fill] if run.simulator else []
    wrong = await session.live(stop, *beside)
    return _ended(wrong, console)


def _stop_on_signals(
    stop: asyncio.Event, session: "Session", console: "RunConsole"
) -> None:
    def on_signal() -> None:
        if stop.is_set():
            session.supervisor.kill()
            return
        stop.set()
        console.stopping()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)


def _ended(wrong: "Event | None", console: "RunConsole") -> int:
    if wrong is None:
        console.stopped()
        return 0
    _err.print(f"[red]error[/red] {wrong.name} cannot run:\n{escape(wrong.detail)}")
    return _WRONG
