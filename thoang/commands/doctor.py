"""`thoang doctor`: what is there, what is missing, what to do; fitness.py looks."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:  # loaded when it is asked for: other commands do without
    from thoang.supervisor.fitness import Finding

HELP = """Say whether this machine can run a city, and what to do where it cannot.

Exits with 1 when something would stop `thoang run`.

[bold]Example:[/bold] thoang doctor --data /srv/thoang
"""
_MARKS = {
    "ok": "[green]OK[/green]",
    "note": "[yellow]note[/yellow]",
    "problem": "[red]problem[/red]",
}

_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)


def doctor(
    *,
    data: Annotated[
        Path | None, typer.Option(help="The data folder of the run.")
    ] = None,
    city: Annotated[
        Path | None, typer.Option(help="The city file.", dir_okay=False)
    ] = None,
) -> None:
    """Print a table, and exit 1 when there is a problem."""
    from thoang.settings import Settings, SettingsError  # noqa: PLC0415 - heavy
    from thoang.supervisor.fitness import findings  # noqa: PLC0415

    try:
        settings = Settings.read()
    except SettingsError as error:
        _err.print(f"[red]error[/red] {escape(str(error))}")
        raise typer.Exit(1) from error
    folder = (data or settings.data_dir).absolute()
    found = list(findings(folder, city or settings.city, time.time()))
    _out.print(_table(found))
    problems = sum(finding.state == "problem" for finding in found)
    if problems:
        _err.print(f"{problems} to be solved before `thoang run`")
        raise typer.Exit(1)
    _out.print("this machine can run a city: `thoang run`")


def _table(found: "Sequence[Finding]") -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("what", "state", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for finding in found:
        table.add_row(
            escape(finding.what),
            _MARKS[finding.state],
            escape(finding.found),
            escape(finding.way_out),
        )
    return table
