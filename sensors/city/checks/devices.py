"""Owns checks of devices and of what they measure: sites, lanes, quantities, units."""

from collections.abc import Iterator

from sensors.city.device import Device
from sensors.city.draft import Draft
from sensors.city.mistake import Finding, Loc
from sensors.city.site import Segment
from sensors.city.told import nearest
from sensors.reading import BY_NAME
from sensors.units import UnitError, scale, units_of

_SITES = {"air": "stations", "traffic": "segments"}


def mistakes(draft: Draft) -> Iterator[Finding]:
    """Find devices at the wrong kind of site, unknown lanes, quantities and units."""
    for index, station in draft.stations.items():
        for rank, name in enumerate(station.quantities):
            here: Loc = ("stations", index, "quantities", rank)
            yield from _quantity(name, "air", here)
    segments = {segment.id: segment for segment in draft.segments.values()}
    for index, device in draft.devices.items():
        here = ("devices", index)
        yield from _site(device, draft, here)
        yield from _lane(device, segments.get(device.site), here)
        yield from _units(device, here)


def warnings(draft: Draft) -> Iterator[Finding]:
    """Find sites that no device observes: they will never show a number."""
    observed = {device.site for device in draft.devices.values()}
    for collection in _SITES.values():
        for index, site in getattr(draft, collection).items():
            if site.id not in observed:
                yield Finding(
                    (collection, index),
                    "no device observes this site",
                    way_out="Add a device with this site, or remove the site.",
                )


def _quantity(name: str, kind: str, here: Loc) -> Iterator[Finding]:
    known = [quantity.name for quantity in BY_NAME.values() if quantity.kind == kind]
    if name not in known:
        yield Finding(
            here,
            f"unknown quantity of {kind}",
            got=repr(name),
            wanted=f"one of {', '.join(known)}",
            way_out=nearest(name, known),
        )


def _site(device: Device, draft: Draft, here: Loc) -> Iterator[Finding]:
    other = "traffic" if device.kind == "air" else "air"
    if (
        device.site in draft.ids[_SITES[other]]
        and device.site not in draft.ids[_SITES[device.kind]]
    ):
        yield Finding(
            (*here, "site"),
            f"a device of kind {device.kind} cannot observe one of {_SITES[other]}",
            got=repr(device.site),
            wanted=f"an id of {_SITES[device.kind]}",
            way_out=f"Correct the site, or write kind: {other}.",
        )


def _lane(device: Device, segment: Segment | None, here: Loc) -> Iterator[Finding]:
    if device.lane is None:
        return
    if device.kind == "air":
        yield Finding(
            (*here, "lane"), "an air device has no lane", way_out="Remove it."
        )
    elif segment is not None and segment.lanes and device.lane > segment.lanes:
        yield Finding(
            (*here, "lane"),
            "the segment has fewer lanes",
            got=str(device.lane),
            wanted=f"1 to {segment.lanes}",
        )


def _units(device: Device, here: Loc) -> Iterator[Finding]:
    for name, unit in device.units.items():
        place: Loc = (*here, "units", name)
        wrong = list(_quantity(name, device.kind, place))
        yield from wrong or _unit(name, unit, place)


def _unit(name: str, unit: str, here: Loc) -> Iterator[Finding]:
    try:
        scale(BY_NAME[name], unit)
    except UnitError:
        yield Finding(
            here,
            f"{name} cannot come in this unit",
            got=repr(unit),
            wanted=f"one of {', '.join(units_of(BY_NAME[name]))}",
            way_out="Leave the line out where it is the canonical one.",
        )
