"""Owns the way from bytes to a JSON object, bounded, with a reason where there is none.

The usual message takes the fast parser. Only what that refuses is read again by the
standard library's, which also knows the NaN, Infinity and 1e400 that some devices send,
so that one such number costs only its own value.
"""

import json
from typing import Any, Final

import msgspec

from sensors.decoders.refusal import Reason, Refusal, quote
from sensors.records import KEEP

_fast: Final = msgspec.json.Decoder()
_FLOAT_DIGITS: Final = 400


def read_object(payload: bytes) -> dict[str, Any]:
    """Return the JSON object of a payload; of a name given twice the last counts.

    Raises
    ------
    Refusal
        ``too_large``, ``not_utf8``, ``not_json``, ``too_deep``, ``wrong_shape``.
    """
    if len(payload) > KEEP:
        detail = (
            f"the payload has {len(payload)} bytes; at most {KEEP} are read. Have the "
            "device send smaller messages; this one is kept in part, not for replay"
        )
        raise Refusal(Reason.TOO_LARGE, detail)
    try:
        body = _fast.decode(payload)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        body = _slow(payload)
    if type(body) is not dict:
        detail = (
            f"the payload is the JSON {quote(body)}; wanted an object such as "
            '{"time": "2026-01-31T08:05:00+07:00", "values": {"pm25": 35.7}}'
        )
        raise Refusal(Reason.WRONG_SHAPE, detail)
    return body


def _too_deep() -> Refusal:
    detail = (
        "the JSON is nested hundreds of levels deep; a message needs four at most. "
        "Have the device send the format of docs/messages.md"
    )
    return Refusal(Reason.TOO_DEEP, detail)


def _slow(payload: bytes) -> Any:  # noqa: ANN401  # any JSON there is
    try:
        return json.loads(payload.decode(), parse_int=_integer)
    except UnicodeDecodeError as error:
        detail = (
            f"byte {error.start} of {len(payload)} is not UTF-8 text "
            f"(0x{payload[error.start]:02x}). Have the device send UTF-8 JSON"
        )
        raise Refusal(Reason.NOT_UTF8, detail) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        detail = (
            f"the payload is not JSON ({error}); it begins with "
            f"{quote(payload[:40].decode(errors='backslashreplace'))}. "
            "Have the device send the format of docs/messages.md, or correct and replay"
        )
        raise Refusal(Reason.NOT_JSON, detail) from None


def _integer(digits: str) -> int | float:
    """Read a whole number; one of hundreds of digits is infinite for our purposes."""
    return int(digits) if len(digits) <= _FLOAT_DIGITS else float(digits)
