"""Owns checks of ids: given once, and known wherever they are named."""

from collections.abc import Iterator

from sensors.city.draft import Draft
from sensors.city.mistake import Finding, Loc
from sensors.city.told import nearest

# A site and an area may both be the scope of a rule or the end of a topic.
_NAMESPACES = (("hierarchies",), ("areas", "stations", "segments"), ("devices",))


def given_twice(draft: Draft) -> Iterator[Finding]:
    """Find ids that two items of one namespace share."""
    for collections in _NAMESPACES:
        first: dict[str, str] = {}
        for collection in collections:
            for index, item in getattr(draft, collection).items():
                place = f"{collection}[{index}]"
                if item.id in first:
                    yield Finding(
                        (collection, index, "id"),
                        f"the id is given twice, first to {first[item.id]}",
                        got=repr(item.id),
                        way_out="Give each area, station, segment and device its own.",
                    )
                first.setdefault(item.id, place)


def unknown(draft: Draft) -> Iterator[Finding]:
    """Find names of items that the file does not hold."""
    for loc, named, kinds in _references(draft):
        known = set().union(*(draft.ids[kind] for kind in kinds))
        if named not in known:
            yield Finding(
                loc,
                "names what is not in the file",
                got=repr(named),
                wanted=f"an id of {' or '.join(kinds)}",
                way_out=nearest(named, known) or "Add it, or correct the id.",
            )


_Reference = tuple[Loc, str, tuple[str, ...]]


def _references(draft: Draft) -> Iterator[_Reference]:
    for index, area in draft.areas.items():
        here = ("areas", index)
        yield (*here, "hierarchy"), area.hierarchy, ("hierarchies",)
        for key in ("parent", "operations", "formerly"):
            if getattr(area, key) is not None:
                yield (*here, key), getattr(area, key), ("areas",)
    for index, station in draft.stations.items():
        yield ("stations", index, "area"), station.area, ("areas",)
    for index, segment in draft.segments.items():
        for key, kind in (
            ("areas", "areas"),
            ("upstream", "segments"),
            ("downstream", "segments"),
        ):
            for rank, named in enumerate(getattr(segment, key)):
                yield ("segments", index, key, rank), named, (kind,)
    for index, device in draft.devices.items():
        yield ("devices", index, "site"), device.site, ("stations", "segments")
