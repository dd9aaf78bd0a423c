"""Processes are kept as they should be, whatever happens to them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from thoang.supervisor.order import PlanError, in_order, levels
from thoang.supervisor.probe import file_probe
from thoang.supervisor.process import Backoff, Event, Process
from thoang.supervisor.supervisor import Supervisor
from thoang.supervisor.unit import Phase

QUICK = Backoff(first_s=0.01, most_s=0.05)
READY = "import sys, time, pathlib; pathlib.Path(sys.argv[1]).touch(); "
STAYS = READY + "time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAYS


class Town:
    """A data folder, processes in it, and what was said about them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[Event] = []
        self.stop = asyncio.Event()

    def process(
        self,
        name: str,
        program: str = STAYS,
        *,
        needs: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        ready_within_s: float = 20.0,
        stop_within_s: float = 5.0,
        settle: Callable[[], Awaitable[None]] | None = None,
    ) -> Process:
        """Return a process that runs a Python program."""
        mark = self.folder / name

        def forget() -> None:
            mark.unlink(missing_ok=True)

        async def nothing() -> None:
            """Settle at once."""

        return Process(
            name=name,
            command=(sys.executable, "-c", program, str(mark)),
            probe=file_probe(mark),
            needs=needs,
            after=after,
            backoff=QUICK,
            ready_within_s=ready_within_s,
            stop_within_s=stop_within_s,
            before=forget,
            settle=settle or nothing,
        )

    def kinds(self, name: str) -> list[str]:
        """Return what was said of a process, in order."""
        return [event.kind for event in self.said if event.name == name]

    async def run(
        self, *processes: Process, then: Callable[[Supervisor], Awaitable[None]]
    ) -> Supervisor:
        """Run processes, do something, stop."""
        supervisor = Supervisor(
            processes, self.folder, self.said.append, lambda: {"THOANG_TEST": "yes"}
        )
        running = asyncio.ensure_future(supervisor.run(self.stop))
        try:
            async with asyncio.timeout(30):
                await then(supervisor)
        finally:
            self.stop.set()
            await running
        return supervisor


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds, at most 20 s."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def all_ready(supervisor: Supervisor) -> None:
    """Wait for every process."""
    await supervisor.ready()


def test_processes_start_in_order_of_readiness(tmp_path: Path) -> None:
    """Nothing starts before what it needs and what it comes after are ready."""
    town = Town(tmp_path)
    parts = [
        town.process("web", after=("writer",)),
        town.process("writer", needs=("kafka",)),
        town.process("kafka"),
    ]
    asyncio.run(town.run(*parts, then=all_ready))
    order = [(e.kind, e.name) for e in town.said if e.kind in ("starting", "ready")]
    assert order == [
        (kind, name)
        for name in ("kafka", "writer", "web")
        for kind in ("starting", "ready")
    ]


def test_killed_process_is_started_again(tmp_path: Path) -> None:
    """A process that dies comes back, and its end is told with its last words."""
    town = Town(tmp_path)

    async def kill(supervisor: Supervisor) -> None:
        await supervisor.ready()
        unit = supervisor.units["worker"]
        assert unit.child is not None
        first = unit.child.pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: unit.restarts == 1 and unit.phase is Phase.READY)
        assert unit.child is not None
        assert unit.child.pid != first

    program = "print('counting', flush=True); " + STAYS
    asyncio.run(town.run(town.process("worker", program), then=kill))
    died = next(event for event in town.said if event.kind == "died")
    assert died.detail == "was killed by signal 9"
    assert died.seconds == QUICK.first_s


def test_repeated_deaths_wait_longer(tmp_path: Path) -> None:
    """The wait before the next start doubles up to its limit."""
    town = Town(tmp_path)

    async def die_often(supervisor: Supervisor) -> None:
        await until(lambda: supervisor.units["bridge"].restarts >= 4)

    asyncio.run(town.run(town.process("bridge", "raise SystemExit(3)"), then=die_often))
    waits = [event.seconds for event in town.said if event.kind == "died"]
    assert waits[:4] == [0.01, 0.02, 0.04, 0.05]


def test_process_that_never_gets_ready_is_started_again(tmp_path: Path) -> None:
    """A start that takes too long counts as a death."""
    town = Town(tmp_path)

    async def wait(supervisor: Supervisor) -> None:
        await until(lambda: supervisor.units["worker"].restarts >= 2)

    never = town.process("worker", "import time; time.sleep(600)", ready_within_s=0.3)
    asyncio.run(town.run(never, then=wait))
    died = next(event for event in town.said if event.kind == "died")
    assert died.detail.startswith("was not ready within 0.3 s")


def test_wrong_input_stops_everything(tmp_path: Path) -> None:
    """Exit status 2 before readiness ends the run with the process's own words."""
    town = Town(tmp_path)
    program = "import sys; print('rules.yaml:7: no such quantity'); sys.exit(2)"

    async def wait(supervisor: Supervisor) -> None:
        await until(lambda: supervisor.wrong)

    supervisor = asyncio.run(
        town.run(town.process("web"), town.process("worker", program), then=wait)
    )
    assert supervisor.wrong == Event(
        "wrong", "worker", "rules.yaml:7: no such quantity"
    )


def test_missing_program_stops_everything(tmp_path: Path) -> None:
    """A command that does not exist is named."""
    town = Town(tmp_path)
    ghost = Process("ghost", ("/no/such/program",), file_probe(tmp_path / "ghost"))

    async def wait(supervisor: Supervisor) -> None:
        await until(lambda: supervisor.wrong)

    supervisor = asyncio.run(town.run(ghost, then=wait))
    assert supervisor.wrong is not None
    assert "/no/such/program" in supervisor.wrong.detail


