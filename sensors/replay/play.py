"""Owns playing a history through a publisher at some speed; the socket is the latter's.

Time passes by what the caller hands in, so that a test can play a year at once.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from sensors.replay.history import Message
from sensors.replay.timeline import Tick


class Channel(Protocol):
    """Where messages go: `sensors.publisher.Publisher`, or a list in a test."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send one message."""

    def tick(self, time: int) -> None:
        """Send the city's event time [unix s]."""


def play(
    events: Iterable[Message | Tick],
    channel: Channel,
    *,
    speed: float | None = None,
    elapsed: Callable[[], float],
    wait: Callable[[float], None],
) -> Iterator[Message | Tick]:
    """Send messages and ticks in order; yield each after it was handed over.

    Parameters
    ----------
    events
        From `sensors.replay.timeline`.
    channel
        Where they go.
    speed
        How many times faster than they happened; None as fast as the channel takes
        them.
    elapsed
        Seconds since some moment.
    wait
        Waits a number of seconds.

    Raises
    ------
    ValueError
        When the speed is not above 0.
    """
    if speed is not None and speed <= 0:
        message = f"the speed must be above 0, got {speed:g}; use max for no limit"
        raise ValueError(message)
    start: tuple[float, int] | None = None
    for event in events:
        if isinstance(event, Message):
            channel.publish(event.topic, event.payload)
        else:
            start = start or (elapsed(), event.time)
            if speed is not None:
                due = start[0] + (event.time - start[1]) / speed
                if (early := due - elapsed()) > 0:
                    wait(early)
            channel.tick(event.time)
        yield event
