"""Owns the map: areas, roads and stations laid out for the template to write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sensors.city.area import Area
from sensors.city.city import City
from sensors.city.geometry import Point
from web.drawing.labels import Label, Room, spread
from web.drawing.plane import Plane, beside, line_path, plane_of, ring_path
from web.view.air import AirView
from web.view.place import BASE_KINDS, middle_of
from web.view.roads import RoadView

WIDTH = 360
MARGIN = 10
REACH = 9.5
"""Half width of a station's mark [picture units]."""
LANE_GAP = 1.7
"""How far a direction is drawn from the middle of its road [picture units]."""
TEXT = 9.5
NEAR = 1.25
"""How much larger marks and words are on a map of a part of the city."""
SAID_LEVELS = frozenset({"jam", "closed"})
LOUD_LEVELS = frozenset({"slow", "queue", "jam", "closed"})


@dataclass(frozen=True, slots=True)
class AreaShape:
    """An area: path on the fine grid, and whether it is the reader's place."""

    area: Area
    path: str
    home: bool


@dataclass(frozen=True, slots=True)
class RoadShape:
    """A road segment: path on the fine grid, and words where there is room."""

    view: RoadView
    path: str
    label: Label | None


@dataclass(frozen=True, slots=True)
class StationMark:
    """A station: its mark, its true place where the mark had to move, its words."""

    view: AirView
    x: float
    y: float
    from_x: float
    from_y: float
    label: Label | None

    @property
    def moved(self) -> bool:
        """Whether the mark stands beside the place it means."""
        return abs(self.x - self.from_x) + abs(self.y - self.from_y) > REACH / 2


@dataclass(frozen=True, slots=True)
class CityMap:
    """A map ready to be written as SVG; `size` is that of marks and words."""

    plane: Plane
    size: float
    areas: tuple[AreaShape, ...]
    roads: tuple[RoadShape, ...]
    stations: tuple[StationMark, ...]
    names: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class MapWords:
    """Words that the map needs, by code or object."""

    category: Callable[[AirView], str]
    level: Callable[[RoadView], str]
    area: Callable[[Area], str]


class Cartographer:
    """Draws maps of one city; what does not change is laid out once.

    Parameters
    ----------
    city
        The city.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._ground = cache(self._lay_ground)

    def draw(
        self,
        stations: Sequence[AirView],
        roads: Sequence[RoadView],
        words: MapWords,
        home: str = "",
        region: str = "",
    ) -> CityMap | None:
        """Draw the city, or its part `region` (an area's id).

        Returns None where nothing has coordinates.
        """
        ground = self._ground(region)
        if ground is None:
            return None
        plane, paths, courses = ground
        size = NEAR if region else 1.0
        room = Room(plane.width, plane.height)
        marks = self._marks(stations, plane, room, words, size)
        lines = self._lines(roads, courses, room, words)
        shapes = (AreaShape(area, path, area.id == home) for area, path in paths)
        # The reader's place last, so that no neighbour covers its border.
        areas = tuple(sorted(shapes, key=lambda shape: shape.home))
        return CityMap(
            plane,
            size,
            areas,
            lines,
            marks,
            self._names(paths, plane, room, words, region),
        )

    def _lay_ground(
        self, region: str
    ) -> tuple[Plane, tuple[tuple[Area, str], ...], Mapping[str, list[Point]]] | None:
        points = self._extent(region)
        if not points:
            return None
        plane = plane_of(points, WIDTH, MARGIN)
        paths = []
        for area in self._city.areas:
            rings = self._city.polygon(area.id)
            if area.kind in BASE_KINDS and rings and plane.shows(rings[0]):
                paths.append((area, "".join(ring_path(ring, plane) for ring in rings)))
        courses = {
            segment.id: beside([plane.xy(p) for p in segment.line], LANE_GAP)
            for segment in self._city.segments
            if segment.line and plane.shows(segment.line)
        }
        return plane, tuple(paths), courses

    def _extent(self, region: str) -> list[Point]:
        area = self._city.area(region) if region else None
        if area is not None and self._city.polygon(area.id):
            return [point for ring in self._city.polygon(area.id) for point in ring]
        found = [
            point
            for area in self._city.areas
            if area.kind in BASE_KINDS
            for ring in self._city.polygon(area.id)
            for point in ring
        ]
        return found or self._site_points()

    def _site_points(self) -> list[Point]:
        points = [
            (s.lon, s.lat)
            for s in self._city.stations
            if s.lon is not None and s.lat is not None
        ]
        lines = [point for s in self._city.segments for point in s.line or ()]
        return [*points, *lines]

    def _marks(
        self,
        views: Sequence[AirView],
        plane: Plane,
        room: Room,
        words: MapWords,
        size: float,
    ) -> tuple[StationMark, ...]:
        shown, reach = [], REACH * size
        for view in views:
            lon, lat = view.station.lon, view.station.lat
            if lon is not None and lat is not None and plane.shows([(lon, lat)]):
                shown.append((view, plane.xy((lon, lat))))
        places = spread([xy for _, xy in shown], 2 * reach + 0.5)
        for x, y in places:
            room.take(x, y, reach)
        marks = []
        for (view, (true_x, true_y)), (x, y) in zip(shown, places, strict=True):
            text = words.category(view)
            label = room.beside(x, y, reach, text, TEXT * size) if text else None
            marks.append(
                StationMark(view, round(x, 1), round(y, 1), true_x, true_y, label)
            )
        return tuple(marks)

    def _lines(
        self,
        views: Sequence[RoadView],
        courses: Mapping[str, list[Point]],
        room: Room,
        words: MapWords,
    ) -> tuple[RoadShape, ...]:
        shapes = []
        for view in views:
            course = courses.get(view.segment.id)
            if not course:
                continue
            label = None
            if view.level in SAID_LEVELS:
                x, y = course[len(course) // 2]
                label = room.beside(x, y, 3, words.level(view), TEXT)
            shapes.append(RoadShape(view, line_path(course), label))
        # What matters is drawn last, above the rest.
        shapes.sort(key=lambda shape: shape.view.level in LOUD_LEVELS)
        return tuple(shapes)

    def _names(
        self,
        paths: Sequence[tuple[Area, str]],
        plane: Plane,
        room: Room,
        words: MapWords,
        region: str,
    ) -> tuple[Label, ...]:
        """Name the districts on the whole map, the wards on a part of it."""
        ids = [area.id for area, _ in paths]
        if not region:
            ids = list(dict.fromkeys(a.operations for a, _ in paths if a.operations))
        found = []
        for area_id in ids:
            area = self._city.area(area_id)
            middle = middle_of(self._city.polygon(area_id))
            if area is None or middle is None:
                continue
            x, y = plane.xy(middle)
            label = room.beside(x, y - 6, -2, words.area(area), TEXT)
            if label is not None:
                found.append(label)
        return tuple(found)
