"""Owns the city file's whole: what a person writes; look-ups are left to city.py."""

from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from sensors.city.area import Area, Hierarchy
from sensors.city.device import Device
from sensors.city.fields import CityModel, Name, Slug
from sensors.city.site import Segment, Station

Clock = Literal["wall", "messages"]
Origin = Literal["live", "simulated", "replay"]

# A file name and no path: a city file brings its map beside it.
BOUNDARIES_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]*\.geojson$"


def _known_zone(key: str) -> str:
    try:
        ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        code, message = "time_zone", "no such time zone"
        raise PydanticCustomError(code, message) from error
    return key


class CityFile(CityModel):
    """A city as written in its YAML file.

    Parameters
    ----------
    id
        The `<city>` level of topics.
    name_vi, name_en
        What people call it.
    timezone
        IANA name, such as ``Asia/Ho_Chi_Minh``.
    clock
        Who sends the ticks: ``wall`` (the bridge) or ``messages`` (a simulator or a
        history).
    origin
        ``live``, ``simulated`` or ``replay``; shown wherever it is not live.
    grace_s
        Wait after an hour's end before it closes [s].
    lateness_s
        How long after its end an interval still takes readings [s].
    boundaries
        A GeoJSON file beside this one with the polygons of areas.
    sources
        Where the data come from, to be named wherever they are shown.
    hierarchies, areas, stations, segments, devices
        The city's parts.
    """

    id: Slug
    name_vi: Name
    name_en: Name
    timezone: Annotated[
        str, Field(strict=True, max_length=64), AfterValidator(_known_zone)
    ]
    clock: Clock = "wall"
    origin: Origin = "live"
    grace_s: Annotated[int, Field(strict=True, ge=0, le=3600)] = 300
    lateness_s: Annotated[int, Field(strict=True, ge=0, le=7 * 86_400)] = 10_800
    boundaries: (
        Annotated[str, Field(strict=True, pattern=BOUNDARIES_PATTERN)] | None
    ) = None
    sources: tuple[Name, ...] = ()
    hierarchies: Annotated[tuple[Hierarchy, ...], Field(min_length=1)]
    areas: Annotated[tuple[Area, ...], Field(min_length=1)]
    stations: tuple[Station, ...] = ()
    segments: tuple[Segment, ...] = ()
    devices: tuple[Device, ...] = ()
