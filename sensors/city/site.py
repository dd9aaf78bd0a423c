"""Owns what a site is: an air station or a directed road segment."""

from typing import Annotated, Literal

from pydantic import Field

from sensors.city.fields import (
    CityModel,
    Flag,
    Latitude,
    Longitude,
    LonLat,
    Name,
    Slug,
)

StationClass = Literal["regulatory", "reference"]


class Station(CityModel):
    """A place where the air is measured.

    Parameters
    ----------
    id
        Unique among areas and sites, such as ``dt1``.
    code
        The network's own code, such as ``ĐT1``.
    name_vi, name_en
        What people call it.
    lat, lon
        Place [°, WGS 84]; may be missing only in the city of a replayed history.
    area
        The ward or commune that it stands in.
    station_class
        ``regulatory``, or ``reference`` (may publish concentrations, not an index:
        Circular 10/2021/TT-BTNMT Art. 29).
    quantities
        What it measures, by the names of `sensors.reading`.
    instrument
        Make and method, as far as known.
    assumed
        True when place, class or instrument are not confirmed.
    """

    id: Slug
    code: Name | None = None
    name_vi: Name
    name_en: Name
    lat: Latitude | None = None
    lon: Longitude | None = None
    area: Slug
    station_class: StationClass
    quantities: Annotated[tuple[Name, ...], Field(min_length=1)]
    instrument: Name | None = None
    assumed: Flag = False

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas that the file names for it, as a segment has them."""
        return (self.area,)


class Direction(CityModel):
    """Where the traffic of a segment goes, in words."""

    vi: Name
    en: Name


class Segment(CityModel):
    """A stretch of one road in one direction.

    Parameters
    ----------
    id
        Unique among areas and sites, such as ``ql13-n-03``.
    name_vi, name_en
        The stretch, such as "Ngã tư 550 → Ngã tư Miếu Ông Cù".
    road
        The road's official or everyday name.
    direction
        Where its traffic goes, in Vietnamese and English.
    line
        Its course as [lon, lat] pairs [°, WGS 84] in the direction of travel.
    length_m
        Length [m].
    lanes
        Lanes of this direction.
    limit_kmh
        Posted limit [km/h].
    areas
        Wards and communes that it passes; the first is its main one.
    upstream, downstream
        Ids of the segments before and after it; each names the other.
    assumed
        True when line, lanes or limit are not confirmed.

    Notes
    -----
    `line`, `length_m`, `lanes` and `limit_kmh` may be missing only in the city of a
    replayed history.
    """

    id: Slug
    name_vi: Name
    name_en: Name
    road: Name
    direction: Direction
    line: Annotated[tuple[LonLat, ...], Field(min_length=2)] | None = None
    length_m: Annotated[float, Field(strict=True, gt=0, le=200_000)] | None = None
    lanes: Annotated[int, Field(strict=True, ge=1, le=20)] | None = None
    limit_kmh: Annotated[int, Field(strict=True, ge=5, le=130)] | None = None
    areas: Annotated[tuple[Slug, ...], Field(min_length=1)]
    upstream: tuple[Slug, ...] = ()
    downstream: tuple[Slug, ...] = ()
    assumed: Flag = False


Site = Station | Segment
