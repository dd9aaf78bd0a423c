"""`thoang ledger`: where every reading ended, and whether the count is right."""

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Final, Protocol

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sensors.ledger import COUNTED, Audit, Counts
from stores.protocol import Store
from stores.record import StoreFormatError, StoreUnavailableError
from thoang.desk import DataFolder

app = typer.Typer(rich_markup_mode="rich")

_out: Final = Console(highlight=False)
_err: Final = Console(stderr=True, soft_wrap=True, highlight=False)

_SHOWN: Final = (*COUNTED, "in_flight")
_ALWAYS: Final = {"received", "stored", "quarantined", "duplicate", "in_flight"}
"""Counts that are shown also where they are nothing but 0."""

_HELP = """Count every reading, and count again from the stored rows.

received = stored + quarantined + duplicate + lost + in flight. Late readings and
conflicts are among the stored ones; redelivered ones were not received again.
Ends with 1 when rows and ledger disagree.

[bold]Example:[/bold] thoang ledger --city binh-duong
"""


class Desk(Protocol):
    """What the front door hands to this command, as Typer's context object."""

    def use_data(self, folder: Path) -> None:
        """Work on the run in this folder."""

    def open_store(self) -> Store:
        """Open the store."""


@app.callback(invoke_without_command=True, help=_HELP)
def ledger(
    context: typer.Context,
    *,
    city: Annotated[
        str | None, typer.Option(help="Only this city (default: all).")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON for programs.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Print the ledger and its audit."""
    desk: Desk = context.obj
    if data is not None:
        desk.use_data(data)
    try:
        with closing(desk.open_store()) as store:
            audit = store.audit(city)
    except (StoreUnavailableError, StoreFormatError) as error:
        _err.print(f"[red]error[/red] {escape(str(error))}")
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(_plain(audit), indent=2))
    else:
        _show(audit)
    raise typer.Exit(1 if audit.wrong else 0)


def _show(audit: Audit) -> None:
    total = audit.ledger.total
    names = [name for name in _SHOWN if name in _ALWAYS or getattr(total, name)]
    table = Table(box=None)
    table.add_column("device", overflow="fold", min_width=10)
    for name in names:
        table.add_column(name.replace("_", " "), justify="right", overflow="fold")
    for device, counts in sorted(audit.ledger.devices.items()):
        table.add_row(escape(device), *_cells(counts, names))
    table.add_section()
    table.add_row("[bold]all[/bold]", *_cells(total, names))
    _out.print(table)
    for finding in audit.wrong:
        _out.print(
            f"[red]wrong[/red] {finding.what} of {escape(finding.device)}: the ledger "
            f"says {finding.said:,}, the rows hold {finding.found:,}",
            soft_wrap=True,
        )
    _out.print(_verdict(audit), soft_wrap=True)


def _verdict(audit: Audit) -> str:
    total = audit.ledger.total
    if audit.wrong:
        return "[red]does not balance[/red]: rows and ledger disagree"
    if not audit.ledger.balances:
        return (
            f"[yellow]in flight[/yellow]: {total.in_flight:,} readings are on their "
            "way; ask again at rest"
        )
    lost = f", {total.lost:,} lost with a broker" if total.lost else ""
    return (
        f"[green]balances[/green]: {audit.stored:,} stored and {audit.quarantined:,} "
        f"quarantined readings counted again{lost}"
    )


def _cells(counts: Counts, names: Sequence[str]) -> list[str]:
    return [f"{getattr(counts, name):,}" for name in names]


def _plain(audit: Audit) -> dict[str, object]:
    return {
        "balances": audit.balances,
        "total": _numbers(audit.ledger.total),
        "devices": {
            device: _numbers(counts)
            for device, counts in sorted(audit.ledger.devices.items())
        },
        "recount": {"stored": audit.stored, "quarantined": audit.quarantined},
        "wrong": [
            {
                "what": finding.what,
                "device": finding.device,
                "said": finding.said,
                "found": finding.found,
            }
            for finding in audit.wrong
        ],
    }


def _numbers(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in _SHOWN}
