"""Owns swapping a broker that never frees memory, without losing a reading.

What flows in is stopped first (MQTT keeps what is not acknowledged); when everything
that the broker holds has been taken by those behind it, it is started anew, empty, with
the next epoch, and everything goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from thoang.supervisor.process import Event, Say
from thoang.supervisor.supervisor import Supervisor
from thoang.supervisor.unit import Phase

_POLL_S = 0.2

Drained = Callable[[], Awaitable[bool]]
"""Whether everything in the broker was taken and stored; False when it cannot tell."""


@dataclass(frozen=True, slots=True)
class SwapPolicy:
    """When a broker is swapped.

    Parameters
    ----------
    broker
        The process that is swapped.
    feeder
        The process that fills it, stopped first.
    limit_mb
        Resident memory of the broker beyond which it is swapped [MB].
    every_s
        How often memory is looked at [s].
    drained_within_s
        How long the feeder is held for the broker to be drained [s].
    rest_s
        Least time between two attempts [s].
    """

    broker: str = "kafka"
    feeder: str = "bridge"
    limit_mb: float = 250.0
    every_s: float = 2.0
    drained_within_s: float = 60.0
    rest_s: float = 30.0


class Swapper:
    """Watches a broker's memory and swaps it when it is over the limit.

    Parameters
    ----------
    supervisor
        Keeps the processes.
    policy
        When to swap.
    drained
        Asked after the feeder was stopped.
    say
        Told before and after.
    """

    def __init__(
        self, supervisor: Supervisor, policy: SwapPolicy, drained: Drained, say: Say
    ) -> None:
        self.swaps = 0
        self._supervisor = supervisor
        self._policy = policy
        self._drained = drained
        self._say = say

    async def run(self) -> None:
        """Watch until cancelled."""
        policy = self._policy
        while True:
            await asyncio.sleep(policy.every_s)
            if self._resident_mb() > policy.limit_mb:
                await self.swap()
                await asyncio.sleep(policy.rest_s)

    async def swap(self) -> bool:
        """Swap the broker now; return whether it was done.

        It is put off when the broker was not drained in time.
        """
        policy, supervisor = self._policy, self._supervisor
        loop = asyncio.get_running_loop()
        begin, before = loop.time(), self._resident_mb()
        self._say(Event("swapping", policy.broker, f"it holds {before:.0f} MB"))
        await supervisor.hold(policy.feeder)
        try:
            if not await self._until_drained():
                late = f"not drained within {policy.drained_within_s:g} s"
                self._say(Event("postponed", policy.broker, late))
                return False
            await supervisor.hold(policy.broker)
        finally:
            supervisor.release(policy.feeder, policy.broker)
        await supervisor.ready(policy.feeder)
        self.swaps += 1
        after = f"{before:.0f} MB given back, {self._resident_mb():.0f} MB used"
        self._say(Event("swapped", policy.broker, after, loop.time() - begin))
        return True

    async def _until_drained(self) -> bool:
        try:
            async with asyncio.timeout(self._policy.drained_within_s):
                while not await self._is_drained():  # noqa: ASYNC110 - a broker
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            return False
        return True

    async def _is_drained(self) -> bool:
        try:
            return await self._drained()
        except (OSError, RuntimeError):  # a broker that cannot be asked
            return False

    def _resident_mb(self) -> float:
        unit = self._supervisor.units[self._policy.broker]
        if unit.child is None or unit.phase is not Phase.READY:
            return 0.0
        return unit.child.resident_mb
