"""Owns the answers about stations and road segments as they are now."""

from typing import Literal

from pydantic import Field

from web.api.models.base import TIME, Answer, Category, Freshness, Level, Origin, Value
from web.api.models.places import LineString, Point


class Excess(Answer):
    """A mean over a legal limit of QCVN 05:2023."""

    quantity: str
    averaging: str = Field(examples=["24h"])
    value: float
    limit: float
    unit: str = "µg/m³"


class SiteProperties(Answer):
    """What stations and road segments both have."""

    id: str
    name_vi: str
    name_en: str
    area: str = Field(description="Ward or commune that the site is in.")
    operations_area: str | None = Field(description="District centre it belongs to.")
    time: str | None = Field(description=f"End of the shown interval; {TIME}.")
    age_s: int | None = Field(description="Time since `time` [s].")
    observed: str | None = Field(description=f"End of the newest reading; {TIME}.")
    next_expected: str = Field(
        description=f"When something new is due, or was (see `overdue`); {TIME}."
    )
    overdue: bool = Field(description="`next_expected` has passed.")
    freshness: Freshness = Field(
        description="`gone`: too old to be a current value; it is left out."
    )
    stale: bool = Field(description="Old, or the level is kept from an earlier one.")
    reason: str = Field(
        description="Why there is no index or level, such as `catching_up` while"
        " results are behind the readings; else empty."
    )
    completeness: float = Field(description="Time covered ÷ time expected, 0 to 1.")
    origin: Origin = Field(description="`simulated` and `replay` are not real data.")
    assumed: bool = Field(description="Place, class or course is not confirmed.")
    latest: dict[str, Value] = Field(description="Newest raw reading by quantity.")


class StationProperties(SiteProperties):
    """A station now."""

    aqi: int | None = Field(
        description="Hourly VN_AQI; null where there is none (see `reason`). A"
        " `reference` station never has one."
    )
    category: Category | None
    provisional: bool = Field(description="The hour is still running.")
    level: None = Field(default=None, description="Of road segments only.")
    station_class: Literal["regulatory", "reference"]
    standard: str | None = Field(
        description="Of the index: `VN_AQI`; null of a `reference` station."
    )
    averaging: str = "1h"
    dominant: str | None
    beyond_scale: bool
    values: dict[str, Value] = Field(description="Means of the shown hour.")
    nowcast: dict[str, Value] = Field(description="12-hour NowCast of PM.")
    sub_indices: dict[str, int]
    completeness_by_quantity: dict[str, float]
    over_limits: list[Excess] = Field(
        description="Legal limits passed: VN_AQI up to 100 does not mean none is."
    )


class SegmentProperties(SiteProperties):
    """A road segment now."""

    aqi: None = Field(default=None, description="Of stations only.")
    category: None = Field(default=None, description="Of stations only.")
    provisional: bool = False
    level: Level
    station_class: None = Field(default=None, description="Of stations only.")
    road: str
    direction_vi: str
    direction_en: str
    length_m: float | None
    speed_kmh: float | None
    free_flow_kmh: float | None
    ratio: float | None = Field(description="Speed ÷ free-flow speed.")
    flow_veh_h: float | None
    occupancy: float | None = Field(description="Fraction 0 to 1.")
    delay_s: int | None = Field(
        description="Estimate of the time lost against free flow [s]; null where the"
        " level is younger than 15 minutes."
    )
    level_since: str | None


class StationFeature(Answer):
    """A station on the map."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Point | None
    properties: StationProperties


class SegmentFeature(Answer):
    """A road segment on the map."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: LineString | None
    properties: SegmentProperties


class Stations(Answer):
    """Every station; GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[StationFeature]


class Segments(Answer):
    """Every road segment; GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[SegmentFeature]
