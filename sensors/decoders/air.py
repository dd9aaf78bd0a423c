"""Owns the body of an air message: values by the name of their quantity."""

from typing import Any, Final

from sensors.decoders.refusal import Reason, Refusal, quote
from sensors.decoders.source import Source
from sensors.decoders.values import Values, status_fails

VALUES: Final = 64
"""Most values in a message."""


def read_air(source: Source, body: dict[str, Any]) -> Values:
    """Return the values of an air message.

    Raises
    ------
    Refusal
        ``missing_values``, ``wrong_shape``, ``too_many_values``, ``wrong_status``.
    """
    values = body.get("values")
    if type(values) is not dict or not 0 < len(values) <= VALUES:
        raise _unusable(values)
    fails = status_fails(body.get("status"))
    found = Values()
    for name, raw in values.items():
        found.add(source, 0, name, raw, fails=fails)
    return found


def _unusable(values: object) -> Refusal:
    wanted = 'wanted values by quantity such as {"pm25": 35.7, "humidity": 81}'
    if values is None or values == {}:
        return Refusal(Reason.MISSING_VALUES, f"the message has no values; {wanted}")
    if isinstance(values, dict):
        detail = f"the message has {len(values)} values; at most {VALUES} are read"
        return Refusal(
            Reason.TOO_MANY_VALUES, f"{detail}. Send them in several messages"
        )
    return Refusal(Reason.WRONG_SHAPE, f"values is {quote(values)}; {wanted}")
