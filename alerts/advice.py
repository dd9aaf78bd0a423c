"""Owns what each group of people is advised, with the why, the source and the end.

The meaning is that of Decision 1459/QĐ-TCMT, Bảng 4 and 5 [VN1459], in our own words,
which are in `alerts/catalogue`. Advice for outdoor workers, riders and schools is ours,
derived from the Decision's for the general public.
"""

from typing import Final, Literal

import msgspec

from alerts.rule import Group
from alerts.wording import Wording
from sensors.city import City, Segment, Station
from streams.results import AirQuality, Congestion

GROUPS: Final[tuple[Group, ...]] = ("everyone", "sensitive", "outdoor", "schools")
HOUR_S: Final = 3_600
ROAD_HOLDS_S: Final = 600

Topic = Literal["air", "traffic"]


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What one group should do.

    Parameters
    ----------
    group
        Whose advice it is.
    title, text
        Whom it is for and what to do.
    why
        Pollutant, value, averaging, station and time; or place, level and time.
    source
        Whose advice and data it is.
    until
        Until when it holds [unix s].
    code
        The category or level that it follows; ``none`` where there is no advice.
    """

    group: str
    title: str
    text: str
    why: str
    source: str
    until: int
    code: str


def advise(wording: Wording, category: str | None, group: str, reason: str = "") -> str:
    """Return the advice for a VN_AQI category and a group.

    Parameters
    ----------
    category
        None where there is no index; then `reason` says why.
    """
    if category is None:
        why = wording.say(f"missing.{reason or 'no_data'}")
        return wording.say(f"advice.air.none.{group}", reason=why)
    return wording.say(f"advice.air.{category}.{group}")


def air_advice(
    wording: Wording, city: City, station: Station, record: AirQuality, group: str
) -> Advice:
    """Return the advice that a station's hourly result leads to.

    A closed hour's advice holds until the next hour closes, a running hour's until it
    closes itself. A reference station never has an index, so its advice is ``none``.
    """
    category = None if record.station_class == "reference" else record.category
    closes = record.end if record.provisional else record.end + HOUR_S
    name = _name(wording, station)
    return Advice(
        group=group,
        title=wording.say(f"group.{group}"),
        text=advise(wording, category, group, record.reason),
        why=_why(wording, record, name) if category else "",
        source=wording.say("source.air", station=name),
        until=closes + city.grace_s,
        code=category or "none",
    )


def road_advice(wording: Wording, segment: Segment, record: Congestion) -> Advice:
    """Return what to do about a road, and where it is."""
    place = f"{segment.road}, {_name(wording, segment)}"
    level = wording.say(f"level.{record.level}")
    time = wording.moment(record.observed or record.evaluated)
    if record.speed is None:
        why = wording.say("why.road_no_speed", place=place, level=level, time=time)
    else:
        speed = wording.number(round(record.speed * 1_000_000))
        why = wording.say("why.road", place=place, level=level, speed=speed, time=time)
    return Advice(
        group="everyone",
        title=wording.say("group.everyone"),
        text=wording.say(f"advice.traffic.{record.level}"),
        why=why,
        source=wording.say("source.road", place=place),
        until=record.evaluated + ROAD_HOLDS_S,
        code=record.level,
    )


def _why(wording: Wording, record: AirQuality, station: str) -> str:
    kind = record.averaging if not record.provisional else "running"
    averaging = wording.say(f"averaging.index_{kind}")
    time = wording.moment(min(record.observed or record.end, record.end))
    dominant = record.dominant or "pm25"
    values = record.nowcast if record.averaging == "1h" else {}
    micro = values.get(dominant, record.means.get(dominant, 0))
    return wording.say(
        "why.air_index",
        aqi=record.aqi,
        pollutant=wording.say(f"pollutant.{dominant}"),
        value=wording.concentration(micro),
        averaging=averaging,
        station=station,
        time=time,
    )


def _name(wording: Wording, named: Station | Segment) -> str:
    return named.name_vi if wording.language == "vi" else named.name_en
