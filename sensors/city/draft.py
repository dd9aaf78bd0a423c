"""Owns turning a document into the models item by item, so that all mistakes show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from sensors.city.area import Area, Hierarchy
from sensors.city.device import Device
from sensors.city.file import CityFile
from sensors.city.mistake import Finding, Loc
from sensors.city.site import Segment, Station
from sensors.city.told import told

COLLECTIONS: Final[Mapping[str, type[BaseModel]]] = {
    "hierarchies": Hierarchy,
    "areas": Area,
    "stations": Station,
    "segments": Segment,
    "devices": Device,
}
# Needed, so that an empty one is a mistake of the whole and not of an item.
_REQUIRED: Final = ("hierarchies", "areas")


@dataclass(slots=True)
class Draft:
    """What could be read of a city, each item with its index in the file.

    Parameters
    ----------
    head
        The city without its parts; None when its own fields are wrong.
    areas, stations, segments, devices
        The items without a mistake of their own.
    ids
        Every id written in a collection, also those of items with mistakes: so that
        one mistake does not make a dozen "unknown" ones.
    findings
        The mistakes found on the way.
    """

    head: CityFile | None = None
    hierarchies: dict[int, Hierarchy] = field(default_factory=dict)
    areas: dict[int, Area] = field(default_factory=dict)
    stations: dict[int, Station] = field(default_factory=dict)
    segments: dict[int, Segment] = field(default_factory=dict)
    devices: dict[int, Device] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def city_file(self) -> CityFile:
        """Put the whole together; only for a draft without findings."""
        if self.head is None:
            message = "a draft without a head has findings and is no city file"
            raise ValueError(message)
        parts = {name: tuple(getattr(self, name).values()) for name in COLLECTIONS}
        return self.head.model_copy(update=parts)


def draft_of(data: object) -> Draft:
    """Validate a document's head and each item of its collections by themselves."""
    draft = Draft()
    if not isinstance(data, dict):
        wanted = "keys such as id, name_vi, areas"
        draft.findings.append(Finding((), "not a city file", wanted=wanted))
        return draft
    lists = {k: v for k, v in data.items() if k in COLLECTIONS and isinstance(v, list)}
    for name, model in COLLECTIONS.items():
        items = lists.get(name, [])
        draft.ids[name] = {str(i["id"]) for i in items if _has_id(i)}
        for index, item in enumerate(items):
            found = _validated(model, item, (name, index), draft.findings)
            if found is not None:
                getattr(draft, name)[index] = found
    draft.head = _head(data, lists, draft.findings)
    return draft


def draft_of_file(file: CityFile) -> Draft:
    """Take a city file that was made by a program for the same checks."""
    draft = Draft(head=file)
    for name in COLLECTIONS:
        items = getattr(file, name)
        setattr(draft, name, dict(enumerate(items)))
        draft.ids[name] = {item.id for item in items}
    return draft


def _has_id(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _head(
    data: dict[str, Any], lists: dict[str, Any], findings: list[Finding]
) -> CityFile | None:
    rest = {key: value for key, value in data.items() if key not in lists}
    for name in _REQUIRED:
        # One stand-in keeps "at least one" about lists that are really empty.
        if lists.get(name):
            rest[name] = (_STAND_IN[name],)
        elif name in lists:
            rest[name] = ()
    return _validated(CityFile, rest, (), findings)


_STAND_IN: Final[Mapping[str, BaseModel]] = {
    "hierarchies": Hierarchy(id="operations", name_vi="-", name_en="-"),
    "areas": Area(
        id="stand-in",
        name_vi="-",
        name_en="-",
        kind="centre",
        hierarchy="operations",
    ),
}


_Model = TypeVar("_Model", bound=BaseModel)


def _validated(
    model: type[_Model], item: object, loc: Loc, findings: list[Finding]
) -> _Model | None:
    try:
        return model.model_validate(item)
    except ValidationError as error:
        details = error.errors(include_url=False)
        findings += [told(detail, loc, model) for detail in details]
        return None
