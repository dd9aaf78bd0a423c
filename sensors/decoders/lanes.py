"""Owns the body of a traffic message: lanes with counts, occupancy and mean speed."""

from typing import Any, Final

from sensors.decoders.refusal import Reason, Refusal, quote
from sensors.decoders.source import Source
from sensors.decoders.values import Values
from sensors.reading import VEHICLE_CLASSES

LANES: Final = 64
"""Most lanes in a message, and the highest number of a lane."""

_CLASSES: Final = 16
_SPEEDS: Final = ("harmonic", "arithmetic")


def read_lanes(source: Source, body: dict[str, Any]) -> Values:
    """Return the values of a traffic message, their channel the lane.

    Raises
    ------
    Refusal
        ``missing_values``, ``wrong_shape``, ``too_many_lanes``.
    """
    lanes = body.get("lanes")
    if type(lanes) is not list or not 0 < len(lanes) <= LANES:
        raise _unusable(lanes)
    found = Values()
    for entry in lanes:
        before = len(found.value) + len(found.complaints)
        lane = 0
        try:
            lane = _lane(source, entry)
            _read_lane(source, lane, entry, found)
        except Refusal as refusal:
            found.complain(lane, refusal)
        if len(found.value) + len(found.complaints) == before:
            found.complain(lane, _nothing())
    return found


def _read_lane(source: Source, lane: int, entry: dict[str, Any], found: Values) -> None:
    for name in ("count", "occupancy"):
        if name in entry:
            found.add(source, lane, name, entry[name])
    if "speed" in entry:
        found.add(source, lane, _speed(source, entry), entry["speed"])
    if "counts" in entry:
        _read_counts(source, lane, entry["counts"], found)


def _read_counts(source: Source, lane: int, counts: object, found: Values) -> None:
    if type(counts) is not dict or len(counts) > _CLASSES:
        wanted = 'wanted counts by vehicle class such as {"motorcycle": 21, "car": 6}'
        raise Refusal(Reason.WRONG_SHAPE, f"counts is {quote(counts)}; {wanted}")
    for vehicles, raw in counts.items():
        if vehicles in VEHICLE_CLASSES:
            found.add(source, lane, f"count_{vehicles}", raw)
        else:
            detail = (
                f"{quote(vehicles)} is no vehicle class; known: "
                f"{', '.join(VEHICLE_CLASSES)}. Rename it at the device, or correct "
                "and replay"
            )
            found.complain(lane, Refusal(Reason.UNKNOWN_QUANTITY, detail))


def _lane(source: Source, entry: object) -> int:
    if type(entry) is not dict:
        detail = (
            f'a lane is {quote(entry)}; wanted one such as {{"lane": 1, "count": 9}}'
        )
        raise Refusal(Reason.WRONG_SHAPE, detail)
    own = source.device.lane
    lane: object = entry.get("lane", own)
    if type(lane) is int and 1 <= lane <= LANES and own in (None, lane):
        return lane
    wanted = (
        f"1 to {LANES}, from the kerb" if own is None else f"{own}, the device's own"
    )
    detail = f"lane is {quote(lane)}; wanted {wanted}. Correct it at the device"
    raise Refusal(Reason.WRONG_LANE, detail)


def _speed(source: Source, entry: dict[str, Any]) -> str:
    mean = entry.get("speed_mean")
    if mean is None:
        mean = source.device.speed_mean
    if mean not in _SPEEDS:
        detail = f"speed_mean is {quote(mean)}; wanted {' or '.join(_SPEEDS)}"
        raise Refusal(Reason.WRONG_SPEED_MEAN, detail)
    return f"speed_{mean}"


def _unusable(lanes: object) -> Refusal:
    wanted = 'wanted a list of lanes such as [{"lane": 1, "count": 27}]'
    if lanes is None or lanes == []:
        return Refusal(Reason.MISSING_VALUES, f"the message has no lanes; {wanted}")
    if isinstance(lanes, list):
        detail = f"the message has {len(lanes)} lanes; at most {LANES} are read"
        return Refusal(
            Reason.TOO_MANY_LANES, f"{detail}. Send them in several messages"
        )
    return Refusal(Reason.WRONG_SHAPE, f"lanes is {quote(lanes)}; {wanted}")


def _nothing() -> Refusal:
    detail = (
        "it has none of count, counts, occupancy and speed; leave out a lane that "
        "measured nothing"
    )
    return Refusal(Reason.MISSING_VALUES, detail)
