"""Owns what a city must hold beyond each item's own form; one subject a file."""

from collections.abc import Iterator, Mapping

from sensors.city.checks import areas, devices, ids, places, roads
from sensors.city.draft import Draft
from sensors.city.geometry import Rings
from sensors.city.mistake import Finding


def mistakes_of(
    draft: Draft, boundaries: Mapping[str, Rings] | None
) -> Iterator[Finding]:
    """Find what stops a city from being used; no word on polygons without a map."""
    yield from ids.given_twice(draft)
    yield from ids.unknown(draft)
    yield from areas.mistakes(draft, boundaries)
    yield from places.mistakes(draft, boundaries or {})
    yield from roads.mistakes(draft)
    yield from devices.mistakes(draft)


def warnings_of(draft: Draft) -> Iterator[Finding]:
    """Find what is odd and stops nothing."""
    yield from devices.warnings(draft)
