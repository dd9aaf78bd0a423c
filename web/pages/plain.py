"""Owns the pages that explain: notices, method, system, open data, and errors."""

from dataclasses import dataclass

from starlette.responses import Response

from streams.calc.aqi.vn import CATEGORIES, COLUMNS
from streams.calc.averaging import DAY_S
from web.pages.frame import Visit
from web.source import Check
from web.view.air import AirView
from web.view.limits import LIMITS
from web.view.notices import for_people, notice_views
from web.view.progress import Progress
from web.view.roads import RoadView

NOTICES_S = 7 * DAY_S
TABLE_COLUMNS = ("pm25", "pm10", "o3_1h", "o3_8h", "no2", "so2", "co")
ENDPOINTS = (
    "/api/v1/stations",
    "/api/v1/stations/{id}/series?hours=48",
    "/api/v1/segments",
    "/api/v1/segments/{id}/series?hours=24",
    "/api/v1/notices?active=true",
    "/api/v1/areas",
    "/api/v1/ledger",
    "/api/v1/health",
)

CHECKS = {
    "store",
    "clock",
    "readings",
    "results",
    "mqtt",
    "kafka",
    "writer",
    "worker",
    "notifier",
    "bridge",
    "web",
    "simulator",
}
"""Checks that the catalogue names."""

STATES = {"waiting", "starting", "ready", "stopping", "held"}
"""States of processes that the catalogue has words for."""


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """A check with its name and its detail in words; empty where there are none."""

    check: Check
    name: str
    said: str


def notices(visit: Visit) -> Response:
    """Write the page of notices."""
    records = visit.desk.observer.source.notices(visit.now - NOTICES_S)
    found = for_people(notice_views(records, visit.now))
    return visit.answer(
        "notices.html",
        visit.renderer.words("web.nav.notices"),
        active=[item for item in found if item.active],
        ended=[item for item in found if not item.active],
    )


def method(visit: Visit) -> Response:
    """Write the page that explains the index."""
    return visit.answer(
        "method.html",
        visit.renderer.words("web.nav.method"),
        categories=CATEGORIES,
        columns=TABLE_COLUMNS,
        breakpoints=_breakpoints(),
        limits=LIMITS,
    )


def system(visit: Visit) -> Response:
    """Write the page for those who look after the system."""
    observer = visit.desk.observer
    ledger = observer.source.ledger()
    checks, progress = observer.wellbeing(visit.now)
    sites: list[AirView | RoadView] = [*observer.stations(visit.now)]
    sites += observer.roads(visit.now)
    silent = [view for view in sites if view.overdue]
    return visit.answer(
        "system.html",
        visit.renderer.words("web.nav.system"),
        ledger=ledger,
        total=ledger.total,
        devices=sorted(ledger.devices.items()),
        checks=[_told(visit, check, progress) for check in checks],
        newest_age_s=progress.reading_age_s,
        silent=silent,
    )


def _told(visit: Visit, check: Check, progress: Progress) -> ToldCheck:
    """Give a check in the words of the page; what has none stays as it is."""
    words = visit.renderer.words
    name = words(f"web.check.{check.name}") if check.name in CHECKS else ""
    state, _, restarts = check.detail.partition(", restarts ")
    if state in STATES and restarts.isdigit():
        said = words(f"web.state.{state}")
        if restarts != "0":
            said += f", {words('web.system.restarts', n=restarts)}"
        return ToldCheck(check, name, said)
    return ToldCheck(check, name, _progress_said(visit, check, progress))


def _progress_said(visit: Visit, check: Check, progress: Progress) -> str:
    words, span = visit.renderer.words, visit.renderer.typography.span
    if check.ok or check.name not in {"readings", "results"}:
        return ""
    if progress.reading_age_s is None:
        return words("web.hole.never_observed")
    if check.name == "results" and progress.behind:
        return words("web.system.behind", span=span(progress.behind_s or 0))
    return words("web.system.old", span=span(visit.now - check.at))


def data(visit: Visit) -> Response:
    """Write the page about the open data."""
    return visit.answer(
        "data.html", visit.renderer.words("web.nav.data"), endpoints=ENDPOINTS
    )


def error(visit: Visit, status: int) -> Response:
    """Write the page of an error."""
    words = visit.renderer.words
    known = "not_found" if status == 404 else "failed"  # noqa: PLR2004  # HTTP's number
    answer = visit.answer("error.html", words(f"web.error.{known}"), known=known)
    answer.status_code = status
    return answer


def _breakpoints() -> list[tuple[int, list[int | None]]]:
    """Return index and concentrations [µg/m³] row by row, as [VN1459] prints them."""
    indices = [0, *(row.index_high for row in COLUMNS["pm25"].rows)]
    ends = {
        name: {0: 0, **{row.index_high: row.high for row in column.rows}}
        for name, column in COLUMNS.items()
    }
    return [(i, [ends[name].get(i) for name in TABLE_COLUMNS]) for i in indices]
