"""Owns which areas a site belongs to, and since when; reads no clock."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sensors.city.area import Area


@dataclass(frozen=True, slots=True, eq=False)
class Memberships:
    """The areas of one site through time.

    Parameters
    ----------
    changes
        Instants at which something changes [unix s], rising.
    areas
        The areas before the first change, between changes, and after the last.
    """

    changes: tuple[int, ...]
    areas: tuple[tuple[str, ...], ...]

    def at(self, instant: int | None) -> tuple[str, ...]:
        """Return the areas at `instant` [unix s]; without one, after every change."""
        if instant is None:
            return self.areas[-1]
        return self.areas[bisect_right(self.changes, instant)]


def day_start(day: date, zone: ZoneInfo) -> int:
    """Return the instant at which a local day begins [unix s]."""
    return int(datetime.combine(day, time.min, zone).timestamp())


def in_force(area: Area, day: date) -> bool:
    """Say whether an area is in force on a local day."""
    return (area.valid_from is None or area.valid_from <= day) and (
        area.valid_to is None or day <= area.valid_to
    )


def change_days(areas: Iterable[Area]) -> tuple[date, ...]:
    """Return the local days, rising, on which some area begins or has just ended."""
    days: set[date] = set()
    for area in areas:
        if area.valid_from is not None:
            days.add(area.valid_from)
        if area.valid_to is not None:
            days.add(area.valid_to + timedelta(days=1))
    return tuple(sorted(days))


def memberships(
    bases: tuple[str, ...], areas: Mapping[str, Area], zone: ZoneInfo
) -> Memberships:
    """Work out the areas, through time, of a site that lies in `bases`.

    Narrow areas come before wide ones, administrative before operations.
    """
    days = change_days(areas.values())
    first = days[0] - timedelta(days=1) if days else date.min
    return Memberships(
        changes=tuple(day_start(day, zone) for day in days),
        areas=tuple(_on(day, bases, areas) for day in (first, *days)),
    )


def _on(
    day: date, bases: tuple[str, ...], areas: Mapping[str, Area]
) -> tuple[str, ...]:
    found: list[Area] = []
    for base in bases:
        found.extend(_upwards(_then(areas[base], day, areas), day, areas))
        centre = areas[base].operations
        if centre is not None:
            found.extend(_upwards(areas[centre], day, areas))
    found.sort(key=lambda area: (area.hierarchy, -depth(area, areas)))
    return tuple(dict.fromkeys(area.id for area in found))


def _then(area: Area, day: date, areas: Mapping[str, Area]) -> Area:
    """Return what `area` was on `day`: itself, or what its ground belonged to."""
    while not in_force(area, day) and area.formerly is not None:
        area = areas[area.formerly]
    return area


def _upwards(area: Area, day: date, areas: Mapping[str, Area]) -> Iterator[Area]:
    here: Area | None = area
    while here is not None:
        if in_force(here, day):
            yield here
        here = None if here.parent is None else areas[here.parent]


def depth(area: Area, areas: Mapping[str, Area]) -> int:
    """Return how many areas contain `area` one above the other."""
    steps = 0
    while area.parent is not None:
        area = areas[area.parent]
        steps += 1
    return steps