def test_dependants_fall_and_rise_with_what_they_need(tmp_path: Path) -> None:
    """When a needed process dies, those who need it stop before it starts again."""
    town = Town(tmp_path)

    async def kill(supervisor: Supervisor) -> None:
        await supervisor.ready()
        kafka = supervisor.units["kafka"]
        assert kafka.child is not None
        town.said.clear()
        kafka.child.kill()
        await until(lambda: kafka.restarts == 1)
        await supervisor.ready()

    parts = [town.process("kafka"), town.process("worker", needs=("kafka",))]
    asyncio.run(town.run(*parts, then=kill))
    story = [f"{event.name} {event.kind}" for event in town.said]
    assert story[:6] == [
        "kafka died",
        "worker stopped",
        "kafka starting",
        "kafka ready",
        "worker starting",
        "worker ready",
    ]


def test_others_go_on_when_one_dies(tmp_path: Path) -> None:
    """A process that only comes after another outlives it."""
    town = Town(tmp_path)

    async def kill(supervisor: Supervisor) -> None:
        await supervisor.ready()
        writer = supervisor.units["writer"]
        assert writer.child is not None
        writer.child.kill()
        await until(lambda: writer.restarts == 1)
        await supervisor.ready()

    parts = [town.process("writer"), town.process("web", after=("writer",))]
    asyncio.run(town.run(*parts, then=kill))
    assert town.kinds("web") == ["starting", "ready"]


def test_held_process_stays_down_until_released(tmp_path: Path) -> None:
    """Holding stops it and what needs it; releasing starts both again."""
    town = Town(tmp_path)

    async def hold(supervisor: Supervisor) -> None:
        await supervisor.ready()
        await supervisor.hold("kafka")
        assert {unit.child for unit in supervisor.units.values()} == {None}
        assert supervisor.units["kafka"].phase is Phase.HELD
        supervisor.release("kafka")
        await supervisor.ready()

    parts = [town.process("kafka"), town.process("worker", needs=("kafka",))]
    supervisor = asyncio.run(town.run(*parts, then=hold))
    assert [unit.restarts for unit in supervisor.units.values()] == [0, 0]


def test_failed_preparation_is_tried_again(tmp_path: Path) -> None:
    """A process is not ready before it is settled; a failure there is told."""
    town, tries = Town(tmp_path), []

    async def settle() -> None:
        tries.append(1)
        if len(tries) == 1:
            message = "topic refused"
            raise RuntimeError(message)

    asyncio.run(town.run(town.process("kafka", settle=settle), then=all_ready))
    died = next(event for event in town.said if event.kind == "died")
    assert died.detail == "could not be prepared: topic refused"


def test_stubborn_processes_are_gone_within_five_seconds(tmp_path: Path) -> None:
    """Whoever ignores being asked is killed, and nobody is left behind."""
    town = Town(tmp_path)
    pids: list[int] = []

    async def note(supervisor: Supervisor) -> None:
        await supervisor.ready()
        pids.extend(unit.child.pid for unit in supervisor.units.values() if unit.child)
        begins.append(time.monotonic())

    begins: list[float] = []
    parts = [
        town.process("kafka"),
        town.process("worker", STUBBORN, needs=("kafka",)),
        town.process("web", STUBBORN, after=("worker",)),
    ]
    asyncio.run(town.run(*parts, then=note))
    assert time.monotonic() - begins[0] < 5.5
    assert len(pids) == 3
    assert not any(is_alive(pid) for pid in pids)


def test_children_get_the_environment_and_a_log(tmp_path: Path) -> None:
    """What a process prints is in its log, below the data folder."""
    town = Town(tmp_path)
    program = "import os; print(os.environ['THOANG_TEST'], flush=True); " + STAYS
    asyncio.run(town.run(town.process("bridge", program), then=all_ready))
    assert (tmp_path / "logs/bridge.log").read_text("utf-8") == "yes\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_the_supervisor(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Even when the supervisor is killed, its processes are stopped."""
    program = f"""
import asyncio, sys
from pathlib import Path
from thoang.supervisor.probe import file_probe
from thoang.supervisor.process import Process
from thoang.supervisor.supervisor import Supervisor
mark = Path({str(tmp_path / "ready")!r})
child = Process("a", (sys.executable, "-c", {STAYS!r}, str(mark)), file_probe(mark))
async def main():
    supervisor = Supervisor([child], mark.parent, lambda event: None)
    task = asyncio.ensure_future(supervisor.run(asyncio.Event()))
    await supervisor.ready()
    print(supervisor.units["a"].child.pid, flush=True)
    await task
asyncio.run(main())
"""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert is_alive(pid)
        owner.send_signal(number)
    asyncio.run(until(lambda: not is_alive(pid)))


def test_unknown_and_circular_references_are_refused(tmp_path: Path) -> None:
    """A plan that cannot be started is an error that names the processes."""
    town = Town(tmp_path)
    with pytest.raises(PlanError, match="kafak"):
        in_order([town.process("worker", needs=("kafak",))])
    with pytest.raises(PlanError, match="circle"):
        in_order([town.process("a", after=("b",)), town.process("b", after=("a",))])
    with pytest.raises(PlanError, match="one name"):
        in_order([town.process("a"), town.process("a")])


def test_levels_stop_from_the_leaves(tmp_path: Path) -> None:
    """What nothing depends on stops first."""
    town = Town(tmp_path)
    parts = [
        town.process("web", after=("writer",)),
        town.process("writer", needs=("kafka",)),
        town.process("bridge", needs=("kafka",)),
        town.process("kafka"),
    ]
    assert [sorted(level) for level in levels(in_order(parts))] == [
        ["web"],
        ["bridge", "writer"],
        ["kafka"],
    ]
