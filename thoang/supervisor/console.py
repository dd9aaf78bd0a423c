"""Owns what a person who started a city sees: words, times, the bar of the fill."""

import asyncio
import json
import webbrowser
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from thoang.supervisor.plan import CityRun
from thoang.supervisor.process import Event, Process

_POLL_S = 0.25
_TITLES = {
    "mqtt": "MQTT broker (embedded)",
    "kafka": "Kafka-protocol broker (embedded)",
    "bridge": "bridge: MQTT to Kafka",
    "worker": "worker: averages, indices, alerts",
    "writer": "writer: results to the store",
    "notifier": "notifier: advice and notices out",
    "web": "page and API",
    "simulator": "simulated devices",
}


class RunConsole:
    """Tells a run on a console.

    Parameters
    ----------
    console
        Where to.
    run
        What runs.
    losses
        What people are told is lost, by the name of the process that died.
    open_page
        Whether to open the page in a browser once it is there.
    """

    def __init__(self, console: Console, run: CityRun, *, open_page: bool) -> None:
        self._console = console
        self._run = run
        self._open = open_page
        self._shown = False
        self._filled = False
        self._losses: dict[str, str] = {}

    def know(self, processes: list[Process]) -> None:
        """Learn what is lost when one of these dies."""
        self._losses = {process.name: process.loss for process in processes}

    def begin(self) -> None:
        """Say what is being started, and where its data are."""
        kind = "simulated city" if self._run.simulator else "city"
        self._print(f"[bold]Thoáng[/bold] starts a {kind} from {self._run.city}")
        self._print(f"data in {self._run.folder}")

    def say(self, event: Event) -> None:
        """Tell an event."""
        tell = getattr(self, f"_say_{event.kind}", None)
        if tell is not None:
            tell(event)

    async def show_fill(self) -> None:
        """Show how much of the past is published, until the simulator is ready."""
        path = self._run.folder / "fill.json"
        started = path.stat().st_mtime_ns if path.exists() else 0
        columns = (TextColumn("  publishing the past"), BarColumn())
        with Progress(*columns, MofNCompleteColumn(), console=self._console) as bar:
            task = bar.add_task("fill", total=None, visible=False)
            while not self._filled:
                done, total = _fill(path, started)
                bar.update(task, completed=done, total=total, visible=total > 0)
                await asyncio.sleep(_POLL_S)

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._print("stopping (Ctrl-C again to kill at once) …")

    def stopped(self) -> None:
        """Say that everything is down and how to go on."""
        self._print(
            f"stopped; `thoang run` goes on from the data in {self._run.folder}"
        )

    def _print(self, text: str) -> None:
        self._console.print(text, highlight=False, soft_wrap=True)

    def _say_ready(self, event: Event) -> None:
        title = _TITLES.get(event.name, event.name)
        self._print(f"  [green]ready[/green] {title}, {event.seconds:.1f} s")
        self._filled = self._filled or event.name == "simulator"
        if event.name == "web" and not self._shown:
            self._shown = True
            self._show_page()

    def _show_page(self) -> None:
        page, logs = self._run.page, self._run.folder / "logs"
        self._print(f"\n  The city: [bold cyan]{page}[/bold cyan]")
        self._print(f"  MQTT: {self._run.mqtt_address.rpartition('@')[2]}")
        self._print(f"  Logs: {logs}    Stop: Ctrl-C\n")
        if self._open:
            asyncio.get_running_loop().run_in_executor(None, webbrowser.open, page)

    def _say_died(self, event: Event) -> None:
        title = _TITLES.get(event.name, event.name)
        self._print(
            f"  [red]died[/red]  {title}: {escape(event.detail)}; "
            f"starts again in {event.seconds:.1f} s (logs/{event.name}.log)"
        )
        if loss := self._losses.get(event.name):
            self._print(f"        {loss}")

    def _say_swapping(self, event: Event) -> None:
        self._print(
            f"  swapping the Kafka-protocol broker: {event.detail}; "
            "MQTT keeps what arrives meanwhile"
        )

    def _say_swapped(self, event: Event) -> None:
        self._print(f"  swapped it in {event.seconds:.1f} s: {event.detail}")

    def _say_postponed(self, event: Event) -> None:
        self._print(f"  [yellow]swap put off[/yellow]: {event.detail}")


def _fill(path: Path, started: int) -> tuple[int, int]:
    """Read (done, total) that this run has written; (0, 0) before."""
    try:
        if path.stat().st_mtime_ns == started:
            return 0, 0
        told = json.loads(path.read_bytes())
        return int(told["done"]), int(told["total"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0
