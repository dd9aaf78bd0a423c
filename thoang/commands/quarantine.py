"""`thoang quarantine`: look at refused messages and put repaired ones through again."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, NoReturn, Protocol

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stores.protocol import Store
from stores.record import StoreFormatError, StoreUnavailableError
from stores.shown import Quarantined
from thoang.desk import DataFolder

app = typer.Typer(
    help="Look at refused messages, and put repaired ones through again.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_out: Final = Console(soft_wrap=True, highlight=False)
_err: Final = Console(stderr=True, soft_wrap=True, highlight=False)
_SHORT: Final = 10
_SHOWN: Final = 2_000
"""Characters of a payload that are shown."""

_LIST_HELP = """List refused messages, newest first.

[bold]Example:[/bold] thoang quarantine list --device st-04 --limit 20
"""
_SHOW_HELP = """Show one refused message: why, when, and its bytes.

[bold]Example:[/bold] thoang quarantine show 3f9a12 --save message.json
"""
_REPLAY_HELP = """Publish a refused message again, repaired.

[bold]Example:[/bold] thoang quarantine replay 3f9a12 --payload message.json
"""

Id = Annotated[str, typer.Argument(metavar="ID", help="Its id, or how the id begins.")]


class Desk(Protocol):
    """What the front door hands to these commands, as Typer's context object."""

    def use_data(self, folder: Path) -> None:
        """Work on the run in this folder."""

    def open_store(self) -> Store:
        """Open the store."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish over MQTT; returns once the broker has it.

        Raises
        ------
        OSError, RuntimeError
            If it cannot be published.
        """


@app.command(name="list", help=_LIST_HELP)
def list_(
    context: typer.Context,
    *,
    device: Annotated[
        str | None, typer.Option(help="Only of this device (or unknown).")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    data: DataFolder = None,
) -> None:
    """Print a table of refused messages."""
    with _opened(_desk(context, data)) as store:
        found = store.quarantine(device=device, limit=limit)
    if not found:
        _out.print("the quarantine is empty")
        return
    table = Table("id", "time (UTC)", "device", "reason", "times", "detail", box=None)
    for each in found:
        refused = each.refused
        replayed = " (replayed)" if each.replayed else ""
        table.add_row(
            *(refused.id[:_SHORT], _when(refused.time), _safe(refused.device) or "–"),
            *(_safe(refused.reason), str(each.times), _safe(refused.detail) + replayed),
        )
    _out.print(table, soft_wrap=False)


@app.command(help=_SHOW_HELP)
def show(
    context: typer.Context,
    refusal: Id,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write its bytes there, to repair them."),
    ] = None,
    data: DataFolder = None,
) -> None:
    """Print everything that is known of a refused message."""
    with _opened(_desk(context, data)) as store:
        found = _find(store, refusal)
    refused = found.refused
    for name, value in {
        "id": refused.id,
        "reason": refused.reason,
        "detail": refused.detail,
        "time": f"{_when(refused.time)} UTC",
        "city": refused.city,
        "device": refused.device or "unknown",
        "topic": refused.topic,
        "stage": refused.stage,
        "readings": str(refused.count),
        "came": f"{found.times} times",
        "replayed": f"{_when(found.replayed)} UTC" if found.replayed else "never",
        "payload": f"{refused.length} bytes, SHA-256 {refused.sha256}",
    }.items():
        _out.print(f"[bold]{name:>9}[/bold]  {_safe(value)}")
    _out.print(
        f"\n{_safe(refused.payload.decode('utf-8', 'backslashreplace')[:_SHOWN])}"
    )
    if save is not None:
        save.write_bytes(refused.payload)
        _out.print(f"\nwrote {len(refused.payload)} bytes to {_safe(str(save))}")


@app.command(help=_REPLAY_HELP)
def replay(
    context: typer.Context,
    refusal: Id,
    payload: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="The repaired bytes (default: those that were refused).",
        ),
    ] = None,
    data: DataFolder = None,
) -> None:
    """Publish to the topic on which the message came."""
    desk = _desk(context, data)
    with _opened(desk) as store:
        found = _find(store, refusal)
        repaired = None if payload is None else payload.read_bytes()
        _check(found, repaired)
        whole = found.refused.payload if repaired is None else repaired
        try:
            desk.publish(found.refused.topic, whole)
        except (OSError, RuntimeError) as error:
            _fail(f"not published: {error}")
        store.mark_replayed(found.refused.id, int(time.time()))
    _out.print(
        f"published {len(whole)} bytes to {_safe(found.refused.topic)}; "
        "[bold]thoang quarantine list[/bold] says if they are refused again"
    )


def _check(found: Quarantined, repaired: bytes | None) -> None:
    refused = found.refused
    if refused.stage == "writer":
        _fail(
            f"{refused.id} is a record of the Kafka topic {refused.topic}, no message "
            "of a device: it cannot be published again"
        )
    if repaired is None and not refused.replayable:
        _fail(
            f"only the first {len(refused.payload)} of {refused.length} bytes were "
            "kept: give the whole message with --payload FILE"
        )


def _desk(context: typer.Context, data: Path | None) -> Desk:
    desk: Desk = context.obj
    if data is not None:
        desk.use_data(data)
    return desk


@contextmanager
def _opened(desk: Desk) -> Iterator[Store]:
    try:
        with closing(desk.open_store()) as store:
            yield store
    except (StoreUnavailableError, StoreFormatError) as error:
        _fail(str(error))


def _find(store: Store, refusal: str) -> Quarantined:
    found = store.quarantined(refusal)
    if found is None:
        _fail(
            f"no refused message has the id {refusal!r}, or several ids begin so; "
            "thoang quarantine list shows them"
        )
    return found


def _fail(reason: str) -> NoReturn:
    _err.print(f"[red]error[/red] {_safe(reason)}")
    raise typer.Exit(1)


def _when(time_: int) -> str:
    return datetime.fromtimestamp(time_, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _safe(text: str) -> str:
    """Return foreign text without anything that a terminal would obey."""
    plain = "".join(
        each if each.isprintable() or each == "\n" else f"\\x{ord(each):02x}"
        for each in text
    )
    return escape(plain)
