"""Owns the routes of the open data API; what they answer is made by `features`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from streams.calc.averaging import DAY_S, HOUR_S
from web.api import features, models
from web.observer import Observer
from web.problem import NotFoundError
from web.typography import rfc3339
from web.view.notices import notice_views

Hours = Annotated[int, Query(ge=1, le=168, description="How far back [h].")]
NOTICES_S = 7 * DAY_S
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Problem, "description": "There is no such thing"},
    422: {"model": models.Problem, "description": "A parameter is wrong"},
    503: {"model": models.Problem, "description": "Not now; see Retry-After"},
}


def api_router(observer: Observer) -> APIRouter:
    """Return the routes under /api/v1."""
    router = APIRouter(prefix="/api/v1", responses=PROBLEMS)
    _add_now(router, observer)
    _add_series(router, observer)
    _add_system(router, observer)
    return router


def _add_now(router: APIRouter, observer: Observer) -> None:
    city = observer.city

    @router.get("/stations", tags=["now"], summary="Every air station now")
    def stations() -> models.Stations:
        views = observer.stations(observer.now())
        found = [features.station_feature(view, city) for view in views]
        return models.Stations(features=found)

    @router.get("/segments", tags=["now"], summary="Every road segment now")
    def segments() -> models.Segments:
        views = observer.roads(observer.now())
        found = [features.segment_feature(view, city) for view in views]
        return models.Segments(features=found)

    @router.get("/notices", tags=["now"], summary="Notices, newest first")
    def notices(
        active: Annotated[
            bool | None, Query(description="Only those that still hold, or not.")
        ] = None,
        area: Annotated[
            str | None, Query(max_length=64, description="Area or site.")
        ] = None,
    ) -> models.Notices:
        now = observer.now()
        found = observer.source.notices(now - NOTICES_S)
        chosen = [
            features.notice(view)
            for view in notice_views(found, now)
            if active in {None, view.active}
            and (area in {None, view.notice.scope_id} or area in view.notice.areas)
        ]
        return models.Notices(notices=chosen)

    @router.get("/areas", tags=["city"], summary="Wards, communes and districts")
    def areas(
        response: Response,
        kind: Annotated[str | None, Query(max_length=32)] = None,
    ) -> models.Areas:
        response.headers["Cache-Control"] = "public, max-age=3600"
        chosen = (area for area in city.areas if kind in {None, area.kind})
        return models.Areas(features=[features.area_feature(a, city) for a in chosen])


def _add_series(router: APIRouter, observer: Observer) -> None:
    city = observer.city

    @router.get("/stations/{station_id}/series", tags=["series"])
    def station_series(station_id: str, hours: Hours = 48) -> models.AirSeries:
        """Return the hours and the closed days of one station, oldest first."""
        station = city.station(station_id)
        if station is None:
            raise NotFoundError(kind="station", id=station_id)
        since = observer.now() - hours * HOUR_S
        records = observer.source.air_of(station.id, since)
        days = observer.source.days_of(station.id, since)
        regulatory = station.station_class == "regulatory"
        return models.AirSeries(
            id=station.id,
            station_class=station.station_class,
            origin=records[-1].origin if records else city.origin,  # type: ignore[arg-type]  # checked by pydantic
            hours=[features.air_hour(r, regulatory=regulatory) for r in records],
            days=[features.air_day(r, regulatory=regulatory) for r in days],
        )

    @router.get("/segments/{segment_id}/series", tags=["series"])
    def segment_series(segment_id: str, hours: Hours = 24) -> models.RoadSeries:
        """Return the five-minute intervals of one road segment, oldest first."""
        segment = city.segment(segment_id)
        if segment is None:
            raise NotFoundError(kind="segment", id=segment_id)
        since = observer.now() - hours * HOUR_S
        records = observer.source.roads_of(segment.id, since)
        return models.RoadSeries(
            id=segment.id,
            origin=records[-1].origin if records else city.origin,  # type: ignore[arg-type]  # checked by pydantic
            intervals=[features.road_interval(r) for r in records],
        )


def _add_system(router: APIRouter, observer: Observer) -> None:
    @router.get("/ledger", tags=["system"], summary="Where every reading ended")
    def ledger() -> models.Ledger:
        found = observer.source.ledger()
        return models.Ledger(
            balanced=found.balances,
            totals=features.account(found.total),
            devices={
                device: features.account(counts)
                for device, counts in sorted(found.devices.items())
            },
        )

    @router.get("/health", tags=["system"], summary="Whether the system is well")
    def health() -> models.Health:
        return health_of(observer)


def health_of(observer: Observer) -> models.Health:
    """Describe the state of the store, of the processes and of the newest reading."""
    now = observer.now()
    checks, progress = observer.wellbeing(now)
    newest, age = progress.reading, progress.reading_age_s
    return models.Health(
        status="ok" if all(check.ok for check in checks) else "degraded",
        now=rfc3339(now),
        newest_reading=None if newest is None else rfc3339(newest),
        newest_reading_age_s=age,
        origin=observer.city.origin,
        checks=[
            models.Check(
                name=check.name,
                ok=check.ok,
                detail=check.detail,
                at=rfc3339(check.at) if check.at else None,
            )
            for check in checks
        ],
    )
