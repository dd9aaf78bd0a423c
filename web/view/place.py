"""Owns where the reader lives: the areas to choose, and the stations of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerts.area import Member, area_value, ranked
from sensors.city.area import Area
from sensors.city.city import City
from sensors.city.geometry import Rings, distance_m, inside
from web.view.air import AirView

BASE_KINDS = ("ward", "commune")


class Basis(StrEnum):
    """How the stations that stand for a place were found."""

    HERE = "here"
    NEAREST = "nearest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """A district and its wards and communes, to choose from."""

    district: Area
    wards: tuple[Area, ...]


@dataclass(frozen=True)
class Place:
    """A place and the number that stands for it.

    Parameters
    ----------
    area
        The area; of the whole city its operations centre, None where it has none.
    district
        The operations area that looks after it.
    basis
        How `stations` were found.
    stations
        Regulatory stations that stand for it, those with an index first, worst first.
    chosen
        Whether the reader chose it.
    distance_m
        How far the nearest station is from the middle of the place, where `basis` is
        ``nearest`` [m].
    """

    area: Area | None
    district: Area | None
    basis: Basis
    stations: tuple[AirView, ...]
    chosen: bool = True
    distance_m: float | None = None

    @property
    def shown(self) -> AirView | None:
        """The station whose number is shown: the worst one that has an index."""
        return self.stations[0] if self.stations else None

    @property
    def counted(self) -> int:
        """How many of the stations have an index."""
        return sum(view.aqi is not None for view in self.stations)

    @property
    def middle(self) -> int | None:
        """The median index, the lower one of two, where there are several."""
        value = area_value(_members(self.stations), of=len(self.stations))
        return value.median.value if value.median and value.used > 1 else None


def choices(city: City) -> tuple[Choice, ...]:
    """List the wards and communes by the operations area that looks after them."""
    found = []
    for area in city.areas:
        below = (city.area(child) for child in city.children(area.id))
        wards = [
            w for w in below if w is not None and w.kind in BASE_KINDS and w.operations
        ]
        if area.hierarchy == "operations" and wards:
            wards.sort(key=lambda ward: (ward.kind != "ward", ward.name_en))
            found.append(Choice(area, tuple(wards)))
    return tuple(found)


def place_of(
    city: City, wanted: str, views: Sequence[AirView], nearest_m: float
) -> Place:
    """Find what stands for the area with the id `wanted`, or for the whole city.

    An area without a regulatory station that has an index is stood for by the nearest
    one that has, at most `nearest_m` from its middle [m].
    """
    area = city.area(wanted)
    if area is None:
        return _whole(city, views)
    inside_it = set(city.sites_in(area.id))
    here = _worst_first(v for v in views if v.station.id in inside_it and v.regulatory)
    district = _district(city, area)
    if any(view.aqi is not None for view in here):
        return Place(area, district, Basis.HERE, here)
    near = _nearest(middle_of(city.polygon(area.id)), views, nearest_m)
    if near is not None:
        view, distance = near
        return Place(area, district, Basis.NEAREST, (view, *here), distance_m=distance)
    basis = Basis.HERE if here else Basis.NONE
    return Place(area, district, basis, here)


def ward_at(city: City, lon: float, lat: float) -> Area | None:
    """Return the ward or commune around a place [°]."""
    for area in city.areas:
        if area.kind in BASE_KINDS and inside((lon, lat), city.polygon(area.id)):
            return area
    return None


def middle_of(rings: Rings) -> tuple[float, float] | None:
    """Return the middle of an area's box [lon, lat]; None where it has no border."""
    points = [point for ring in rings for point in ring]
    if not points:
        return None
    lons, lats = zip(*points, strict=True)
    return (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2


def roads_near(city: City, place: Place) -> frozenset[str]:
    """Return the segments in the place's district; none where no place is chosen."""
    if not place.chosen or place.area is None:
        return frozenset()
    around = place.district or place.area
    known = {segment.id for segment in city.segments}
    return frozenset(city.sites_in(around.id)) & known


def _whole(city: City, views: Sequence[AirView]) -> Place:
    tops = (a for a in city.areas if a.hierarchy == "operations" and a.parent is None)
    found = _worst_first(view for view in views if view.regulatory)
    basis = Basis.HERE if found else Basis.NONE
    return Place(next(tops, None), None, basis, found, chosen=False)


def _district(city: City, area: Area) -> Area | None:
    if area.operations is not None:
        return city.area(area.operations)
    return area if area.hierarchy == "operations" else None


def _worst_first(views: Iterable[AirView]) -> tuple[AirView, ...]:
    """Order stations as alerts do; those without an index last."""
    found = {view.station.id: view for view in views}
    order = [member.site for member in ranked(_members(found.values()))]
    without = [site for site in found if site not in order]
    return tuple(found[site] for site in (*order, *without))


def _members(views: Iterable[AirView]) -> list[Member]:
    return [
        Member(view.station.id, view.aqi, view.time)
        for view in views
        if view.aqi is not None and view.time is not None
    ]


def _nearest(
    middle: tuple[float, float] | None, views: Sequence[AirView], nearest_m: float
) -> tuple[AirView, float] | None:
    if middle is None:
        return None
    distances = [
        (distance_m(middle, (view.station.lon, view.station.lat)), view.station.id)
        for view in views
        if view.aqi is not None
        and view.station.lon is not None
        and view.station.lat is not None
    ]
    if not distances or min(distances)[0] > nearest_m:
        return None
    distance, site = min(distances)
    return next(view for view in views if view.station.id == site), distance
