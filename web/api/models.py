"""Owns the shapes of the open data API's answers; `features` fills them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Origin = Literal["live", "simulated", "replay"]
Category = Literal["good", "moderate", "poor", "bad", "very_bad", "hazardous"]
Level = Literal["free", "busy", "slow", "queue", "jam", "no_data", "closed"]
Freshness = Literal["current", "old", "gone", "never"]
Position = tuple[float, float]

_TIME = "RFC 3339, UTC"


class Answer(BaseModel):
    """A part of an answer. Within v1 there are only additions."""

    model_config = ConfigDict(frozen=True)


class Value(Answer):
    """A number with its unit."""

    value: float
    unit: str


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
    time: str | None = Field(description=f"End of the shown interval; {_TIME}.")
    age_s: int | None = Field(description="Time since `time` [s].")
    observed: str | None = Field(description=f"End of the newest reading; {_TIME}.")
    next_expected: str = Field(
        description=f"When something new is due, or was (see `overdue`); {_TIME}."
    )
    overdue: bool = Field(description="`next_expected` has passed.")
    freshness: Freshness = Field(
        description="`gone`: too old to be a current value; it is left out."
    )
    stale: bool = Field(description="Old, or held from an earlier interval.")
    reason: str = Field(description="Why there is no index or level; else empty.")
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
    standard: str = "VN_AQI"
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
    delay_s: int | None = Field(description="Time lost against free flow [s].")
    level_since: str | None


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


class Stations(Answer):
    """Every station; GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[StationFeature]


class Segments(Answer):
    """Every road segment; GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[SegmentFeature]


class Areas(Answer):
    """Areas with their borders; GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[AreaFeature]


class AirHour(Answer):
    """One hour of a station; hours without a record are gaps and are not listed."""

    start: str
    end: str
    provisional: bool
    revision: int
    aqi: int | None
    category: Category | None
    dominant: str | None
    reason: str
    values: dict[str, Value]
    nowcast: dict[str, Value]
    sub_indices: dict[str, int]
    completeness: dict[str, float]


class AirSeries(Answer):
    """The hours of one station, oldest first."""

    id: str
    station_class: Literal["regulatory", "reference"]
    origin: Origin
    hours: list[AirHour]


class RoadInterval(Answer):
    """Five minutes of a road segment."""

    start: str
    end: str
    level: Level
    speed_kmh: float | None
    ratio: float | None
    flow_veh_h: float | None
    occupancy: float | None
    completeness: float


class RoadSeries(Answer):
    """The intervals of one road segment, oldest first."""

    id: str
    origin: Origin
    intervals: list[RoadInterval]


class Notice(Answer):
    """A notice; see `active` for whether it still holds."""

    id: str
    kind: Literal["raise", "change", "update", "clear"]
    rule: str
    episode: str
    sequence: int = Field(description="Number within the episode, from 1.")
    audience: str = Field(description="`public` or `operators`.")
    scope: str = Field(description="`station`, `segment` or `area`.")
    scope_id: str
    area: str = Field(description="The narrowest area concerned.")
    areas: list[str]
    step: str
    severity: str
    urgency: str
    certainty: str
    status: str = Field(description="CAP 1.2; `Actual` only from an authority.")
    headline_vi: str
    headline_en: str
    text_vi: str
    text_en: str
    advice_vi: dict[str, str] = Field(description="By group of people.")
    advice_en: dict[str, str] = Field(description="By group of people.")
    source_vi: str
    source_en: str
    since: str = Field(description=f"Begin of the episode; {_TIME}.")
    time: str = Field(description=f"When what it tells happened; {_TIME}.")
    known: str = Field(description=f"When it became known; {_TIME}.")
    until: str | None
    active: bool
    told: bool
    why_not: str = Field(description="Why it was not sent, or empty.")
    origin: Origin


class Notices(Answer):
    """Notices, newest first."""

    notices: list[Notice]


class Account(Answer):
    """Readings by where they ended; at rest `in_flight` is 0."""

    received: int
    stored: int
    quarantined: int
    duplicate: int
    lost: int = Field(description="Taken by a broker that died with them.")
    in_flight: int = Field(
        description="received − stored − quarantined − duplicate − lost."
    )
    late: int = Field(description="Of those stored.")
    conflicts: int = Field(description="Of those stored.")
    redelivered: int = Field(description="By the MQTT broker; not received again.")
    balanced: bool


class Ledger(Answer):
    """The ledger in total and by device."""

    balanced: bool
    totals: Account
    devices: dict[str, Account]


class Check(Answer):
    """One thing that is well or not."""

    name: str
    ok: bool
    detail: str
    at: str | None


class Health(Answer):
    """Whether the system is well."""

    status: Literal["ok", "degraded"]
    now: str = Field(description=f"The city's clock; {_TIME}.")
    newest_reading: str | None
    newest_reading_age_s: int | None
    origin: Origin
    checks: list[Check]


class Problem(Answer):
    """An error, RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
