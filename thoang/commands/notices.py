"""Owns the commands about notices; where notices are kept is the store's."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Protocol
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from alerts.fields import seconds
from alerts.notice import Notice
from alerts.wording import Wording
from alerts.words import Language, load_catalogue

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
    ) -> None:
        """List notices, newest first."""
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
        console = Console(soft_wrap=True)
        if not notices:
            console.print(f"No notices since {_utc(begin)}.")
            return
        console.print(table(notices, wording))

    return app


def table(notices: Sequence[Notice], wording: Wording) -> Table:
    """Return notices as a table in one language."""
    shown = Table()
    for column in ("time", "kind", "severity", "notice", "told", "id"):
        shown.add_column(column)
    for notice in notices:
        told = "yes" if notice.told else notice.why_not.replace(" ", "_")
        shown.add_row(
            wording.moment(notice.time),
            wording.say(f"kind.{notice.kind}"),
            wording.say(f"severity.{notice.severity.lower()}"),
            escape(notice.headline[wording.language]),
            wording.say(f"told.{_TOLD.get(told, told)}"),
            notice.id,
        )
    return shown


_TOLD = {"nobody_was_told": "nobody_told"}


def _utc(instant: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant)
    return moment.strftime("%Y-%m-%d %H:%M UTC")
