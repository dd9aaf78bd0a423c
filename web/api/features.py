"""Owns turning views and records into the API's answers; pure."""

from collections.abc import Mapping
from typing import Any

from sensors.city.area import Area
from sensors.city.city import City
from sensors.ledger import Counts
from sensors.reading import BY_NAME, MICRO
from stores.shown import Newest
from streams.results import AirQuality, Congestion
from web.api import models
from web.typography import rfc3339
from web.view.air import AirView
from web.view.limits import Excess
from web.view.notices import NoticeView
from web.view.roads import RoadView

STANDARD = "VN_AQI"


def station_feature(view: AirView, city: City) -> models.StationFeature:
    """Describe a station. One of class `reference` never has an index."""
    station, record = view.station, view.record
    indexed = record if view.aqi is not None else None
    nowcast = record.nowcast if record and view.current and view.regulatory else {}
    properties = models.StationProperties(
        **_site(view, city, record),
        area=station.area,
        stale=view.freshness != "current",
        completeness=view.completeness if view.current else 0.0,
        aqi=view.aqi,
        category=view.category,  # type: ignore[arg-type]  # checked by pydantic
        provisional=view.provisional,
        station_class=station.station_class,
        standard=STANDARD if view.regulatory else None,
        dominant=indexed.dominant if indexed else None,
        beyond_scale=indexed.beyond_scale if indexed else False,
        values=quantities(view.concentrations),
        nowcast=quantities(nowcast),
        sub_indices=dict(indexed.sub) if indexed else {},
        completeness_by_quantity=dict(record.completeness) if record else {},
        over_limits=[excess(item) for item in view.excesses],
    )
    place = None
    if station.lon is not None and station.lat is not None:
        place = models.Point(coordinates=(station.lon, station.lat))
    return models.StationFeature(id=station.id, geometry=place, properties=properties)


def segment_feature(view: RoadView, city: City) -> models.SegmentFeature:
    """Describe a road segment."""
    segment = view.segment
    record = view.record if view.current else None
    properties = models.SegmentProperties(
        **_site(view, city, view.record),
        area=segment.areas[0],
        stale=view.stale,
        completeness=record.completeness if record else 0.0,
        level=view.level,  # type: ignore[arg-type]  # checked by pydantic
        road=segment.road,
        direction_vi=segment.direction.vi,
        direction_en=segment.direction.en,
        length_m=segment.length_m,
        speed_kmh=_rounded(view.speed, 1),
        free_flow_kmh=_rounded(record.free_flow, 1) if record else None,
        ratio=_rounded(view.ratio, 3),
        flow_veh_h=_rounded(record.flow, 0) if record else None,
        occupancy=_rounded(record.occupancy, 4) if record else None,
        delay_s=view.delay_s,
        level_since=rfc3339(view.since) if view.since else None,
    )
    line = models.LineString(coordinates=list(segment.line)) if segment.line else None
    return models.SegmentFeature(id=segment.id, geometry=line, properties=properties)


def area_feature(area: Area, city: City) -> models.AreaFeature:
    """Describe an area with its border."""
    rings = [list(ring) for ring in city.polygon(area.id)]
    return models.AreaFeature(
        id=area.id,
        geometry=models.Polygon(coordinates=rings) if rings else None,
        properties=models.AreaProperties(
            id=area.id,
            name_vi=area.name_vi,
            name_en=area.name_en,
            kind=area.kind,
            hierarchy=area.hierarchy,
            parent=area.parent,
            operations=area.operations,
            code=area.code,
        ),
    )


def air_hour(record: AirQuality, *, regulatory: bool) -> models.AirHour:
    """Describe one hour of a station, without an index where it may have none."""
    return models.AirHour(
        start=rfc3339(record.start),
        end=rfc3339(record.end),
        provisional=record.provisional,
        revision=record.revision,
        aqi=record.aqi if regulatory else None,
        category=record.category if regulatory else None,  # type: ignore[arg-type]  # checked by pydantic
        dominant=record.dominant if regulatory else None,
        reason=record.reason if regulatory else "reference_only",
        values=quantities(record.means),
        nowcast=quantities(record.nowcast if regulatory else {}),
        sub_indices=dict(record.sub) if regulatory else {},
        completeness=dict(record.completeness),
    )


