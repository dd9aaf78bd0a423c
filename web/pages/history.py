"""Owns the history of an index on a page: the chart, its axis and it in words."""

from collections.abc import Mapping

from streams.calc.averaging import DAY_S, HOUR_S
from streams.results import AirQuality
from web.drawing.chart import Chart, Hour, bar_chart, hours_between, top_of
from web.pages.frame import Visit
from web.view.air import AirView
from web.view.day import Yesterday, yesterday_of

INDEX_STEPS = (50, 100, 150, 200, 300, 400, 500)
SIX_HOURS_S = 6 * HOUR_S


def yesterday(visit: Visit, view: AirView | None) -> Yesterday | None:
    """Return the daily index of yesterday of a station that may have one."""
    if view is None or not view.regulatory:
        return None
    observer = visit.desk.observer
    days = observer.source.days_of(view.station.id, visit.now - 2 * DAY_S)
    return yesterday_of(days, visit.now, observer.city.zone)


def chart_values(visit: Visit, hero: AirView | None) -> dict[str, object]:
    """Gather what a page shows of the last 24 or 48 hours of a station."""
    hours = 48 if visit.asked("hours") == "48" else 24
    none: dict[str, object] = {"hours": hours, "chart": None, "chart_summary": ""}
    if hero is None:
        return none
    end = visit.now - visit.now % HOUR_S + HOUR_S
    start = end - hours * HOUR_S
    records = visit.desk.observer.source.air_of(hero.station.id, start)
    known = {record.start: index_hour(record) for record in records}
    if not any(hour.value is not None for hour in known.values()):
        return none
    return {
        "hours": hours,
        "chart": index_chart(visit, known, start, end),
        "chart_summary": summary(visit, known, start, end),
    }


def index_hour(record: AirQuality) -> Hour:
    """Return the hour of a record with its index."""
    return Hour(record.start, record.aqi, record.category or "", record.provisional)


def index_chart(visit: Visit, known: Mapping[int, Hour], start: int, end: int) -> Chart:
    """Draw the index hour by hour; hours without one stay gaps."""
    hours = hours_between(known, start, end)
    top = top_of((hour.value for hour in hours), INDEX_STEPS)
    return bar_chart(hours, top, (0, *INDEX_STEPS), time_marks(visit, start, end))


def summary(visit: Visit, known: Mapping[int, Hour], start: int, end: int) -> str:
    """Say in words what the chart shows."""
    hours = [h for h in hours_between(known, start, end) if h.value is not None]
    words, typography = visit.renderer.words, visit.renderer.typography
    worst = max(hours, key=lambda hour: hour.value or 0)
    return words(
        "web.chart.summary",
        hours=len(hours),
        of=(end - start) // HOUR_S,
        worst=typography.number(worst.value or 0),
        at=typography.moment(worst.start),
    )


def time_marks(visit: Visit, start: int, end: int) -> list[int]:
    """Return the instants of a time axis: every six hours of the city's time."""
    offset = visit.renderer.typography.local(start).utcoffset()
    shift = int(offset.total_seconds()) if offset is not None else 0
    first = -((start + shift) // -SIX_HOURS_S) * SIX_HOURS_S - shift
    return list(range(first, end, SIX_HOURS_S))
