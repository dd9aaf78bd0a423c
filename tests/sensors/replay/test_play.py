from dataclasses import dataclass, field

import pytest

from sensors.replay import Message, Tick
from sensors.replay.play import play

EVENTS: list[Message | Tick] = [
    Tick(0),
    Message("a", b"1"),
    Tick(60),
    Tick(240),
    Message("b", b"2"),
]


@dataclass
class Tape:
    """Keeps what is published, and a clock that only waiting moves."""

    told: list[str] = field(default_factory=list)
    time: float = 100.0

    def publish(self, topic: str, payload: bytes) -> None:
        """Keep a message."""
        self.told.append(f"{topic}{payload.decode()} at {self.time:g}")

    def tick(self, time: int) -> None:
        """Keep a tick."""
        self.told.append(f"tick {time} at {self.time:g}")

    def elapsed(self) -> float:
        """Return the time."""
        return self.time

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds


def _played(speed: float | None) -> list[str]:
    tape = Tape()
    run = play(EVENTS, tape, speed=speed, elapsed=tape.elapsed, wait=tape.wait)
    assert list(run) == EVENTS
    return tape.told


def test_as_fast_as_it_goes() -> None:
    """Without a speed nothing waits."""
    assert _played(None) == [
        "tick 0 at 100",
        "a1 at 100",
        "tick 60 at 100",
        "tick 240 at 100",
        "b2 at 100",
    ]


def test_at_a_speed() -> None:
    """Sixty times as fast, a minute takes a second."""
    assert _played(60) == [
        "tick 0 at 100",
        "a1 at 100",
        "tick 60 at 101",
        "tick 240 at 104",
        "b2 at 104",
    ]


@pytest.mark.parametrize("speed", [0, -1])
def test_no_speed(speed: float) -> None:
    """A speed of nothing is refused."""
    with pytest.raises(ValueError, match="use max for no limit"):
        _played(speed)
