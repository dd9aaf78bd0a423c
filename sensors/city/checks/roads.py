"""Owns checks of the road graph: neighbours name each other."""

from collections.abc import Iterator

from sensors.city.draft import Draft
from sensors.city.mistake import Finding, Loc
from sensors.city.site import Segment

_OPPOSITE = {"upstream": "downstream", "downstream": "upstream"}


def mistakes(draft: Draft) -> Iterator[Finding]:
    """Find segments that are their own neighbours or not named back."""
    by_id = {segment.id: segment for segment in draft.segments.values()}
    for index, segment in draft.segments.items():
        for key in _OPPOSITE:
            for rank, named in enumerate(getattr(segment, key)):
                here: Loc = ("segments", index, key, rank)
                yield from _neighbour(segment, key, named, by_id.get(named), here)


def _neighbour(
    segment: Segment, key: str, named: str, other: Segment | None, here: Loc
) -> Iterator[Finding]:
    back = _OPPOSITE[key]
    if named == segment.id:
        yield Finding(
            here, "a segment cannot be its own neighbour", way_out="Remove it."
        )
    elif other is not None and segment.id not in getattr(other, back):
        yield Finding(
            here,
            f"the neighbour {named!r} does not name this segment back",
            got=f"{back} of {named!r}: {', '.join(getattr(other, back)) or 'none'}",
            wanted=f"{segment.id!r} among them",
            way_out=f"Add {segment.id!r} to {back} of {named!r}, or remove it here.",
        )
