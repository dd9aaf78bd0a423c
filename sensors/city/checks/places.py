"""Owns checks of places: where stations and segments lie, and what is written of it."""

from collections.abc import Iterator, Mapping

from sensors.city.area import Area, CircleShape, PolygonShape
from sensors.city.draft import Draft
from sensors.city.geometry import Point, Rings, circle, inside, line_length_m
from sensors.city.mistake import Finding, Loc
from sensors.city.site import Segment, Station

_LENGTH_TOLERANCE = 0.20
_OF_STATION = ("lat", "lon")
_OF_SEGMENT = ("line", "length_m", "lanes", "limit_kmh")


def mistakes(draft: Draft, boundaries: Mapping[str, Rings]) -> Iterator[Finding]:
    """Find sites without a place, outside their ward, or not as long as their line."""
    by_id = {area.id: area for area in draft.areas.values()}
    replayed = draft.head is not None and draft.head.origin == "replay"
    for index, station in draft.stations.items():
        here: Loc = ("stations", index)
        if not replayed:
            yield from _left_out(station, _OF_STATION, here)
        area = by_id.get(station.area)
        if area is not None:
            yield from _outside(station, _rings(area, boundaries), here)
    for index, segment in draft.segments.items():
        here = ("segments", index)
        if not replayed:
            yield from _left_out(segment, _OF_SEGMENT, here)
        yield from _length(segment, here)


def _left_out(
    site: Station | Segment, keys: tuple[str, ...], here: Loc
) -> Iterator[Finding]:
    for key in keys:
        if getattr(site, key) is None:
            yield Finding(
                here,
                f"{key} is missing",
                way_out=f"Add {key}; only a replayed history may lack it.",
            )


def _rings(area: Area, boundaries: Mapping[str, Rings]) -> Rings:
    if isinstance(area.shape, PolygonShape):
        return boundaries.get(area.shape.code, ())
    if isinstance(area.shape, CircleShape):
        return (circle(area.shape.lon, area.shape.lat, area.shape.radius_m),)
    return ()


def _outside(station: Station, rings: Rings, here: Loc) -> Iterator[Finding]:
    if station.lon is None or station.lat is None or not rings:
        return
    place: Point = (station.lon, station.lat)
    if not inside(place, rings):
        exchanged = inside((station.lat, station.lon), rings)
        yield Finding(
            (*here, "lat"),
            f"the station stands outside its area {station.area!r}",
            got=f"lat {station.lat}, lon {station.lon}",
            wanted=f"a place inside {_box(rings)}",
            way_out="Exchange lat and lon." if exchanged else "Correct place or area.",
        )


def _box(rings: Rings) -> str:
    lons = [lon for ring in rings for lon, _ in ring]
    lats = [lat for ring in rings for _, lat in ring]
    ranges = (min(lats), max(lats), min(lons), max(lons))
    return "lat {:.4f} to {:.4f}, lon {:.4f} to {:.4f}".format(*ranges)


def _length(segment: Segment, here: Loc) -> Iterator[Finding]:
    if segment.line is None or segment.length_m is None:
        return
    drawn = line_length_m(segment.line)
    if abs(segment.length_m - drawn) > _LENGTH_TOLERANCE * drawn:
        yield Finding(
            (*here, "length_m"),
            "the length is more than 20 % off the length of the line",
            got=f"{segment.length_m:g} m",
            wanted=f"about {drawn:.0f} m",
            way_out="Correct length_m, or the points of line ([lon, lat]).",
        )
