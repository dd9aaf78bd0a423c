"""`thoang compute`: a recorded history to a table, without any broker."""

import csv
import time
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from sensors.replay import FORMATS, History, HistoryError, open_history
from thoang.compute import Computed, compute

_out: Final = Console(soft_wrap=True, highlight=False)
_err: Final = Console(stderr=True, soft_wrap=True, highlight=False)

HELP: Final = """Compute a recorded history to a CSV table, without any broker.

The same decoding and rules as when it runs live; docs/compute.md explains the columns.

[bold]Example:[/bold]
thoang compute beijing.csv.gz --format beijing-multisite --output beijing-aqi.csv
"""


def compute_history(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The history.")],
    file_format: Annotated[
        str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")
    ],
    output: Annotated[
        Path, typer.Option(metavar="OUT.csv", help="The table to write.")
    ],
    *,
    averaging: Annotated[
        Literal["1h", "1d"], typer.Option(help="Hours or local days (air only).")
    ] = "1h",
) -> None:
    """Compute and write; exit 1 when the file is no such history."""
    started = time.monotonic()
    try:
        history = open_history(file, file_format)
        computed = _computed(history, averaging)
        _write(computed, output)
    except (HistoryError, OSError) as error:
        _err.print(f"[red]error[/red] {escape(str(error))}")
        raise typer.Exit(1) from error
    _out.print(
        f"wrote {len(computed.results):,} rows to {escape(str(output))} from "
        f"{computed.readings:,} readings in {time.monotonic() - started:.1f} s"
    )
    for refusal in computed.refusals[:5]:
        _err.print(f"[yellow]refused[/yellow] {escape(refusal.detail)}")
    if computed.refusals:
        _err.print(f"{len(computed.refusals)} refusals in all")


def _computed(history: History, averaging: str) -> Computed:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_err) as progress:
        task = progress.add_task(history.city.id, total=history.messages)
        return compute(
            history,
            averaging=averaging,
            done=lambda messages: progress.advance(task, messages),
        )


def _write(computed: Computed, output: Path) -> None:
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, computed.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(computed.rows())
