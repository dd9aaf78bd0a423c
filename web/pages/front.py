"""Owns the front page: the air where the reader lives, advice, roads, notices, map."""

from collections import Counter
from collections.abc import Sequence

from starlette.responses import Response

from alerts.advice import Advice, air_advice
from streams.calc.aqi.vn import CATEGORIES
from streams.calc.averaging import DAY_S
from web.drawing.city_map import MapWords
from web.drawing.scale import strip
from web.links import Links
from web.pages.frame import HTML, Visit
from web.pages.history import chart_values, yesterday
from web.responses import tagged
from web.view.air import AirView
from web.view.notices import for_people, near_first, notice_views
from web.view.place import Place, choices, place_of, roads_near
from web.view.progress import progress_of
from web.view.roads import LEVELS, RoadView, worst_first

NOTICES_S = DAY_S
ADVISED = ("everyone", "sensitive", "outdoor")
WHOLE = "all"


def front(visit: Visit) -> Response:
    """Write the front page."""
    values = front_values(visit)
    title = visit.renderer.words("web.front_title", place=str(values["place_name"]))
    return visit.answer("front.html", title, live=True, **values)


def part(visit: Visit, template: str) -> Response:
    """Write one part of the front page, for an open page to refresh itself with."""
    body = visit.renderer.page(
        template, visit.links, frame=visit.frame(), **front_values(visit)
    )
    return tagged(visit.request, body, HTML)


def front_values(visit: Visit) -> dict[str, object]:
    """Gather what the front page shows."""
    observer, now = visit.desk.observer, visit.now
    stations, roads = observer.stations(now), observer.roads(now)
    wanted = visit.asked("place")
    place = place_of(observer.city, wanted, stations, observer.settings.nearest_m)
    hero = place.shown
    return {
        "place": place,
        "hero": hero,
        "yesterday": yesterday(visit, hero),
        "progress": progress_of(stations, roads, now),
        "unknown_place": wanted if wanted and not place.chosen else "",
        "place_name": _place_name(visit, place),
        "choices": choices(observer.city),
        "plain_links": Links(visit.language),
        "refresh_s": observer.settings.refresh_s,
        "scale": strip(hero.aqi if hero else None),
        "cards": _cards(visit, hero),
        "table": _table(stations),
        "concentration": _concentration(visit),
        **_notices(visit, place),
        **_road_values(visit, place, roads),
        **chart_values(visit, hero),
        **_map_values(visit, place, stations, roads),
    }


def _cards(visit: Visit, hero: AirView | None) -> list[Advice]:
    if hero is None or hero.aqi is None or hero.record is None:
        return []
    city, wording = visit.desk.observer.city, visit.renderer.typography.wording
    return [
        air_advice(wording, city, hero.station, hero.record, group) for group in ADVISED
    ]


def _place_name(visit: Visit, place: Place) -> str:
    city = visit.desk.observer.city
    if place.chosen and place.area is not None:
        return visit.renderer.area_name(place.area)
    return visit.renderer.words.pick(city.name_vi, city.name_en)


def _notices(visit: Visit, place: Place) -> dict[str, object]:
    records = visit.desk.observer.source.notices(visit.now - NOTICES_S)
    found = for_people(notice_views(records, visit.now))
    active = near_first([view for view in found if view.active], place)
    shown = visit.desk.observer.settings.notices_shown
    return {"notices": active[:shown], "more_notices": max(0, len(active) - shown)}


def _table(stations: Sequence[AirView]) -> list[AirView]:
    """Order stations: worst index first, then those without one."""
    return sorted(
        stations,
        key=lambda view: (-1 if view.aqi is None else view.aqi, view.regulatory),
        reverse=True,
    )


def _concentration(visit: Visit) -> object:
    typography = visit.renderer.typography

    def written(view: AirView, quantity: str) -> str:
        value = view.concentrations.get(quantity)
        return "–" if value is None else typography.number(value / 1_000_000, 1)

    return written


def _road_values(
    visit: Visit, place: Place, roads: Sequence[RoadView]
) -> dict[str, object]:
    observer, words = visit.desk.observer, visit.renderer.words
    near = roads_near(observer.city, place)
    counts = Counter(road.level for road in roads)
    told = ", ".join(
        f"{counts[level]} {words(f'level.{level}').lower()}"
        for level in LEVELS
        if counts[level]
    )
    return {
        "roads": worst_first(roads, near),
        "near_count": len(near),
        "roads_shown": observer.settings.roads_shown,
        "road_counts": words("web.roads.counts", counts=told) if told else "",
    }


def _map_values(
    visit: Visit,
    place: Place,
    stations: Sequence[AirView],
    roads: Sequence[RoadView],
) -> dict[str, object]:
    city, renderer = visit.desk.observer.city, visit.renderer
    regions = [choice.district for choice in choices(city)]
    zoom = visit.asked("zoom") or (place.district.id if place.district else WHOLE)
    zoom = zoom if zoom in {region.id for region in regions} else WHOLE
    words = MapWords(
        category=lambda view: (
            renderer.words(f"category.{view.category}") if view.category else ""
        ),
        level=lambda view: renderer.words(f"level.{view.level}"),
        area=renderer.area_name,
    )
    drawn = visit.desk.cartographer.draw(
        stations,
        roads,
        words,
        home=visit.links.place,
        region="" if zoom == WHOLE else zoom,
    )
    whole = (WHOLE, renderer.words("web.map.whole"))
    return {
        "city_map": drawn,
        "zoom": zoom,
        "zooms": [whole, *((r.id, renderer.area_name(r)) for r in regions)],
        "category_codes": [category.code for category in CATEGORIES],
        "level_codes": LEVELS,
    }
