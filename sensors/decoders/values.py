"""Owns the values of one message on their way into columns, and what was refused."""

from dataclasses import dataclass, field

from sensors.decoders.refusal import Reason, Refusal, quote
from sensors.decoders.source import Source
from sensors.reading import Flag

_FAILING = {None: False, "measuring": False, "calibrating": True, "error": True}


def status_fails(status: object) -> bool:
    """Say whether an instrument status means that the value is no measurement.

    Raises
    ------
    Refusal
        ``wrong_status``.
    """
    if status is None or type(status) is str:
        fails = _FAILING.get(status)
        if fails is not None:
            return fails
    detail = (
        f"status is {quote(status)}; wanted measuring, calibrating or error. "
        "Correct it at the device and replay the message"
    )
    raise Refusal(Reason.WRONG_STATUS, detail)


@dataclass(slots=True)
class Values:
    """The values of one message, as parallel lists, and its refused values.

    Parameters
    ----------
    channel, quantity, value, flag
        As in `sensors.reading.ReadingBatch`.
    complaints
        One for each value that was refused.
    """

    channel: list[int] = field(default_factory=list)
    quantity: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    flag: list[int] = field(default_factory=list)
    complaints: list[Refusal] = field(default_factory=list)

    def add(
        self,
        source: Source,
        channel: int,
        name: str,
        raw: object,
        *,
        fails: bool = False,
    ) -> None:
        """Add the value of one quantity: a number, or a number with unit and status."""
        try:
            if type(raw) is dict:
                fails = status_fails(raw["status"]) if "status" in raw else fails
                gauge = source.gauge(name, raw.get("unit"))
                raw = raw.get("value")
            else:
                gauge = source.gauge(name)
            value, flag = gauge.read(raw)
        except Refusal as refusal:
            self.complain(channel, refusal)
            return
        self.channel.append(channel)
        self.quantity.append(gauge.code)
        self.value.append(value)
        self.flag.append(Flag.FAIL if fails else flag)

    def complain(self, channel: int, refusal: Refusal) -> None:
        """Note a refused value, and its lane where it has one."""
        where = f"lane {channel}: " if channel else ""
        self.complaints.append(Refusal(refusal.reason, where + refusal.detail))
