"""Owns keeping processes as they should be: compares what is with what is wanted.

Every step looks at all processes anew and starts or stops what differs, so a death in
the middle of anything is no special case. What is wanted when (a swap, say) is decided
elsewhere, through `hold` and `release`.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from thoang.supervisor.child import Child, Guard
from thoang.supervisor.logs import BoundedLog
from thoang.supervisor.order import in_order, levels
from thoang.supervisor.process import WRONG_INPUT, Event, Process, Say
from thoang.supervisor.unit import Phase, Unit

_STEP_S = 0.05
_IDLE_S = 0.5
_KILL_AFTER_S = 4.0
_ALIVE = (Phase.STARTING, Phase.READY, Phase.STOPPING)


class Supervisor:
    """Keeps processes running.

    Parameters
    ----------
    processes
        In any order.
    folder
        The data folder; logs go below it.
    say
        Told of everything that people may want to read.
    environment
        Asked at each start for what is added to the environment.
    """

    def __init__(
        self,
        processes: Sequence[Process],
        folder: Path,
        say: Say,
        environment: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.units = {p.name: Unit(p) for p in in_order(processes)}
        self.wrong: Event | None = None
        self._logs = folder / "logs"
        self._say = say
        self._environment = environment
        self._held: set[str] = set()
        self._changed = asyncio.Event()
        self._guard = Guard()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep everything running until `stop`, then stop everything within 5 s.

        Also ends when a process says that what it was given is wrong; then `wrong`
        tells which.
        """
        try:
            while not stop.is_set() and self.wrong is None:
                await self._step()
                await self._pause(stop)
        finally:
            await self._stop_all()

    async def hold(self, *names: str) -> None:
        """Stop processes, and what needs them, and keep them down."""
        self._held.update(names)
        self._changed.set()
        await self._until(lambda: all(self._is_down(name) for name in names))

    def release(self, *names: str) -> None:
        """Let held processes run again."""
        self._held.difference_update(names)
        self._changed.set()

    async def ready(self, *names: str) -> None:
        """Wait until processes (all, when none is named) are ready."""
        units = [self.units[name] for name in names or self.units]
        await self._until(lambda: all(unit.phase is Phase.READY for unit in units))

    def kill(self) -> None:
        """Kill everything now."""
        for unit in self.units.values():
            if unit.child:
                unit.child.kill()

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110 - many events can make it true
            await asyncio.sleep(_STEP_S)

    async def _pause(self, stop: asyncio.Event) -> None:
        busy = any(unit.phase is not Phase.READY for unit in self.units.values())
        stopping = asyncio.ensure_future(stop.wait())
        changing = asyncio.ensure_future(self._changed.wait())
        await asyncio.wait(
            {stopping, changing},
            timeout=_STEP_S if busy else _IDLE_S,
            return_when=asyncio.FIRST_COMPLETED,
        )
        stopping.cancel()
        changing.cancel()
        self._changed.clear()

    async def _step(self) -> None:
        now = asyncio.get_running_loop().time()
        units = list(self.units.values())
        for unit in units:
            await self._bury(unit, now)
        for unit in reversed(units):
            self._stop_if_unwanted(unit, now)
        for unit in units:
            await self._start_if_wanted(unit, now)

    def _is_wanted(self, unit: Unit) -> bool:
        needed = [self.units[name] for name in unit.process.needs]
        return unit.process.name not in self._held and all(
            other.phase is Phase.READY and self._is_wanted(other) for other in needed
        )

    def _is_down(self, name: str) -> bool:
        return self.units[name].child is None

    def _is_relied_on(self, unit: Unit) -> bool:
        return any(
            other.child is not None and unit.process.name in other.process.needs
            for other in self.units.values()
        )

    async def _bury(self, unit: Unit, now: float) -> None:
        child = unit.child
        if child is None or child.status is None:
            return
        await child.wait()
        await self._guard.remove(child.pid)
        asked, failure = unit.phase is Phase.STOPPING, unit.failure
        starting = unit.phase is Phase.STARTING
        name, status = unit.process.name, child.status
        delay = unit.ended(now)
        child.log.close()
        if status == WRONG_INPUT and starting:
            self.wrong = Event("wrong", name, child.log.tail())
        elif asked and not failure:
            self._say(Event("stopped", name))
        else:
            how = failure or _ending(status, child.log.last_line())
            self._say(Event("died", name, how, delay))

    def _stop_if_unwanted(self, unit: Unit, now: float) -> None:
        if unit.child is None:
            unit.phase = (
                Phase.HELD if unit.process.name in self._held else Phase.WAITING
            )
        elif unit.phase is Phase.STOPPING:
            if now - unit.since > unit.process.stop_within_s:
                unit.child.kill()
        elif not self._is_wanted(unit) and not self._is_relied_on(unit):
            self._stop(unit, now)

    def _stop(self, unit: Unit, now: float, failure: str = "") -> None:
        if unit.warming and unit.warming is not asyncio.current_task():
            unit.warming.cancel()
        unit.failure = failure
        unit.enter(Phase.STOPPING, now)
        if unit.child:
            unit.child.terminate()

    async def _start_if_wanted(self, unit: Unit, now: float) -> None:
        earlier = (self.units[name].was_ready for name in unit.process.after)
        if (
            unit.phase is Phase.WAITING
            and now >= unit.not_before
            and self._is_wanted(unit)
            and not self._is_relied_on(unit)
            and all(earlier)
        ):
            await self._start(unit, now)

    async def _start(self, unit: Unit, now: float) -> None:
        process = unit.process
        process.before()
        log = BoundedLog(self._logs / f"{process.name}.log")
        try:
            unit.child = await Child.start(process.command, self._environment(), log)
            unit.child.on_end(self._changed.set)
        except OSError as error:
            log.close()
            self.wrong = Event("wrong", process.name, f"cannot be started: {error}")
            return
        await self._guard.add(unit.child.pid)
        unit.enter(Phase.STARTING, now)
        self._say(Event("starting", process.name))
        unit.warming = asyncio.ensure_future(self._warm(unit, unit.child))

    async def _warm(self, unit: Unit, child: Child) -> None:
        """Wait until a started process is ready; else have it stopped."""
        process, loop = unit.process, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(process.ready_within_s):
                while not await process.probe():  # noqa: ASYNC110 - other process
                    await asyncio.sleep(_STEP_S)
                await process.settle()
        except TimeoutError:
            late = f"was not ready within {process.ready_within_s:g} s"
            last = child.log.last_line()
            self._stop(unit, loop.time(), f"{late}: {last}" if last else late)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, this start failed
            self._stop(unit, loop.time(), f"could not be prepared: {error}")
            return
        took = loop.time() - unit.since
        unit.was_ready = True
        unit.enter(Phase.READY, loop.time())
        self._say(Event("ready", process.name, seconds=took))
        self._changed.set()

    async def _stop_all(self) -> None:
        """Stop in reverse order, a level at a time; kill what is left after 4 s."""
        loop = asyncio.get_running_loop()
        end = loop.time() + _KILL_AFTER_S
        waves = levels([unit.process for unit in self.units.values()])
        for left, names in zip(range(len(waves), 0, -1), waves, strict=True):
            wave = [self.units[name] for name in names]
            for unit in wave:
                self._stop(unit, loop.time())
            await _gone(wave, max(end - loop.time(), 0) / left)
        self.kill()
        await _gone(list(self.units.values()), 1.0)
        for unit in self.units.values():
            if unit.child:
                unit.child.log.close()
            unit.child = None
            unit.enter(Phase.HELD, loop.time())
        await self._guard.close()


async def _gone(units: Iterable[Unit], within_s: float) -> None:
    waiting = [unit.child.wait() for unit in units if unit.child]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await asyncio.gather(*waiting)


def _ending(status: int, last: str) -> str:
    if status < 0:
        # Whatever it said last was not the cause.
        return f"was killed by signal {-status}"
    return f"ended with {status}: {last}" if last else f"ended with {status}"
