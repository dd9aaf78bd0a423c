"""Owns the city of a replayed history: made from its site names, nothing invented."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from sensors.city.area import Area, Hierarchy
from sensors.city.checks import mistakes_of
from sensors.city.city import City
from sensors.city.device import Device, DeviceKind, SpeedMean, TimeMarks
from sensors.city.draft import draft_of_file
from sensors.city.file import CityFile
from sensors.city.mistake import CityError, Mistake
from sensors.city.site import Direction, Segment, Station

_AREA: Final = "whole"
_HIERARCHY: Final = Hierarchy(id="operations", name_vi="Vận hành", name_en="Operations")
_NO_DIRECTION: Final = Direction(vi="không rõ hướng", en="direction unknown")


def slug(name: str) -> str:
    """Return `name` as an id: lower-case a-z and digits joined by hyphens.

    Examples
    --------
    >>> slug("Đại lộ Bình Dương")
    'dai-lo-binh-duong'

    Raises
    ------
    ValueError
        When nothing of the name can be an id.
    """
    plain = unicodedata.normalize("NFKD", name.lower().replace("đ", "d"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    found = "-".join(re.findall(r"[a-z0-9]+", letters))[:64].rstrip("-")
    if not found:
        message = f"no id can be made of the name {name!r}; it needs a letter or digit"
        raise ValueError(message)
    return found


def history_city(
    city_id: str,
    sites: Sequence[str],
    *,
    kind: DeviceKind,
    timezone: str,
    interval_s: int,
    quantities: Sequence[str] = (),
    period_s: int | None = None,
    time_marks: TimeMarks = "end",
    units: Mapping[str, str] | None = None,
    speed_mean: SpeedMean = "arithmetic",
    lateness_s: int = 10_800,
    name_vi: str | None = None,
    name_en: str | None = None,
) -> City:
    """Return the city of a history: one area, one device a site, nothing invented.

    Places, lines, lanes and limits are unknown and stay so; everything is marked
    assumed. Site and device ids are `slug` of the names. Stations are regulatory, the
    origin is ``replay`` and the clock ``messages``.

    Parameters
    ----------
    city_id
        The `<city>` level of the history's topics.
    sites
        Names of stations or detectors as the history has them.
    kind
        ``air`` (sites become stations) or ``traffic`` (directed segments).
    timezone
        IANA zone of the history's local times.
    interval_s
        Time between two rows [s].
    quantities
        What the stations measure; needed for air.
    period_s
        Time that one value covers [s]; `interval_s` if not given.
    time_marks
        Whether the times that devices send are the end or the start of the period.
    units
        Units by quantity where the history's are not the canonical ones.
    speed_mean
        How the history averaged speeds.
    lateness_s
        How long after its end an interval still takes readings [s].
    name_vi, name_en
        What people call the history; the id if not given.

    Raises
    ------
    CityError
        When two names give one id, or a quantity is unknown.
    pydantic.ValidationError
        When the id, time zone or a number is not allowed.
    """
    ids = [slug(name) for name in sites]
    devices = tuple(
        Device(
            id=site,
            kind=kind,
            site=site,
            interval_s=interval_s,
            period_s=interval_s if period_s is None else period_s,
            time_marks=time_marks,
            units=dict(units or {}),
            speed_mean=speed_mean,
        )
        for site in ids
    )
    air = kind == "air"
    named = list(zip(ids, sites, strict=True))
    return _checked(
        CityFile(
            id=city_id,
            name_vi=name_vi or city_id,
            name_en=name_en or city_id,
            timezone=timezone,
            clock="messages",
            origin="replay",
            lateness_s=lateness_s,
            hierarchies=(_HIERARCHY,),
            areas=(_whole(name_vi or city_id, name_en or city_id),),
            stations=_stations(named, tuple(quantities)) if air else (),
            segments=() if air else _segments(named),
            devices=devices,
        )
    )


def _whole(name_vi: str, name_en: str) -> Area:
    return Area(
        id=_AREA,
        name_vi=name_vi,
        name_en=name_en,
        kind="centre",
        hierarchy="operations",
        assumed=True,
    )


def _stations(
    named: Sequence[tuple[str, str]], quantities: tuple[str, ...]
) -> tuple[Station, ...]:
    return tuple(
        Station(
            id=site,
            name_vi=name,
            name_en=name,
            area=_AREA,
            station_class="regulatory",
            quantities=quantities,
            assumed=True,
        )
        for site, name in named
    )


def _segments(named: Sequence[tuple[str, str]]) -> tuple[Segment, ...]:
    return tuple(
        Segment(
            id=site,
            name_vi=name,
            name_en=name,
            road=name,
            direction=_NO_DIRECTION,
            areas=(_AREA,),
            assumed=True,
        )
        for site, name in named
    )


def _checked(file: CityFile) -> City:
    findings = list(mistakes_of(draft_of_file(file), {}))
    if findings:
        name = f"city {file.id!r} of the history"
        raise CityError(
            Mistake(
                file=name,
                line=0,
                where=".".join(str(step) for step in found.loc),
                what=found.what,
                got=found.got,
                wanted=found.wanted,
                way_out=found.way_out,
            )
            for found in findings
        )
    return City(file)
