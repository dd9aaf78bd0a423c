"""`thoang simulate`: a city of simulated devices; sensors.simulator makes it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from sensors.city import CityError
from sensors.publisher import PublisherError
from sensors.simulator.run import simulate as simulate_city
from sensors.simulator.settings import SimulatorSettings

_err = Console(stderr=True, soft_wrap=True, highlight=False)

HELP = """Publish as the devices of a city would: the past 48 hours at once, then live.

What was sent is remembered in the data folder; when started again, it goes on there.

[bold]Example:[/bold] thoang simulate --city cities/binh-duong.yaml --data data

[bold]Example:[/bold] thoang simulate --speed max --start 2026-01-05T00:00+07:00
"""


def simulate(
    *,
    city: Annotated[Path, typer.Option(help="The city file.", dir_okay=False)] = Path(
        "cities/binh-duong.yaml"
    ),
    data: Annotated[
        Path, typer.Option(help="Folder for progress and what was sent.")
    ] = Path("data"),
    mqtt: Annotated[
        str, typer.Option(help="The broker, mqtt://HOST:PORT.")
    ] = "mqtt://127.0.0.1:1883",
    seed: Annotated[int, typer.Option(help="The same seed, the same city.")] = 1,
    hours: Annotated[int, typer.Option(help="Past that is filled first.")] = 48,
    speed: Annotated[
        Literal["real", "max"], typer.Option(help="Real time, or as fast as it goes.")
    ] = "real",
    days: Annotated[
        float, typer.Option(help="Event time that a run at speed max covers.")
    ] = 7.0,
    start: Annotated[
        str | None,
        typer.Option(help="First event time at speed max, ISO 8601 with offset."),
    ] = None,
) -> None:
    """Run until interrupted, or at speed max until the days are over."""
    try:
        settings = SimulatorSettings(
            city=city,
            data=data,
            mqtt=mqtt,
            seed=seed,
            hours=hours,
            speed=speed,
            days=days,
            start=None if start is None else _unix(start),
        )
        simulate_city(settings)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except ValidationError as error:
        for mistake in error.errors():
            name = ".".join(map(str, mistake["loc"]))
            _err.print(f"[red]error[/red] --{escape(name)}: {escape(mistake['msg'])}")
        raise typer.Exit(2) from error
    except (CityError, PublisherError, ValueError) as error:
        _err.print(f"[red]error[/red] {escape(str(error))}")
        raise typer.Exit(1) from error


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


_WANTED = "one such as 2026-01-05T00:00+07:00"
