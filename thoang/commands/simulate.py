"""`thoang simulate`: a city of simulated devices; sensors.simulator makes it."""

import signal
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal, NoReturn
from urllib.parse import quote

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from sensors.city import CityError
from sensors.mqtt import MqttSettings
from sensors.publisher import PublisherError
from sensors.simulator.run import simulate as simulate_city
from sensors.simulator.settings import SimulatorSettings
from sensors.window import DEFAULT_WINDOW
from thoang.process import start_logging
from thoang.settings import Settings, SettingsError

_err: Final = Console(stderr=True, soft_wrap=True, highlight=False)
_WANTED: Final = "one such as 2026-01-05T00:00+07:00"

HELP: Final = """Publish as the devices of a city would: the past 48 hours, then live.

What was sent is remembered in the data folder; when started again, it goes on there.
City, data folder and broker are those of the settings unless given.

[bold]Example:[/bold]
thoang simulate --city cities/binh-duong.yaml --data .thoang
thoang simulate --speed max --days 7 --start 2026-01-05T00:00+07:00
"""


def simulate(
    *,
    city: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The city file.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for what was sent.")
    ] = None,
    mqtt: Annotated[
        str | None, typer.Option(metavar="URL", help="The broker, mqtt://HOST:PORT.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed, the same city.")] = 1,
    hours: Annotated[int, typer.Option(help="Past that is filled first [h].")] = 48,
    speed: Annotated[
        Literal["real", "max"], typer.Option(help="Real time, or as fast as it goes.")
    ] = "real",
    days: Annotated[
        float, typer.Option(help="Event time that speed max covers [d].")
    ] = 7.0,
    start: Annotated[
        str | None,
        typer.Option(help="First event time at speed max: ISO 8601 with offset."),
    ] = None,
    window: Annotated[
        int, typer.Option(help="Messages to be ahead of the bridge.")
    ] = DEFAULT_WINDOW,
) -> None:
    """Run until interrupted, or at speed max until the days are over."""
    signal.signal(signal.SIGTERM, _interrupt)
    start_logging()
    try:
        general = Settings.read()
        settings = SimulatorSettings(
            city=city or general.city,
            data=data or general.data_dir,
            mqtt=mqtt or _address(general.mqtt),
            seed=seed,
            hours=hours,
            speed=speed,
            days=days,
            start=None if start is None else _unix(start),
            window=window,
        )
        simulate_city(settings)
    except KeyboardInterrupt:
        return
    except ValidationError as error:
        for mistake in error.errors():
            name = ".".join(map(str, mistake["loc"]))
            _say(f"--{name}: {mistake['msg']}, got {mistake['input']!r}")
        raise typer.Exit(2) from None
    except (CityError, PublisherError, SettingsError, ValueError) as error:
        _say(str(error))
        raise typer.Exit(1) from None


def _say(message: str) -> None:
    _err.print(f"[red]error[/red] {escape(message)}")


def _interrupt(number: int, frame: object) -> NoReturn:
    """End as Ctrl-C does: everything needed to go on is already written."""
    raise KeyboardInterrupt(number, frame)


def _address(mqtt: MqttSettings) -> str:
    """Return the broker of the settings as a URL."""
    scheme = "mqtt" if mqtt.ca_file is None else "mqtts"
    who = ""
    if mqtt.username:
        password = quote(mqtt.password.get_secret_value(), safe="")
        who = f"{quote(mqtt.username, safe='')}:{password}@"
    host = f"[{mqtt.host}]" if ":" in mqtt.host else mqtt.host
    return f"{scheme}://{who}{host}:{mqtt.port}"


def _unix(text: str) -> int:
    """Return a time with an offset as unix seconds."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"--start: {text!r} is no ISO 8601 time; wanted {_WANTED}"
        raise ValueError(message) from error
    if moment.tzinfo is None:
        message = f"--start: {text!r} has no offset from UTC; wanted {_WANTED}"
        raise ValueError(message)
    return int(moment.timestamp())
