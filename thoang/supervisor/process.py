"""Owns the description of a supervised process: what it is, never what it is doing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Probe = Callable[[], Awaitable[bool]]
"""Asked again and again until a starting process is ready."""

WRONG_INPUT = 2
"""Exit status of a process that restarting cannot help: a bad file or setting."""


async def _nothing() -> None:
    """Need no more after the probe."""


def _no_change() -> None:
    """Need nothing before the start."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before a process that died is started again.

    Parameters
    ----------
    first_s, most_s
        First wait, doubled at every further death, and the longest [s].
    healthy_s
        After being ready this long the next wait is the first again [s].
    """

    first_s: float = 0.2
    most_s: float = 10.0
    healthy_s: float = 60.0

    def delay(self, deaths: int) -> float:
        """Return the wait [s] after so many deaths in a row (1, 2, ...)."""
        return float(min(self.first_s * 2 ** min(deaths - 1, 30), self.most_s))


@dataclass(frozen=True, slots=True)
class Process:
    """One process that is to be running.

    Parameters
    ----------
    name
        Short; its log is ``logs/NAME.log``.
    command
        Program and arguments.
    probe
        Says when it is ready.
    needs
        Processes without which it cannot go on: it is stopped when one of them is not
        ready, and they are not started again before it has stopped.
    after
        Processes that have to be ready before its first start.
    ready_within_s
        A start that takes longer counts as a death [s].
    stop_within_s
        Between asking it to stop and killing it [s].
    before
        Called just before each start.
    settle
        Awaited once the probe holds; only then is it ready.
    loss
        What people are told is lost when it dies.
    """

    name: str
    command: tuple[str, ...]
    probe: Probe
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    backoff: Backoff = field(default_factory=Backoff)
    ready_within_s: float = 60.0
    stop_within_s: float = 5.0
    before: Callable[[], None] = _no_change
    settle: Callable[[], Awaitable[None]] = _nothing
    loss: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that people who run the city may want to read.

    Parameters
    ----------
    kind
        ``starting ready died stopped wrong swapping swapped postponed``.
    name
        The process.
    detail
        A sentence or part of one, for people.
    seconds
        How long it took, where that is meant [s].
    """

    kind: str
    name: str
    detail: str = ""
    seconds: float = 0.0


Say = Callable[[Event], None]
