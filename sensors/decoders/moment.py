"""Owns the way from a message's time to whole unix seconds."""

import re
from datetime import UTC, datetime
from typing import Final

from sensors.decoders.refusal import Reason, Refusal, quote

AHEAD_S: Final = 600
"""How far a message may be ahead of the city's clock [s]."""

OLDEST: Final = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
"""No message is older; a device without a clock often says 1970 [unix s]."""

NEWEST: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
"""No message is newer: far-off years only come from broken clocks [unix s]."""

_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,12})?([Zz]|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_EXAMPLE: Final = "'2026-01-31T08:05:00+07:00'"


def read_time(time: object) -> int:
    """Return the unix time of an RFC 3339 text with an offset; fractions are cut off.

    Raises
    ------
    Refusal
        ``missing_time``, ``bad_time``, ``no_zone``.
    """
    if time is None:
        detail = f"the message has no time; wanted one such as {_EXAMPLE}"
        raise Refusal(Reason.MISSING_TIME, detail)
    match = _RFC3339.fullmatch(time) if type(time) is str else None
    if match is None:
        raise _bad(time, f"is not an RFC 3339 time; wanted one such as {_EXAMPLE}")
    if match[1] is None:
        detail = (
            f"time {quote(time)} has no offset from UTC; wanted one such as {_EXAMPLE}."
            " Have the device add Z or +07:00, or correct and replay"
        )
        raise Refusal(Reason.NO_ZONE, detail)
    seconds = _seconds(match[0])
    if not OLDEST <= seconds < NEWEST:
        raise _bad(time, "is not in the years 2000 to 2099; set the device's clock")
    return seconds


def check_not_ahead(
    end: int,
    now: int | None,
    *,
    what: str = "the interval",
    whose: str = "the city's clock",
) -> None:
    """Refuse an interval that ends well after the city's clock.

    Parameters
    ----------
    end
        End of the interval [unix s].
    now
        The city's clock [unix s]; None while it has none, then nothing is too new.
    what, whose
        What ends, and whose time `now` is, as words of the reason.

    Raises
    ------
    Refusal
        ``in_the_future``.
    """
    if now is None or end <= now + AHEAD_S:
        return
    detail = (
        f"{what} ends at {datetime.fromtimestamp(end, UTC):%Y-%m-%dT%H:%M:%SZ}, "
        f"{end - now} s ahead of {whose}; at most {AHEAD_S} s are taken. "
        "Set the sender's clock and its time zone"
    )
    raise Refusal(Reason.IN_THE_FUTURE, detail)


def _seconds(text: str) -> int:
    try:
        moment = datetime.fromisoformat(_whole(text).upper())
    except ValueError as error:
        raise _bad(text, f"is no time there is ({error}); wanted {_EXAMPLE}") from None
    return int(moment.timestamp())


def _whole(text: str) -> str:
    """Cut the fraction off: older Pythons read only three or six digits of it."""
    return text if "." not in text else re.sub(r"\.\d+", "", text)


def _bad(time: object, why: str) -> Refusal:
    return Refusal(Reason.BAD_TIME, f"time {quote(time)} {why}")
