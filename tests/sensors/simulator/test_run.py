"""The edge: filling, living, dying and going on."""

import json
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from sensors.city import City
from sensors.simulator.files import Files, PlanError
from sensors.simulator.run import Simulator
from sensors.simulator.settings import SimulatorSettings

NOW = 1_763_806_620  # Saturday 22 November 2025, 17:17 in Bình Dương


class Stopped(BaseException):
    """The process was killed, or the test has seen enough."""


class World:
    """A clock that a test moves, and a broker that keeps everything.

    Parameters
    ----------
    now
        The clock when it begins [unix s].
    until
        When it stops the simulator [unix s].
    kill_after
        Messages after which it kills the simulator instead.
    lag
        Ticks that the bridge is behind.
    """

    def __init__(
        self, now: float, until: float, *, kill_after: int = 10**9, lag: int = 0
    ) -> None:
        self.now = now
        self._until = until
        self._kill_after = kill_after
        self._lag = lag
        self.log: list[tuple[str, bytes] | int] = []
        self.ticks: list[int] = []

    def clock(self) -> float:
        """Return the time [unix s]; it passes a little by being looked at."""
        self.now += 0.01
        return self.now

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        assert 0 <= seconds <= 60
        self.now += seconds
        if self.now >= self._until:
            raise Stopped

    def publish(self, topic: str, payload: bytes) -> None:
        """Keep a message."""
        if len(self.log) >= self._kill_after:
            raise Stopped
        self.log.append((topic, payload))

    def tick(self, time: int) -> None:
        """Keep a tick."""
        self.log.append(time)
        self.ticks.append(time)

    def settle(self, time: int, timeout: float | None = None) -> bool:
        """Say whether the bridge has confirmed a tick; without a limit it has."""
        return timeout is None or time in self.ticks[: len(self.ticks) - self._lag]

    @property
    def messages(self) -> list[tuple[str, bytes]]:
        """Every message of a device."""
        return [entry for entry in self.log if isinstance(entry, tuple)]


Run = Callable[..., None]


@pytest.fixture
def make_run(city: City, city_file: Path) -> Callable[[Path], Run]:
    """Return a maker of runners of the simulator in a data folder."""

    def make(data: Path) -> Run:
        def run(world: World, **options: object) -> None:
            given = {"city": city_file, "data": data, "hours": 1, **options}
            settings = SimulatorSettings.model_validate(given)
            files = Files(data)
            Simulator(
                settings, city, world, files, clock=world.clock, pause=world.pause
            ).run()

        return run

    return make


@pytest.fixture
def run(make_run: Callable[[Path], Run], tmp_path: Path) -> Run:
    """Return a runner of the simulator, always in the same data folder."""
    return make_run(tmp_path)


def _lived(run: Run, world: World, **options: object) -> World:
    with pytest.raises(Stopped):
        run(world, **options)
    return world


def test_a_fill_then_every_minute(run: Run, tmp_path: Path) -> None:
    """An hour is filled at once; then each minute comes when it is over."""
    world = _lived(run, World(NOW + 20, NOW + 200))
    assert world.ticks[0] == NOW // 300 * 300 - 3600
    assert world.ticks[-3:] == [NOW + 60, NOW + 120, NOW + 180]
    assert NOW in world.ticks
    assert (tmp_path / "ready" / "simulator").exists()
    progress = json.loads((tmp_path / "fill.json").read_bytes())
    assert progress["done"] == progress["total"] > 0


def test_ticks_come_after_what_they_close(run: Run) -> None:
    """Ticks rise, and no message after a tick ends before it, but for a slow clock."""
    world = _lived(run, World(NOW + 20, NOW + 200), hours=3)
    assert world.ticks == sorted(world.ticks)
    newest, behind = 0, set()
    for entry in world.log:
        if isinstance(entry, int):
            newest = entry
        else:
            end = _time_of(entry)
            if end <= newest:
                behind.add(entry[0])
            assert end > newest - 41
    assert len(behind) <= 2


def _time_of(message: tuple[str, bytes]) -> int:
    """Return the time of a message [unix s]."""
    return int(datetime.fromisoformat(json.loads(message[1])["time"]).timestamp())


def test_ready_is_said_after_the_fill_only(run: Run, tmp_path: Path) -> None:
    """Killed in the fill, it is not ready; an old mark does not stand."""
    ready = tmp_path / "ready" / "simulator"
    ready.parent.mkdir()
    ready.write_bytes(b"")
    _lived(run, World(NOW + 20, NOW + 200, kill_after=500))
    assert not ready.exists()


