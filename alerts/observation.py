"""Owns how a condition reads its value out of what was seen of one site."""

from typing import NamedTuple

from alerts.condition import RANKED
from alerts.rule import (
    AqiWhat,
    ConcentrationWhat,
    LevelWhat,
    RiseWhat,
    What,
)
from alerts.seen import HOUR_S, Hour, Segment, Station
from alerts.transition import Evidence
from sensors.reading import MICRO
from streams.calc.fixed import half_up


class Observation(NamedTuple):
    """A value of a condition.

    Parameters
    ----------
    time
        End of the newest reading behind it [unix s].
    value
        As `Transition.value`; higher is worse (speed ratios are negative).
    averaging
        As `Evidence.averaging`.
    start
        Start of the interval that it stands for [unix s].
    """

    time: int
    value: int
    averaging: str
    start: int


def quantity(what: What) -> str:
    """Name what a condition looks at."""
    return getattr(what, "quantity", what.kind)


def of_station(what: What, seen: Station) -> Observation | None:
    """Read an air condition of one station; None where there is no valid value."""
    if isinstance(what, AqiWhat):
        return None if seen.station_class == "reference" else _index(what, seen)
    if isinstance(what, ConcentrationWhat):
        if what.use == "final":
            return _of_hour(what, seen.closed)
        if what.average == "nowcast":
            return _running_nowcast(what, seen)
        return _running_mean(what.quantity, what.cover, seen)
    if isinstance(what, RiseWhat):
        return _rise(what, seen)
    return None


def of_segment(what: What, seen: Segment) -> Observation | None:
    """Read a road condition of one segment; None where there is no valid value."""
    start = seen.evaluated - 300
    if isinstance(what, LevelWhat):
        if seen.level not in RANKED:
            return None
        return Observation(seen.observed, RANKED.index(seen.level), "5m", start)
    if seen.ratio is None:
        return None
    return Observation(seen.observed, -round(seen.ratio * MICRO), "5m", start)


def evidence(what: What, found: Observation, site: str, station_class: str) -> Evidence:
    """Return the evidence of one site."""
    return Evidence(
        sites=(site,),
        quantity=quantity(what),
        averaging=found.averaging,
        start=found.start,
        end=found.time,
        used=1,
        of=1,
        station_class=station_class,
    )


def _of_hour(what: ConcentrationWhat, hour: Hour) -> Observation | None:
    values = hour.nowcast if what.average == "nowcast" else hour.means
    value = values.get(what.quantity)
    if value is None:
        return None
    averaging = "nowcast" if what.average == "nowcast" else "1h"
    return Observation(hour.start + HOUR_S, value, averaging, hour.start)


def _index(what: AqiWhat, seen: Station) -> Observation | None:
    hour = seen.closed if what.use == "final" else seen.hour
    if hour.aqi is None:
        return None
    if hour.final:
        end = hour.start + HOUR_S
        return Observation(end, hour.aqi * MICRO, "1h", hour.start)
    if not _covers(hour, hour.dominant, what.cover):
        return None
    time = hour.at.get(hour.dominant, seen.observed)
    return Observation(time, hour.aqi * MICRO, "running", hour.start)


def _covers(hour: Hour, name: str, cover: int) -> bool:
    return hour.covered.get(name, 0.0) * HOUR_S >= cover


def _running_nowcast(what: ConcentrationWhat, seen: Station) -> Observation | None:
    hour, name = seen.hour, what.quantity
    value = hour.nowcast.get(name)
    if value is None or not _covers(hour, name, what.cover) or name not in hour.at:
        return None
    return Observation(hour.at[name], value, "nowcast", hour.start)


def _running_mean(name: str, cover: int, seen: Station) -> Observation | None:
    """Average since the hour began, or since the one before while `cover` lacks."""
    hour, before = seen.hour, seen.before
    value, time = hour.means.get(name), hour.at.get(name)
    if value is None or time is None:
        return None
    if _covers(hour, name, cover):
        return Observation(time, value, "running", hour.start)
    earlier = before.means.get(name) if seen.adjacent() else None
    if earlier is None:
        return None
    here, there = (round(h.covered[name] * HOUR_S) for h in (hour, before))
    if here + there < cover:
        return None
    mean = half_up(value * here + earlier * there, here + there)
    return Observation(time, mean, "running", before.start)


def _rise(what: RiseWhat, seen: Station) -> Observation | None:
    hour, name = seen.hour, what.quantity
    value, time = hour.means.get(name), hour.at.get(name)
    earlier = seen.before.means.get(name) if seen.adjacent() else None
    if value is None or time is None or earlier is None:
        return None
    if not _covers(hour, name, what.cover):
        return None
    return Observation(time, value - earlier, "rise", hour.start)
