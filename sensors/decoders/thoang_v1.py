"""Owns the payload format `thoang/v1`: JSON of air and traffic devices, and ticks.

`docs/messages.md` describes it for whoever builds a device; `sensors.messages` holds
the same as models for its JSON Schema. Every message ends as readings, a tick or
refusals.
"""

from typing import Any, Final

from sensors.batch import Columns
from sensors.city import City
from sensors.decoders.air import read_air
from sensors.decoders.body import read_object
from sensors.decoders.lanes import read_lanes
from sensors.decoders.moment import check_not_ahead, read_time
from sensors.decoders.refusal import Reason, Refusal, quote, record
from sensors.decoders.source import Source, sources
from sensors.records import Refused
from sensors.topic import Topic, TopicError, out_prefix

UNKNOWN: Final = "unknown"
"""Device under which the ledger counts what no known device sent."""

_DAY: Final = 86_400
_REVISIONS: Final = 2**31 - 1
_DETAILS: Final = 3


class Decoder:
    """Turns messages of one city into columns of readings, ticks and refusals.

    Parameters
    ----------
    city
        The city; its devices are numbered in their order there.

    Raises
    ------
    sensors.units.UnitError
        When the city file gives a device a unit that its quantity cannot come in.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._sources = sources(city)
        self._tick = str(Topic(city.id, "tick"))
        self._out = out_prefix(city.id)

    def decode(
        self,
        topic: str | bytes,
        payload: bytes,
        *,
        now: int | None,
        redelivered: bool,
        into: Columns,
        refusals: list[Refused],
        wall: int | None = None,
    ) -> int | None:
        """Read one message; never raises for what a sender can put into one.

        Parameters
        ----------
        topic, payload
            As received. What Thoáng itself publishes (``out/``) is left alone.
        now
            The city's clock [unix s], None while it has none.
        redelivered
            Whether the MQTT broker may have handed this message over before.
        into
            Where readings are appended.
        refusals
            Where refusals are appended: one a reason, with how many values it cost.
        wall
            The real time [unix s], which no tick may be ahead of: a single one would
            make everything behind it too late. None where there is none to ask.

        Returns
        -------
        int or None
            The time of a tick [unix s]; None for every other message.
        """
        name = topic if isinstance(topic, str) else topic.decode(errors="replace")
        source = self._sources.get(name)
        tick = None
        try:
            if source is not None:
                complaints = _readings(source, payload, now, redelivered, into)
            elif name.startswith(self._out):
                return None
            else:
                complaints = []
                tick = self._read_tick(name, payload, wall)
        except Refusal as refusal:
            complaints = [refusal]
        if complaints:
            device = UNKNOWN if source is None else source.device.id
            refusals.extend(
                record(
                    refusal,
                    city=self._city.id,
                    origin=self._city.origin,
                    device=device,
                    topic=name,
                    payload=payload,
                    time=now or 0,
                    count=count,
                    redelivered=redelivered,
                )
                for refusal, count in _grouped(device, complaints)
            )
        return tick

    def _read_tick(self, name: str, payload: bytes, wall: int | None) -> int:
        if name != self._tick:
            raise self._astray(name)
        if self._city.clock != "messages":
            detail = (
                f"a tick came on {name}, but the clock of city {self._city.id} is "
                f"{self._city.clock}; stop its sender, or set clock: messages"
            )
            raise Refusal(Reason.UNEXPECTED_TICK, detail)
        time = read_time(read_object(payload).get("time"))
        check_not_ahead(time, wall, what="the tick", whose="the real time")
        return time

    def _astray(self, name: str) -> Refusal:
        try:
            topic = Topic.parse(name)
        except TopicError as error:
            return Refusal(Reason.WRONG_TOPIC, f"topic {quote(name)}: {error}")
        if topic.city != self._city.id or not topic.names:
            detail = f"topic {quote(name)} is not of the city {self._city.id}"
            return Refusal(Reason.WRONG_TOPIC, f"{detail}. Correct the device's topic")
        known = self._city.device(topic.names[0])
        if known is None:
            detail = f"the city file has no device {topic.names[0]!r} (topic {name})"
            way_out = "Add it to the city file and replay, or correct the topic"
            return Refusal(Reason.UNKNOWN_DEVICE, f"{detail}. {way_out}")
        detail = f"device {known.id} is of kind {known.kind}, but published on {name}"
        way_out = f"Have it publish on {self._city.topic(known.id)}"
        return Refusal(Reason.WRONG_KIND, f"{detail}. {way_out}")


def _readings(
    source: Source,
    payload: bytes,
    now: int | None,
    redelivered: bool,  # noqa: FBT001  # a column's value, not a switch
    into: Columns,
) -> list[Refusal]:
    """Append the readings of a device's message; return what was refused of it."""
    body = read_object(payload)
    period = _period(source, body)
    revision = _revision(body)
    end = read_time(body.get("time")) + source.shift * period
    check_not_ahead(end, now)
    read = read_air if source.device.kind == "air" else read_lanes
    values = read(source, body)
    if values.value:
        into.device.append(source.row)
        into.end.append(end)
        into.period.append(period)
        into.revision.append(revision)
        into.redelivered.append(redelivered)
        into.count.append(len(values.value))
        into.channel += values.channel
        into.quantity += values.quantity
        into.value += values.value
        into.flag += values.flag
    return values.complaints


def _period(source: Source, body: dict[str, Any]) -> int:
    period = body.get("period_s")
    if period is None:
        return source.device.period_s
    if type(period) is int and 1 <= period <= _DAY:
        return period
    detail = f"period_s is {quote(period)}; wanted whole seconds from 1 to {_DAY}"
    raise Refusal(Reason.WRONG_PERIOD, f"{detail}. Correct it at the device")


def _revision(body: dict[str, Any]) -> int:
    revision = body.get("revision")
    if revision is None:
        return 0
    if type(revision) is int and 0 <= revision <= _REVISIONS:
        return revision
    detail = f"revision is {quote(revision)}; wanted a whole number from 0, or none"
    raise Refusal(Reason.WRONG_REVISION, f"{detail}. Correct it at the device")


def _grouped(device: str, complaints: list[Refusal]) -> list[tuple[Refusal, int]]:
    """Return one refusal a reason, with the number of values it stands for."""
    by_reason: dict[Reason, list[str]] = {}
    for complaint in complaints:
        by_reason.setdefault(complaint.reason, []).append(complaint.detail)
    return [
        (Refusal(reason, _sentence(device, details)), len(details))
        for reason, details in by_reason.items()
    ]


def _sentence(device: str, details: list[str]) -> str:
    who = "" if device == UNKNOWN else f"device {device}: "
    more = len(details) - _DETAILS
    rest = f" | and {more} more like these" if more > 0 else ""
    return who + " | ".join(details[:_DETAILS]) + rest
