"""Owns geometry and the answers about areas; GeoJSON."""

from typing import Literal

from web.api.models.base import Answer

Position = tuple[float, float]
"""[longitude, latitude], WGS 84."""


class Point(Answer):
    """A place, [longitude, latitude]."""

    type: Literal["Point"] = "Point"
    coordinates: Position


class LineString(Answer):
    """A course, in the direction of travel."""

    type: Literal["LineString"] = "LineString"
    coordinates: list[Position]


class Polygon(Answer):
    """An area."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: list[list[Position]]


class AreaProperties(Answer):
    """An area of the city."""

    id: str
    name_vi: str
    name_en: str
    kind: str
    hierarchy: Literal["administrative", "operations"]
    parent: str | None
    operations: str | None
    code: str | None


class AreaFeature(Answer):
    """An area on the map."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Polygon | None
    properties: AreaProperties


class Areas(Answer):
    """Areas with their borders; GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[AreaFeature]