def air_day(record: AirQuality, *, regulatory: bool) -> models.AirDay:
    """Describe one day of a station, without an index where it may have none."""
    return models.AirDay(
        start=rfc3339(record.start),
        end=rfc3339(record.end),
        revision=record.revision,
        aqi=record.aqi if regulatory else None,
        category=record.category if regulatory else None,  # type: ignore[arg-type]  # checked by pydantic
        dominant=record.dominant if regulatory else None,
        reason=record.reason if regulatory else "reference_only",
        values=quantities(record.means),
        sub_indices=dict(record.sub) if regulatory else {},
        completeness=dict(record.completeness),
    )


def road_interval(record: Congestion) -> models.RoadInterval:
    """Describe five minutes of a road segment."""
    return models.RoadInterval(
        start=rfc3339(record.start),
        end=rfc3339(record.end),
        level=record.level,  # type: ignore[arg-type]  # checked by pydantic
        speed_kmh=_rounded(record.speed, 1),
        ratio=_rounded(record.ratio, 3),
        flow_veh_h=_rounded(record.flow, 0),
        occupancy=_rounded(record.occupancy, 4),
        completeness=record.completeness,
    )


def notice(view: NoticeView) -> models.Notice:
    """Describe a notice."""
    item = view.notice
    return models.Notice(
        id=item.id,
        kind=item.kind,
        label=item.label,
        rule=item.rule,
        episode=item.episode,
        sequence=item.sequence,
        audience=item.audience,
        scope=item.scope,
        scope_id=item.scope_id,
        station_class=item.station_class,
        area=item.areas[0] if item.areas else item.scope_id,
        areas=list(item.areas),
        step=item.step,
        severity=item.severity,
        urgency=item.urgency,
        certainty=item.certainty,
        status=item.status,
        headline_vi=item.headline.get("vi", ""),
        headline_en=item.headline.get("en", ""),
        text_vi=item.body.get("vi", ""),
        text_en=item.body.get("en", ""),
        advice_vi=item.advice.get("vi", {}),
        advice_en=item.advice.get("en", {}),
        source_vi=item.source.get("vi", ""),
        source_en=item.source.get("en", ""),
        since=rfc3339(item.since),
        time=rfc3339(item.time),
        known=rfc3339(item.known),
        until=rfc3339(item.until) if item.until else None,
        active=view.active,
        told=item.told,
        why_not=item.why_not,
        origin=item.origin,  # type: ignore[arg-type]  # checked by pydantic
    )


def account(counts: Counts) -> models.Account:
    """Describe one account of the ledger."""
    return models.Account(
        received=counts.received,
        stored=counts.stored,
        quarantined=counts.quarantined,
        duplicate=counts.duplicate,
        lost=counts.lost,
        in_flight=counts.in_flight,
        late=counts.late,
        conflicts=counts.conflicts,
        redelivered=counts.redelivered,
        balanced=counts.in_flight == 0,
    )


def excess(item: Excess) -> models.Excess:
    """Describe a mean over its legal limit."""
    return models.Excess(
        quantity=item.limit.quantity,
        averaging=f"{item.limit.hours}h",
        value=_plain(item.mean),
        limit=item.limit.value,
    )


def quantities(values: Mapping[str, int]) -> dict[str, models.Value]:
    """Give values [10⁻⁶ unit] as numbers with their units."""
    return {
        name: models.Value(value=_plain(value), unit=BY_NAME[name].unit)
        for name, value in values.items()
        if name in BY_NAME
    }


def _site(
    view: AirView | RoadView, city: City, record: AirQuality | Congestion | None
) -> dict[str, Any]:
    site = view.station if isinstance(view, AirView) else view.segment
    return {
        "id": site.id,
        "name_vi": site.name_vi,
        "name_en": site.name_en,
        "operations_area": city.operations_area(site.id),
        "time": None if view.time is None else rfc3339(view.time),
        "age_s": view.age_s,
        "observed": None if view.observed is None else rfc3339(view.observed),
        "next_expected": rfc3339(view.next_expected),
        "overdue": view.overdue,
        "freshness": view.freshness.value,
        "reason": view.reason,
        "origin": city.origin if record is None else record.origin,
        "assumed": site.assumed,
        "latest": _latest(view.raw),
    }


def _latest(raw: Newest | None) -> dict[str, models.Value]:
    return {} if raw is None else quantities(raw.values)


def _plain(value: int) -> float:
    return round(value / MICRO, 3)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
