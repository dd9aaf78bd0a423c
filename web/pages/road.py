"""Owns the page of one road segment: its state, its last day, its neighbours."""

from collections.abc import Sequence

from starlette.responses import Response

from streams.calc.averaging import DAY_S, HOUR_S
from streams.results import Congestion
from web.drawing.chart import Chart, line_chart, top_of
from web.pages.frame import Visit
from web.pages.history import time_marks
from web.problem import NotFoundError
from web.view.roads import RoadView

SPEED_STEPS = (20, 40, 60, 80, 100, 120, 140)
INTERVAL_S = 300


def road(visit: Visit) -> Response:
    """Write the page of one road segment.

    Raises
    ------
    NotFoundError
        When the city has no such segment.
    """
    observer, renderer = visit.desk.observer, visit.renderer
    found = observer.city.segment(visit.id)
    if found is None:
        raise NotFoundError(kind="segment", id=visit.id)
    views = {view.segment.id: view for view in observer.roads(visit.now)}
    end = visit.now - visit.now % HOUR_S + HOUR_S
    records = observer.source.roads_of(found.id, end - DAY_S)
    chart = _chart(visit, records, end - DAY_S, end)
    return visit.answer(
        "road.html",
        renderer.site_name(found),
        view=views[found.id],
        area=observer.city.area(found.areas[0]),
        chart=chart,
        chart_summary=_summary(visit, records) if chart else "",
        before=_neighbours(found.upstream, views),
        after=_neighbours(found.downstream, views),
    )


def _chart(
    visit: Visit, records: Sequence[Congestion], start: int, end: int
) -> Chart | None:
    points = [(r.start, r.speed, r.level) for r in records]
    if not any(speed is not None for _, speed, _ in points):
        return None
    top = top_of((speed for _, speed, _ in points), SPEED_STEPS)
    marks = time_marks(visit, start, end)
    return line_chart(
        points,
        (start, end),
        top=top,
        rows=(0, *SPEED_STEPS),
        times=marks,
        interval_s=INTERVAL_S,
    )


def _summary(visit: Visit, records: Sequence[Congestion]) -> str:
    known = [r for r in records if r.speed is not None]
    slowest = min(known, key=lambda r: r.speed or 0.0)
    return visit.renderer.words(
        "web.road.summary",
        known=len(known),
        of=DAY_S // INTERVAL_S,
        slowest=visit.renderer.typography.number(slowest.speed or 0.0),
        at=visit.renderer.typography.moment(slowest.start),
    )


def _neighbours(ids: Sequence[str], views: dict[str, RoadView]) -> list[RoadView]:
    return [views[id_] for id_ in ids if id_ in views]
