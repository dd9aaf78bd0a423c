"""Owns why a message or a value is refused, and the record that keeps it.

What is refused goes to quarantine with its bytes; nothing is dropped.
"""

from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from sensors.records import KEEP, KEEP_LARGE, Refused


class Reason(StrEnum):
    """Why something was refused, in one word that stays the same for ever."""

    TOO_LARGE = "too_large"
    WRONG_TOPIC = "wrong_topic"
    UNKNOWN_DEVICE = "unknown_device"
    WRONG_KIND = "wrong_kind"
    UNEXPECTED_TICK = "unexpected_tick"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    WRONG_SHAPE = "wrong_shape"
    MISSING_TIME = "missing_time"
    BAD_TIME = "bad_time"
    NO_ZONE = "no_zone"
    IN_THE_FUTURE = "in_the_future"
    WRONG_PERIOD = "wrong_period"
    WRONG_REVISION = "wrong_revision"
    WRONG_STATUS = "wrong_status"
    MISSING_VALUES = "missing_values"
    TOO_MANY_VALUES = "too_many_values"
    TOO_MANY_LANES = "too_many_lanes"
    WRONG_LANE = "wrong_lane"
    WRONG_SPEED_MEAN = "wrong_speed_mean"
    UNKNOWN_QUANTITY = "unknown_quantity"
    WRONG_UNIT = "wrong_unit"
    NOT_A_NUMBER = "not_a_number"
    NOT_FINITE = "not_finite"
    OUT_OF_BOUNDS = "out_of_bounds"


REASONS: Final = MappingProxyType(
    {
        Reason.TOO_LARGE: "the payload is above 256 KiB; its beginning is kept",
        Reason.WRONG_TOPIC: "the topic is none that this city's devices publish on",
        Reason.UNKNOWN_DEVICE: "the city file has no device of this id",
        Reason.WRONG_KIND: "an air device published on a traffic topic, or the reverse",
        Reason.UNEXPECTED_TICK: "a tick came, but the city's clock is the bridge's",
        Reason.NOT_UTF8: "the payload is not UTF-8 text",
        Reason.NOT_JSON: "the payload is not JSON",
        Reason.TOO_DEEP: "the JSON is nested too deeply",
        Reason.WRONG_SHAPE: "the JSON is of another shape than the format's",
        Reason.MISSING_TIME: "the message has no time",
        Reason.BAD_TIME: "the time is not an RFC 3339 time of this century",
        Reason.NO_ZONE: "the time has no offset from UTC",
        Reason.IN_THE_FUTURE: "the time is over 10 minutes ahead of the city's clock",
        Reason.WRONG_PERIOD: "period_s is not whole seconds from 1 to 86400",
        Reason.WRONG_REVISION: "revision is not a whole number from 0",
        Reason.WRONG_STATUS: "the instrument status is none of the three known",
        Reason.MISSING_VALUES: "nothing in the message could be a reading",
        Reason.TOO_MANY_VALUES: "the message has more than 64 values",
        Reason.TOO_MANY_LANES: "the message has more than 64 lanes",
        Reason.WRONG_LANE: "the lane is not 1 to 64, or not the device's own",
        Reason.WRONG_SPEED_MEAN: "speed_mean is neither harmonic nor arithmetic",
        Reason.UNKNOWN_QUANTITY: "no quantity of this kind of device has this name",
        Reason.WRONG_UNIT: "the quantity cannot come in this unit",
        Reason.NOT_A_NUMBER: "the value is not a JSON number",
        Reason.NOT_FINITE: "the value is infinite or not a number (NaN)",
        Reason.OUT_OF_BOUNDS: "the magnitude is above 1e9 of the canonical unit",
    }
)
"""What each reason means, as docs/messages.md lists them."""

if set(REASONS) != set(Reason):  # pragma: no cover  # a slip of ours only
    raise AssertionError(set(Reason) - set(REASONS))

_SHOWN: Final = 48
_IN_JSON: Final = MappingProxyType({"None": "null", "True": "true", "False": "false"})


class Refusal(Exception):  # noqa: N818  # a verdict on the sender's data, no error of ours
    """Why a whole message, or one value of it, cannot become a reading.

    Parameters
    ----------
    reason
        In one word.
    detail
        What, which, got, wanted and the way out, in a sentence for a technician.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def quote(thing: object) -> str:
    """Return foreign matter as short, printable, encodable text.

    Examples
    --------
    >>> quote("PM2.5")
    "'PM2.5'"
    """
    try:
        text = repr(thing[:_SHOWN] if isinstance(thing, str) else thing)
    except (RecursionError, ValueError):  # nested too deeply, or thousands of digits
        text = f"a very large {type(thing).__name__}"
    text = _IN_JSON.get(text, text)
    short = text if len(text) <= _SHOWN + 2 else text[:_SHOWN] + "…"
    return short.encode("utf-8", "backslashreplace").decode()


def record(
    refusal: Refusal,
    *,
    city: str,
    origin: str,
    device: str,
    topic: str,
    payload: bytes,
    time: int,
    count: int = 1,
    redelivered: bool = False,
) -> Refused:
    """Return the record of a refusal, its id made from topic, payload and reason.

    One record stands for all values that one message had refused for one reason, so
    that a single message cannot fill the quarantine with copies of itself.
    """
    digest = sha256(payload)
    whole = len(payload) <= KEEP
    named = f"{topic}\x00{digest.hexdigest()}\x00{refusal.reason}"
    identity = sha256(named.encode("utf-8", "backslashreplace"))
    return Refused(
        id=identity.hexdigest()[:32],
        city=city,
        origin=origin,
        device=device,
        topic=topic.encode("utf-8", "backslashreplace").decode(),
        stage="decode",
        reason=refusal.reason.value,
        detail=refusal.detail,
        time=time,
        count=count,
        payload=payload if whole else payload[:KEEP_LARGE],
        length=len(payload),
        sha256=digest.hexdigest(),
        replayable=whole,
        redelivered=redelivered,
    )
