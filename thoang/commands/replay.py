"""`thoang replay`: publish a recorded history over MQTT as devices would have."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from sensors.city import City, dump_city
from sensors.publisher import Publisher, PublisherError
from sensors.replay import FORMATS, History, HistoryError, Message, open_history
from sensors.replay.play import play
from sensors.replay.timeline import timeline
from sensors.window import DEFAULT_WINDOW

_out: Final = Console(soft_wrap=True, highlight=False)
_err: Final = Console(stderr=True, soft_wrap=True, highlight=False)

HELP: Final = """Publish a recorded history over MQTT as its devices would have.

The history brings a city of its own. Print it, run Thoáng for it, then replay:

[bold]Example:[/bold]
thoang replay beijing.csv.gz --format beijing-multisite --city-out beijing.yaml
thoang run --city beijing.yaml
thoang replay beijing.csv.gz --format beijing-multisite --speed max
"""


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The history.")],
    file_format: Annotated[
        str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")
    ],
    *,
    speed: Annotated[
        str,
        typer.Option(help="Times faster than it happened, or max (the bridge's pace)."),
    ] = "max",
    mqtt: Annotated[
        str, typer.Option(metavar="URL", help="The MQTT broker.")
    ] = "mqtt://127.0.0.1:1883",
    window: Annotated[
        int,
        typer.Option(help="Messages to be ahead of the bridge; 0 waits for none."),
    ] = DEFAULT_WINDOW,
    city_out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the derived city there and stop."),
    ] = None,
    print_city: Annotated[
        bool, typer.Option("--print-city", help="Print the derived city and stop.")
    ] = False,
) -> None:
    """Replay, or write or print the derived city."""
    try:
        history = open_history(file, file_format)
        if print_city:
            _print(history.city)
        elif city_out is not None:
            _write(history.city, city_out)
        else:
            _replay(history, mqtt, _speed(speed), window or None)
    except (HistoryError, PublisherError, OSError) as error:
        _err.print(f"[red]error[/red] {escape(str(error))}")
        raise typer.Exit(1) from error


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        message = f"got {text!r}; wanted max or a number above 0 such as 60"
        raise typer.BadParameter(message, param_hint="--speed")
    return speed


def _print(city: City) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "city.yaml"
        dump_city(city, path)
        typer.echo(path.read_text(encoding="utf-8"), nl=False)


def _write(city: City, path: Path) -> None:
    dump_city(city, path)
    _out.print(
        f"wrote city {city.id} ({len(city.sites)} sites) to {escape(str(path))}; "
        f"now: thoang run --city {escape(str(path))}"
    )


def _replay(
    history: History, mqtt: str, speed: float | None, window: int | None
) -> None:
    city = history.city
    started = time.monotonic()
    publisher = Publisher(
        mqtt, city.id, client_id=f"thoang-replay-{os.getpid()}", window=window
    )
    with publisher, _progress(publisher) as progress:
        task = progress.add_task(city.id, total=history.messages)
        events = timeline(history.steps(), tick_s=history.tick_s, grace_s=city.grace_s)
        last = 0
        for event in play(
            events, publisher, speed=speed, elapsed=time.monotonic, wait=time.sleep
        ):
            if isinstance(event, Message):
                progress.advance(task)
            else:
                last = event.time
        publisher.flush()
        if window is not None:
            publisher.settle(last)
    took = time.monotonic() - started
    _out.print(
        f"published {history.messages:,} messages with {history.readings:,} readings "
        f"and {publisher.sent - history.messages:,} ticks in {took:.1f} s "
        f"({history.readings / took:,.0f} readings/s)"
    )


class _State(ProgressColumn):
    """Rate of the task and what the publisher is waiting for, asked at each redraw."""

    def __init__(self, publisher: Publisher) -> None:
        super().__init__()
        self._publisher = publisher

    def render(self, task: Task) -> Text:
        """Return the words."""
        return Text(f"{task.speed or 0:,.0f} messages/s {self._publisher.waiting}")


def _progress(publisher: Publisher) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        _State(publisher),
        console=_err,
    )
