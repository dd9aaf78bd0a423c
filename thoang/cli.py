"""The command line: every command that `thoang` has, in the order people meet them."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from stores.record import StoreFormatError, StoreUnavailableError
from thoang.commands import (
    city,
    compute,
    doctor,
    ledger,
    quarantine,
    recompute,
    replay,
    rules,
    run,
    simulate,
)
from thoang.commands.notices import make_app as notices_app
from thoang.desk import Desk, Notices
from thoang.pipeline import PROCESSES, TOPICS
from thoang.settings import Settings, SettingsError
from thoang.version import VERSION

if TYPE_CHECKING:
    from thoang.supervisor.plan import CityRun, Wiring

_err = Console(stderr=True, soft_wrap=True, highlight=False)
_desk = Desk()

HELP = """Thoáng: a city's air and roads, from its sensors to words people can use.

[bold]Start here:[/bold] thoang run   (a whole simulated city on this machine)
"""
_ABOUT = {
    "bridge": "Carry readings from MQTT to Kafka.",
    "worker": "Compute air quality, congestion and alerts (Faust).",
    "writer": "Write everything from Kafka into the store.",
    "notifier": "Send notices and publish the newest results.",
    "web": "Serve the page and the API.",
}

app = typer.Typer(
    help=HELP, no_args_is_help=True, rich_markup_mode="rich", add_completion=False
)


def _version(asked: bool) -> None:  # noqa: FBT001  # a Typer callback
    if asked:
        typer.echo(f"thoang {VERSION}")
        raise typer.Exit


@app.callback()
def main_options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""
    del version


def _wiring(asked: "CityRun") -> "Wiring":
    """Return what the supervisor must know of the pipeline, for this very run."""
    from thoang.embedded.kafka import Topic  # noqa: PLC0415  # only a run needs it
    from thoang.pipeline.drained import drained  # noqa: PLC0415
    from thoang.storage import open_store  # noqa: PLC0415
    from thoang.supervisor.plan import Wiring  # noqa: PLC0415

    settings = Settings.read().of_run(asked.city, asked.folder)

    async def is_drained(bootstrap: str, epoch: int) -> bool:
        store = open_store(settings)
        try:
            return await drained(store, settings.load_city(), bootstrap, epoch)
        finally:
            store.close()

    topics = tuple(Topic(name, partitions) for name, partitions in TOPICS.items())
    return Wiring(topics, is_drained)


def _process(name: str) -> Callable[[], None]:
    def process() -> None:
        import_module(f"thoang.pipeline.{name}").main()

    return process


app.command("run", help=run.HELP)(run.run_command(_wiring))
app.command("doctor", help=doctor.HELP)(doctor.doctor)
app.add_typer(city.app, name="city")
app.add_typer(rules.app, name="rules")
app.add_typer(notices_app(lambda: Notices(_desk)), name="notices")
app.add_typer(ledger.app, name="ledger")
app.add_typer(quarantine.app, name="quarantine")
app.command("recompute", help=recompute.HELP)(recompute.recompute_site)
app.command("simulate", help=simulate.HELP)(simulate.simulate)
app.command("replay", help=replay.HELP)(replay.replay)
app.command("compute", help=compute.HELP)(compute.compute_history)
for _name in PROCESSES:
    app.command(
        _name,
        help=f"{_ABOUT[_name]} Settings come from THOANG_… variables; "
        f"`thoang run` starts it for you.\n\n[bold]Example:[/bold] thoang {_name}",
        rich_help_panel="Processes",
    )(_process(_name))


def main() -> None:
    """Run the command line; a mistake of settings or store is one message."""
    try:
        app(obj=_desk)
    except (SettingsError, StoreUnavailableError, StoreFormatError) as error:
        _err.print(f"[red]error[/red] {escape(str(error))}")
        sys.exit(2)
