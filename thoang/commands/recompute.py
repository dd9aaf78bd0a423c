"""`thoang recompute`: amend the past of a site from its stored readings."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Protocol

import typer
from rich.console import Console
from rich.markup import escape

from sensors.city import City
from stores.protocol import Store
from thoang.desk import DataFolder
from thoang.recompute import RecomputeError, recompute

_out: Final = Console(soft_wrap=True, highlight=False)
_err: Final = Console(stderr=True, soft_wrap=True, highlight=False)

HELP: Final = """Compute the results of a site again from its stored readings.

For readings that came later than the lateness allows, and for conflicts. Results that
change get a higher revision.

[bold]Example:[/bold]
thoang recompute --site dt1 --from 2026-11-20T00:00+07:00 --to 2026-11-21T00:00+07:00
"""


class Desk(Protocol):
    """What the front door hands to this command, as Typer's context object."""

    def use_data(self, folder: Path) -> None:
        """Work on the run in this folder."""

    def open_store(self) -> Store:
        """Open the store."""

    def city(self) -> City:
        """Load the city."""


def recompute_site(
    context: typer.Context,
    *,
    site: Annotated[str, typer.Option(help="Id of the station or segment.")],
    begin: Annotated[
        str, typer.Option("--from", help="First time, ISO 8601 with offset.")
    ],
    end: Annotated[str, typer.Option("--to", help="Time behind the last.")],
    data: DataFolder = None,
) -> None:
    """Amend what differs, and say how much."""
    desk: Desk = context.obj
    if data is not None:
        desk.use_data(data)
    try:
        span = _unix("--from", begin), _unix("--to", end)
        done = recompute(desk.open_store(), desk.city(), site, *span)
    except RecomputeError as error:
        _err.print(f"[red]error[/red] {escape(str(error))}")
        raise typer.Exit(1) from error
    _out.print(f"{site}: {done.results} results computed, {done.changed} amended")


def _unix(option: str, text: str) -> int:
    """Return a time with an offset as unix seconds."""
    wanted = "a time such as 2026-11-20T00:00+07:00"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{option} got {text!r}, wanted {wanted}"
        raise RecomputeError(message) from error
    if moment.tzinfo is None:
        message = (
            f"{option} got {text!r}, which has no offset from UTC; wanted {wanted}"
        )
        raise RecomputeError(message)
    return int(moment.timestamp())