@pytest.mark.parametrize("killed", [1, 1200, 2600])
@pytest.mark.parametrize("lag", [0, 7])
def test_killed_anywhere_it_ends_the_same(
    run: Run, make_run: Callable[[Path], Run], tmp_path: Path, killed: int, lag: int
) -> None:
    """What is sent over a kill is what an undisturbed run sends, repeats included."""
    first = _lived(run, World(NOW + 20, NOW + 400, kill_after=killed, lag=lag))
    again = _lived(run, World(first.now + 30, NOW + 400))
    world = _lived(make_run(tmp_path / "other"), World(NOW + 20, NOW + 400))
    assert {*first.messages, *again.messages} == {*world.messages}
    assert again.ticks[-1] == world.ticks[-1]


def test_what_is_confirmed_is_not_sent_again(run: Run) -> None:
    """After a clean stop the next start goes on at the next minute."""
    first = _lived(run, World(NOW + 20, NOW + 200))
    again = _lived(run, World(NOW + 230, NOW + 400))
    assert not {*first.messages} & {*again.messages}
    assert again.ticks[0] == first.ticks[-1]
    assert again.ticks[1:3] == [NOW + 240, NOW + 300] or again.ticks[1] == NOW + 240


def test_a_night_off_is_filled_by_five_minutes(run: Run) -> None:
    """Nine hours later the gap is filled, and ends in a smoke and a jam again."""
    first = _lived(run, World(NOW + 20, NOW + 100), hours=48)
    later = NOW + 9 * 3600
    again = _lived(run, World(later + 5, later + 100), hours=48)
    coarse = [m for m in again.messages if b'"period_s":300' in m[1]]
    assert len(coarse) > 60 * 100
    assert again.ticks[0] == first.ticks[-1]
    sent = [entry for entry in again.messages if "ql13-n-05" in entry[0]]
    speeds = [json.loads(body)["lanes"][0].get("speed", 99) for _, body in sent[-8:]]
    assert min(speeds) < 6 < max(speeds)


def test_a_week_off_leaves_a_hole(run: Run) -> None:
    """Beyond the hours of a fill the past stays empty, and the clock jumps first."""
    _lived(run, World(NOW + 20, NOW + 100))
    later = NOW + 7 * 86_400
    again = _lived(run, World(later + 5, later + 100))
    assert again.log[0] == again.ticks[0] == (later - 3600) // 300 * 300


def test_a_sleep_of_the_machine_is_made_up_for(run: Run) -> None:
    """When the clock jumps by hours while living, the gap is filled as at a start."""
    world = World(NOW + 20, NOW + 5 * 3600)
    slept = False

    def pause(seconds: float) -> None:
        nonlocal slept
        world.now += seconds
        if not slept and world.now > NOW + 150:
            slept = True
            world.now += 3 * 3600
        if world.now > NOW + 3 * 3600 + 400:
            raise Stopped

    world.pause = pause  # type: ignore[method-assign]  # the one thing that differs
    _lived(run, world, hours=4)
    steps = {b - a for a, b in pairwise(world.ticks)}
    assert steps == {60, 300}


def test_a_soak_runs_to_its_end(run: Run, tmp_path: Path) -> None:
    """At speed max it sends every minute of its days and returns."""
    world = World(NOW, NOW + 10**6)
    run(world, speed="max", days=0.1, start=NOW)
    assert world.ticks == list(range(NOW // 300 * 300, NOW // 300 * 300 + 8641, 60))
    assert b"period_s" not in b"".join(body for _, body in world.messages)
    plan = json.loads((tmp_path / "simulator.json").read_bytes())
    assert plan["confirmed"] == plan["until"] == world.ticks[-1]


def test_a_soak_killed_goes_on(run: Run) -> None:
    """Started again, a soak goes on after what was confirmed."""
    first = World(NOW, NOW + 10**6, kill_after=4000)
    _lived(run, first, speed="max", days=0.1, start=NOW)
    again = World(NOW + 100, NOW + 10**6)
    run(again, speed="max", days=0.1, start=NOW)
    assert 0 < len(again.messages) < len(first.messages) + 10**5
    ends = {*first.ticks, *again.ticks}
    assert ends == set(range(NOW // 300 * 300, NOW // 300 * 300 + 8641, 60))


def test_another_seed_or_speed_is_refused(run: Run) -> None:
    """A folder goes on with what it was begun with; the message says so."""
    _lived(run, World(NOW + 20, NOW + 100))
    with pytest.raises(PlanError, match=r"seed 1, version 1; got .* seed 2"):
        run(World(NOW + 20, NOW + 100), seed=2)
    with pytest.raises(PlanError, match="real or max"):
        run(World(NOW + 20, NOW + 100), speed="max")


def test_a_broken_plan_is_refused(run: Run, tmp_path: Path) -> None:
    """A plan that cannot be read stops the start and says what to do."""
    (tmp_path / "simulator.json").write_text("{}")
    with pytest.raises(PlanError, match="remove it"):
        run(World(NOW + 20, NOW + 100))
