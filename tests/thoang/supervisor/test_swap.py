"""A broker that grows is swapped, and nothing that it holds is left behind."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from thoang.supervisor.epoch import Epoch
from thoang.supervisor.probe import file_probe
from thoang.supervisor.process import Backoff, Event, Process
from thoang.supervisor.status import Counts, status_of, write
from thoang.supervisor.supervisor import Supervisor
from thoang.supervisor.swap import Swapper, SwapPolicy
from thoang.supervisor.unit import Phase

PROGRAM = (
    "import sys, time, pathlib; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
)
POLICY = SwapPolicy(limit_mb=1, every_s=0.01, drained_within_s=0.5, rest_s=600)


def city(folder: Path) -> list[Process]:
    """Return a broker, one that fills it, and one that empties it."""
    epoch = Epoch(folder)

    def process(
        name: str, needs: tuple[str, ...], before: Callable[[], object]
    ) -> Process:
        mark = folder / name

        def forget() -> None:
            before()
            mark.unlink(missing_ok=True)

        command = (sys.executable, "-c", PROGRAM, str(mark))
        quick = Backoff(first_s=0.01)
        return Process(
            name, command, file_probe(mark), needs=needs, before=forget, backoff=quick
        )

    return [
        process("kafka", (), epoch.advance),
        process("writer", ("kafka",), dict),
        process("bridge", ("kafka",), dict),
    ]


class Run:
    """A running city and what it said."""

    def __init__(self, folder: Path) -> None:
        self.said: list[Event] = []
        self.asked: list[dict[str, Phase]] = []
        self.supervisor = Supervisor(city(folder), folder, self.said.append)

    async def swap(self, *, drained: bool, watch: bool = False) -> bool | None:
        """Swap once; the broker is drained at the second question, if ever."""
        stop = asyncio.Event()
        running = asyncio.ensure_future(self.supervisor.run(stop))

        async def is_drained() -> bool:
            units = self.supervisor.units.items()
            self.asked.append({name: unit.phase for name, unit in units})
            if len(self.asked) == 1:
                message = "broker cannot be asked"
                raise OSError(message)
            return drained

        swapper = Swapper(self.supervisor, POLICY, is_drained, self.said.append)
        try:
            async with asyncio.timeout(30):
                await self.supervisor.ready()
                self.said.clear()
                if watch:
                    watching = asyncio.ensure_future(swapper.run())
                    while not swapper.swaps:  # noqa: ASYNC110 - other processes
                        await asyncio.sleep(0.02)
                    watching.cancel()
                    return None
                return await swapper.swap()
        finally:
            await self.supervisor.ready()
            stop.set()
            await running


def test_swap_stops_the_feeder_first_and_starts_all_again(tmp_path: Path) -> None:
    """Bridge, question, everybody behind, broker; then all again, in the next epoch."""
    run = Run(tmp_path)
    assert asyncio.run(run.swap(drained=True))
    held = {"kafka": Phase.READY, "writer": Phase.READY, "bridge": Phase.HELD}
    assert run.asked[0] == held
    story = [f"{event.name} {event.kind}" for event in run.said]
    assert story[:5] == [
        "kafka swapping",
        "bridge stopped",
        "writer stopped",
        "kafka stopped",
        "kafka starting",
    ]
    assert "kafka swapped" in story
    assert Epoch(tmp_path).now == 2


def test_swap_is_put_off_when_records_are_left(tmp_path: Path) -> None:
    """Nothing is lost: the broker stays, and the bridge goes on."""
    run = Run(tmp_path)
    assert asyncio.run(run.swap(drained=False)) is False
    assert [event.kind for event in run.said if event.name == "kafka"] == [
        "swapping",
        "postponed",
    ]
    assert Epoch(tmp_path).now == 1


def test_memory_over_the_limit_swaps(tmp_path: Path) -> None:
    """The watch swaps by itself; a Python process is larger than 1 MB."""
    run = Run(tmp_path)
    asyncio.run(run.swap(drained=True, watch=True))
    assert Epoch(tmp_path).now == 2


def test_status_names_every_process(tmp_path: Path) -> None:
    """The status file can be read at any time and counts what runs."""

    async def note() -> dict[str, object]:
        run = Run(tmp_path)
        stop = asyncio.Event()
        running = asyncio.ensure_future(run.supervisor.run(stop))
        await run.supervisor.ready()
        status = status_of(run.supervisor, Counts(swaps=3, ports={"web": 8000}), 7)
        stop.set()
        await running
        return status

    write(tmp_path / "status.json", asyncio.run(note()))
    status = json.loads((tmp_path / "status.json").read_text("utf-8"))
    assert (status["epoch"], status["swaps"]) == (7, 3)
    assert status["ports"] == {"web": 8000}
    assert set(status["processes"]) == {"kafka", "writer", "bridge"}
    bridge = status["processes"]["bridge"]
    assert bridge["state"] == "ready"
    assert bridge["pid"] > 0
    assert bridge["rss_mb"] > 1
    assert not list(tmp_path.glob("*.new"))
