"""The shapes of the open data API's answers; `features` fills them."""

from web.api.models.base import Answer, Problem, Value
from web.api.models.places import (
    AreaFeature,
    AreaProperties,
    Areas,
    LineString,
    Point,
    Polygon,
)
from web.api.models.series import AirDay, AirHour, AirSeries, RoadInterval, RoadSeries
from web.api.models.sites import (
    Excess,
    SegmentFeature,
    SegmentProperties,
    Segments,
    SiteProperties,
    StationFeature,
    StationProperties,
    Stations,
)
from web.api.models.system import Account, Check, Health, Ledger, Notice, Notices

__all__ = [
    "Account",
    "AirDay",
    "AirHour",
    "AirSeries",
    "Answer",
    "AreaFeature",
    "AreaProperties",
    "Areas",
    "Check",
    "Excess",
    "Health",
    "Ledger",
    "LineString",
    "Notice",
    "Notices",
    "Point",
    "Polygon",
    "Problem",
    "RoadInterval",
    "RoadSeries",
    "SegmentFeature",
    "SegmentProperties",
    "Segments",
    "SiteProperties",
    "StationFeature",
    "StationProperties",
    "Stations",
    "Value",
]
