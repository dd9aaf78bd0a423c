"""Owns checks of areas: containment without circles, dates, codes and shapes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations

from sensors.city.area import Area, PolygonShape
from sensors.city.draft import Draft
from sensors.city.geometry import Rings
from sensors.city.mistake import Finding, Loc
from sensors.city.told import nearest


def mistakes(draft: Draft, boundaries: Mapping[str, Rings] | None) -> Iterator[Finding]:
    """Find areas that contradict each other, their dates or their shapes."""
    by_id = {area.id: area for area in draft.areas.values()}
    for index, area in draft.areas.items():
        here: Loc = ("areas", index)
        yield from _order_of_days(area, here)
        yield from _cycle(area, "parent", by_id, here)
        yield from _cycle(area, "formerly", by_id, here)
        yield from _parent(area, by_id, here)
        yield from _centre(area, by_id, here)
        yield from _heritage(area, by_id, here)
        yield from _shape(area, boundaries, here)
    yield from _codes(draft)


def _order_of_days(area: Area, here: Loc) -> Iterator[Finding]:
    if area.valid_from and area.valid_to and area.valid_to < area.valid_from:
        yield Finding(
            (*here, "valid_to"),
            "the last day is before the first",
            got=str(area.valid_to),
            wanted=f"{area.valid_from} or later",
            way_out="Exchange or correct the days.",
        )


def _cycle(
    area: Area, key: str, by_id: Mapping[str, Area], here: Loc
) -> Iterator[Finding]:
    path = [area.id]
    above = by_id.get(getattr(area, key) or "")
    while above is not None and above.id not in path:
        path.append(above.id)
        above = by_id.get(getattr(above, key) or "")
    if above is not None and above.id == area.id:
        yield Finding(
            (*here, key),
            f"the chain of {key!r} comes back to the area itself",
            got=" → ".join([*path, area.id]),
            way_out="Break the circle at one of them.",
        )


def _parent(area: Area, by_id: Mapping[str, Area], here: Loc) -> Iterator[Finding]:
    parent = by_id.get(area.parent or "")
    if parent is None:
        return
    yield from _other_hierarchy(area, "parent", parent, here)
    if _first(parent) > _first(area) or _last(parent) < _last(area):
        yield Finding(
            (*here, "parent"),
            "the parent is not in force on all days of the area",
            got=f"{parent.id!r} {_days(parent)}",
            wanted=f"one in force {_days(area)}",
            way_out="Correct the dates, or name the parent of those days.",
        )


def _other_hierarchy(area: Area, key: str, other: Area, here: Loc) -> Iterator[Finding]:
    if other.hierarchy != area.hierarchy:
        yield Finding(
            (*here, key),
            f"{other.id!r} belongs to another hierarchy",
            got=other.hierarchy,
            wanted=f"an area of {area.hierarchy}",
        )


def _centre(area: Area, by_id: Mapping[str, Area], here: Loc) -> Iterator[Finding]:
    centre = by_id.get(area.operations or "")
    if area.operations is not None and area.hierarchy == "operations":
        yield Finding(
            (*here, "operations"),
            "only administrative areas are looked after by an operations area",
            way_out="Use parent between operations areas.",
        )
    elif centre is not None and centre.hierarchy != "operations":
        yield Finding(
            (*here, "operations"),
            "is not an operations area",
            got=f"{centre.id!r} of {centre.hierarchy}",
        )


def _heritage(area: Area, by_id: Mapping[str, Area], here: Loc) -> Iterator[Finding]:
    former = by_id.get(area.formerly or "")
    if former is None:
        return
    yield from _other_hierarchy(area, "formerly", former, here)
    if _last(former) >= _first(area):
        yield Finding(
            (*here, "formerly"),
            "the dates of the area and of what it was before overlap",
            got=f"{former.id!r} {_days(former)}, {area.id!r} {_days(area)}",
            wanted="the former one to end before this one begins",
            way_out="Set valid_to of the former, valid_from of this one.",
        )


def _codes(draft: Draft) -> Iterator[Finding]:
    """Find one official code given to two areas on the same day."""
    sharing: dict[tuple[str, str], list[tuple[int, Area]]] = defaultdict(list)
    for index, area in draft.areas.items():
        if area.code is not None:
            sharing[area.hierarchy, area.code].append((index, area))
    for areas in sharing.values():
        for (_, one), (index, other) in combinations(areas, 2):
            if _first(one) <= _last(other) and _first(other) <= _last(one):
                yield Finding(
                    ("areas", index, "code"),
                    f"dated areas overlap: {one.id!r} has the same code then",
                    got=f"{other.code!r} {_days(other)}, {one.id!r} {_days(one)}",
                    way_out="Correct the code, or the dates so that they follow.",
                )


def _shape(
    area: Area, boundaries: Mapping[str, Rings] | None, here: Loc
) -> Iterator[Finding]:
    shape = area.shape
    if shape is None and not area.assumed:
        yield Finding(
            here,
            "the area has no shape",
            wanted="a polygon, members, or a circle marked approximate",
            way_out="Add shape, or mark the area `assumed: true`.",
        )
    if boundaries is None or not isinstance(shape, PolygonShape):
        return
    if shape.code not in boundaries:
        yield Finding(
            (*here, "shape", "polygon", "code"),
            "the boundaries file has no polygon of this code",
            got=repr(shape.code),
            way_out=nearest(shape.code, boundaries) or "Check `boundaries` and code.",
        )


def _first(area: Area) -> date:
    return area.valid_from or date.min


def _last(area: Area) -> date:
    return area.valid_to or date.max


def _days(area: Area) -> str:
    return f"({area.valid_from or 'ever'} to {area.valid_to or 'without end'})"
