"""Owns what is known of one supervised process at this moment."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from thoang.supervisor.child import Child
from thoang.supervisor.process import Process


class Phase(StrEnum):
    """Where a process stands.

    ``waiting`` for its time or for others; ``starting`` until its probe holds;
    ``stopping`` after it was asked to; ``held`` when it is meant to be down.
    """

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    HELD = "held"


@dataclass(slots=True)
class Unit:
    """A process, its phase and its history in this run.

    Parameters
    ----------
    process
        What it is.
    not_before
        A start has to wait until then [loop s].
    since
        When the present phase began [loop s].
    deaths
        Ends that nobody asked for, in a row.
    restarts
        Ends that nobody asked for, in all.
    was_ready
        Whether it was ever ready.
    failure
        Why it is being stopped, when that is its own fault.
    """

    process: Process
    phase: Phase = Phase.WAITING
    child: Child | None = None
    not_before: float = 0.0
    since: float = 0.0
    deaths: int = 0
    restarts: int = 0
    was_ready: bool = False
    failure: str = ""
    warming: asyncio.Task[None] | None = field(default=None, repr=False)

    def enter(self, phase: Phase, now: float) -> None:
        """Begin a phase."""
        self.phase = phase
        self.since = now

    def ended(self, now: float) -> float:
        """Note that the process ended; return how long to wait for the next start [s].

        An end that was asked for, without a failure of its own, costs no wait.
        """
        if self.warming:
            self.warming.cancel()
        asked = self.phase is Phase.STOPPING and not self.failure
        healthy = self.phase is Phase.READY and (
            now - self.since >= self.process.backoff.healthy_s
        )
        self.child, self.warming, self.failure = None, None, ""
        self.enter(Phase.WAITING, now)
        if asked:
            return 0.0
        self.deaths = 1 if healthy else self.deaths + 1
        self.restarts += 1
        delay = self.process.backoff.delay(self.deaths)
        self.not_before = now + delay
        return delay
