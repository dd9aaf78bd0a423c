"""Owns the commands about notices; where notices are kept is the store's."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape

from alerts.fields import seconds
from alerts.notice import Notice
from alerts.wording import Wording
from alerts.words import Language, load_catalogue
from thoang.desk import DataFolder

LONGEST = 1_000


class NoticeSource(Protocol):
    """Where notices are kept."""

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""

    @property
    def now(self) -> int:
        """The city's event time [unix s]."""

    def notices(self, limit: int, since: int) -> Sequence[Notice]:
        """Return at most `limit` notices known at or after `since`, newest first."""


class Desk(Protocol):
    """What the front door hands to these commands, as Typer's context object."""

    def use_data(self, folder: Path) -> None:
        """Work on the run in this folder."""


Audience = Literal["public", "operators", "all"]


def make_app(source: Callable[[], NoticeSource]) -> typer.Typer:
    """Return the commands over the notices that `source` opens."""
    app = typer.Typer(
        help="What people were told, and what was kept from them and why."
    )

    @app.callback()
    def main() -> None:
        """Show what people were told, and what was kept from them and why."""

    @app.command("list", epilog="Example: thoang notices list --since 6h --language vi")
    def list_notices(
        context: typer.Context,
        *,
        limit: Annotated[
            int, typer.Option(min=1, max=LONGEST, help="Show so many at most.")
        ] = 20,
        since: Annotated[
            str, typer.Option(help="How far back, such as 90m, 6h or 2d.")
        ] = "1d",
        language: Annotated[Language, typer.Option(help="vi or en.")] = "vi",
        audience: Annotated[
            Audience, typer.Option(help="public, operators or all.")
        ] = "all",
        data: DataFolder = None,
    ) -> None:
        """List notices, newest first."""
        if data is not None:
            desk: Desk = context.obj
            desk.use_data(data)
        found = source()
        try:
            begin = found.now - seconds(since)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--since") from error
        notices = [
            notice
            for notice in found.notices(limit, begin)
            if audience in {"all", notice.audience}
        ]
        wording = Wording(load_catalogue(), language, found.zone)
        console = Console(soft_wrap=True, highlight=False)
        if not notices:
            console.print(wording.say("listing.none", time=wording.moment(begin)))
        for notice in notices:
            console.print(listed(notice, wording))

    return app


def listed(notice: Notice, wording: Wording) -> str:
    """Return a notice as three lines in one language, the last one its whole id."""
    say = wording.say
    severity = say(f"severity.{notice.severity.lower()}")
    told = "yes" if notice.told else _TOLD[notice.why_not]
    first = (
        f"{say(f'kind.{notice.label}')} {wording.moment(notice.known)}",
        say("listing.severity", severity=severity),
        say(f"told.{told}"),
    )
    headline = escape(notice.headline[wording.language])
    return f"{' · '.join(first)}\n  [bold]{headline}[/bold]\n  {escape(notice.id)}"


_TOLD = {"too old": "too_old", "nobody was told": "nobody_told"}
