"""Owns when a history tells event time: ticks among its messages, in order.

Messages of one time come before the tick of that time, so that a tick says that all up
to it is told. A tick may jump over minutes in which nothing can happen: between them an
hour may neither end nor close, and no message come.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sensors.replay.history import Message, Step

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86_400


class Tick(NamedTuple):
    """Event time has reached `time` [unix s]."""

    time: int


def timeline(
    steps: Iterable[Step], *, tick_s: int, grace_s: int
) -> Iterator[Message | Tick]:
    """Return a history's messages and the ticks that it needs, in order.

    Parameters
    ----------
    steps
        The messages in order of time.
    tick_s
        Event time is told at every multiple of it [s]; the minute for what is
        evaluated each minute, an hour for what comes by the hour.
    grace_s
        Wait after an hour's end before it closes [s].

    Notes
    -----
    Besides, there is a tick where an hour closes, one in the minute before messages
    come (they may be only minutes ahead of the clock), one at their time, and at the
    end those that close everything: a minute after the last hour's closing, and a day
    after the end.
    """
    told: int | None = None
    for end, messages in steps:
        eve = end - _MINUTE_S
        if told is None:
            yield Tick(eve)
        else:
            yield from _between(told, eve, end, tick_s=tick_s, grace_s=grace_s)
        yield from messages
        yield Tick(end)
        told = end
    if told is not None:
        closed = -(-told // _HOUR_S) * _HOUR_S + grace_s + _MINUTE_S
        yield from _between(told, closed, closed + 1, tick_s=tick_s, grace_s=grace_s)
        yield Tick(told + _DAY_S)


def _between(
    told: int, eve: int, end: int, *, tick_s: int, grace_s: int
) -> Iterator[Tick]:
    """Return the ticks after `told` and before `end`, with `eve` among them."""
    regular = range(told // tick_s * tick_s + tick_s, end, tick_s)
    first = (told - grace_s) // _HOUR_S * _HOUR_S + _HOUR_S + grace_s
    closing = range(first, end, _HOUR_S)
    for time in sorted({*regular, *closing, eve}):
        if time > told:
            yield Tick(time)
