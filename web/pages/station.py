"""Owns the page of one air station: every pollutant, its parts, its last 48 hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from sensors.reading import BY_NAME, MICRO
from streams.calc.aqi.vn import POLLUTANTS
from streams.calc.averaging import DAY_S, HOUR_S
from streams.results import AirQuality
from web.drawing.chart import Chart, Hour, bar_chart, hours_between, top_of
from web.drawing.scale import strip
from web.pages.frame import Visit
from web.pages.history import index_chart, index_hour, summary, time_marks, yesterday
from web.problem import NotFoundError
from web.view.air import AirView
from web.view.limits import LIMITS, mean_of

HOURS = 48
INSTRUMENTS = {
    "automatic station": "automatic",
    "low-cost optical particle sensor": "low_cost_optical",
}
"""Instruments, as city files call them, that the catalogue has words for."""

STEPS = tuple(m * 10**e for e in range(6) for m in (1, 2, 5))


@dataclass(frozen=True)
class Row:
    """What is said of one quantity in the shown hour."""

    quantity: str
    mean: int | None
    nowcast: int | None
    sub: int | None
    completeness: float | None
    latest: int | None
    day: int | None
    limits: str


def station(visit: Visit) -> Response:
    """Write the page of one station.

    Raises
    ------
    NotFoundError
        When the city has no such station.
    """
    observer, renderer = visit.desk.observer, visit.renderer
    found = observer.city.station(visit.id)
    if found is None:
        raise NotFoundError(kind="station", id=visit.id)
    view = observer.station(found, visit.now)
    end = visit.now - visit.now % HOUR_S + HOUR_S
    start = end - HOURS * HOUR_S
    records = observer.source.air_of(found.id, start)
    known = {record.start: index_hour(record) for record in records}
    indexed = view.regulatory and any(h.value is not None for h in known.values())
    return visit.answer(
        "station.html",
        renderer.site_name(found),
        view=view,
        yesterday=yesterday(visit, view),
        instrument=INSTRUMENTS.get(found.instrument or "", ""),
        area=observer.city.area(found.area),
        scale=strip(view.aqi),
        rows=_rows(visit, view, records),
        chart=index_chart(visit, known, start, end) if indexed else None,
        chart_summary=summary(visit, known, start, end) if indexed else "",
        small=_small_charts(visit, view, records, start, end),
        records=list(reversed(records)),
        hours=HOURS,
    )


def _rows(visit: Visit, view: AirView, records: Sequence[AirQuality]) -> list[Row]:
    record, raw = view.record if view.current else None, view.raw
    gone = visit.desk.observer.settings.air_gone_s
    final = _last_day(records, visit.now - gone)
    raw = raw if raw is not None and visit.now - raw.end <= gone else None
    order = [*POLLUTANTS, *(q for q in view.station.quantities if q not in POLLUTANTS)]
    return [
        Row(
            quantity=name,
            mean=record.means.get(name) if record else None,
            nowcast=record.nowcast.get(name) if record else None,
            sub=record.sub.get(name) if record and view.regulatory else None,
            completeness=record.completeness.get(name) if record else None,
            latest=raw.values.get(name) if raw else None,
            day=mean_of((r.means.get(name) for r in final), 18)
            if name in POLLUTANTS
            else None,
            limits=_limits(visit, name),
        )
        for name in order
        if name in view.station.quantities and name in BY_NAME
    ]


def _last_day(records: Sequence[AirQuality], since: int) -> list[AirQuality]:
    """Return the final hours of a day; none where the newest ends before `since`."""
    final = [record for record in records if not record.provisional]
    if not final or final[-1].end < since:
        return []
    return [r for r in final if r.start >= final[-1].end - DAY_S]


def _limits(visit: Visit, quantity: str) -> str:
    words, typography = visit.renderer.words, visit.renderer.typography
    return ", ".join(
        f"{typography.number(limit.value)} ({words('web.limit.hours', n=limit.hours)})"
        for limit in LIMITS
        if limit.quantity == quantity
    )


def _small_charts(
    visit: Visit, view: AirView, records: Sequence[AirQuality], start: int, end: int
) -> list[tuple[str, Chart, str]]:
    charts: list[tuple[str, Chart, str]] = []
    for name in POLLUTANTS:
        if name not in view.station.quantities:
            continue
        known = {
            r.start: Hour(r.start, r.means[name] / MICRO, "", r.provisional)
            for r in records
            if name in r.means
        }
        if known:
            charts.append((name, *_small(visit, known, start, end)))
    return charts


def _small(
    visit: Visit, known: Mapping[int, Hour], start: int, end: int
) -> tuple[Chart, str]:
    hours = hours_between(known, start, end)
    top = top_of((hour.value for hour in hours), STEPS)
    marks = time_marks(visit, start, end)[::2]
    chart = bar_chart(hours, top, (0, top / 2, top), marks, height=96)
    return chart, summary(visit, known, start, end)
