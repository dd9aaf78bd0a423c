"""Owns the answers about what was: hours of air, five minutes of roads."""

from typing import Literal

from pydantic import Field

from web.api.models.base import Answer, Category, Level, Origin, Value


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


class AirDay(Answer):
    """One closed day of a station, from midnight to midnight of the city's time."""

    start: str
    end: str
    revision: int
    aqi: int | None = Field(
        description="Daily VN_AQI; null where there is none (see `reason`). A"
        " `reference` station never has one."
    )
    category: Category | None
    dominant: str | None
    reason: str
    values: dict[str, Value] = Field(description="24-hour means.")
    sub_indices: dict[str, int]
    completeness: dict[str, float] = Field(description="Valid hours ÷ 24.")


class AirSeries(Answer):
    """The hours and the closed days of one station, oldest first."""

    id: str
    station_class: Literal["regulatory", "reference"]
    origin: Origin
    hours: list[AirHour]
    days: list[AirDay]


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
