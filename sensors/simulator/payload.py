"""Owns how simulated values become messages; docs/messages.md fixes the form."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from sensors.city.device import Device
from sensors.reading import BY_NAME, MICRO
from sensors.units import scale

_encode: Final = msgspec.json.Encoder().encode


class Message(NamedTuple):
    """What a device publishes."""

    topic: str
    payload: bytes


def moment(time: int, zone: ZoneInfo) -> str:
    """Write a time [unix s] as RFC 3339 with the zone's offset.

    >>> moment(1_767_225_600, ZoneInfo("Asia/Ho_Chi_Minh"))
    '2026-01-01T07:00:00+07:00'
    """
    return datetime.fromtimestamp(time, zone).isoformat()


def marked(device: Device, end: int, period: int) -> int:
    """Return the time [unix s] by which a device marks the interval ending at `end`."""
    return end if device.time_marks == "end" else end - period


def in_units_of(device: Device, quantity: str, value: float) -> float:
    """Return a value of the canonical unit in the unit that a device sends."""
    if quantity not in device.units:
        return value
    way = scale(BY_NAME[quantity], device.units[quantity])
    return round((value * MICRO - way.offset) / way.factor, 4)


def air_message(
    topic: str, time: str, values: Mapping[str, float | str], status: str | None
) -> Message:
    """Write a message of an air device."""
    body: dict[str, Any] = {"time": time, "values": values}
    if status is not None:
        body["status"] = status
    return Message(topic, _encode(body))


def traffic_message(
    topic: str, time: str, lanes: Sequence[Mapping[str, Any]], period_s: int | None
) -> Message:
    """Write a message of a traffic device; `period_s` where it is not its usual."""
    body: dict[str, Any] = {"time": time, "lanes": lanes}
    if period_s is not None:
        body["period_s"] = period_s
    return Message(topic, _encode(body))
