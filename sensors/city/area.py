"""Owns what an area is: its place in a hierarchy, its dates and its shape."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from sensors.city.fields import CityModel, Flag, Latitude, Longitude, Name, Slug

HierarchyId = Literal["administrative", "operations"]
AreaKind = Literal[
    "province", "district", "ward", "commune", "centre", "district_centre", "group"
]


class Hierarchy(CityModel):
    """One way in which areas contain each other.

    Parameters
    ----------
    id
        ``administrative`` (dated, official codes) or ``operations`` (drives
        dashboards, rule scopes and tokens; does not change with the law).
    name_vi, name_en
        What people call it.
    """

    id: HierarchyId
    name_vi: Name
    name_en: Name


class PolygonShape(CityModel):
    """A polygon of the boundaries file, found by its official code."""

    kind: Literal["polygon"]
    code: Name


class CircleShape(CityModel):
    """A circle that stands for a shape which is not known; always approximate.

    Parameters
    ----------
    lat, lon
        Centre [°, WGS 84].
    radius_m
        Radius [m], 10 to 500 000.
    approximate
        Always true: written down so that nobody takes the circle for a border.
    """

    kind: Literal["circle"]
    lat: Latitude
    lon: Longitude
    radius_m: Annotated[float, Field(strict=True, ge=10, le=500_000)]
    approximate: Literal[True]


class MembersShape(CityModel):
    """The outline of the areas that this area is made of."""

    kind: Literal["members"]


Shape = Annotated[
    PolygonShape | CircleShape | MembersShape, Field(discriminator="kind")
]


class Area(CityModel):
    """A named part of the city.

    Parameters
    ----------
    id
        Unique among areas and sites.
    name_vi, name_en
        What people call it.
    kind
        ``province``, ``district``, ``ward``, ``commune`` (administrative);
        ``centre``, ``district_centre``, ``group`` (operations).
    hierarchy
        The hierarchy that it belongs to.
    parent
        The area of the same hierarchy that contains it.
    operations
        For a ward or commune: the one operations area that looks after it.
    formerly
        The area that most of its ground belonged to before `valid_from`.
    code
        Official code, a string of digits.
    valid_from, valid_to
        First and last day (inclusive, in the city's time zone) on which it is in
        force; without a date, since ever or without end.
    shape
        Where it lies; may be missing only where `assumed` is true.
    aliases
        Other spellings and older names.
    assumed
        True when nobody confirmed it.
    """

    id: Slug
    name_vi: Name
    name_en: Name
    kind: AreaKind
    hierarchy: HierarchyId
    parent: Slug | None = None
    operations: Slug | None = None
    formerly: Slug | None = None
    code: Name | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    shape: Shape | None = None
    aliases: tuple[Name, ...] = ()
    assumed: Flag = False
