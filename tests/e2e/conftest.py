"""A whole city for the tests: `thoang run` itself, its real processes and brokers."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from sensors.city import City, load_city
from stores.embedded import EmbeddedStore
from stores.settings import StoreSettings
from thoang.embedded.ports import free_port
from thoang.pipeline.drained import drained

ROOT = Path(__file__).parents[2]
BEIJING = "beijing-multisite-2016-11--2017-02.csv.gz"
METR_LA = "los-angeles-loop-speed-2012-03-01--04.csv.gz"
POLL_S = 0.05
STOPPED_S = 5.5
"""Longest time between Ctrl-C and the end, with what starting `kill` takes [s]."""

HEAD = """\
id: small
name_vi: Nhỏ
name_en: Small
timezone: Asia/Ho_Chi_Minh
clock: messages
hierarchies:
  - {id: operations, name_vi: Điều hành, name_en: Operations}
areas:
  - {id: centre, name_vi: Trung tâm, name_en: Centre, kind: centre,
     hierarchy: operations, assumed: true}
  - {id: north, name_vi: Bắc, name_en: North, kind: district_centre,
     hierarchy: operations, parent: centre, assumed: true}
  - {id: south, name_vi: Nam, name_en: South, kind: district_centre,
     hierarchy: operations, parent: centre, assumed: true}
"""
STATION = """\
  - {{id: air-{n}, name_vi: Trạm {n}, name_en: Station {n}, lat: 11.0{n}, lon: 106.7,
     area: {area}, station_class: regulatory,
     quantities: [pm25, pm10, o3, no2, so2, co, temperature, humidity]}}
"""
SEGMENT = """\
  - {{id: road-{n}, name_vi: Đoạn {n}, name_en: Section {n}, road: Đường {area},
     direction: {{vi: hướng đông, en: eastbound}}, length_m: 1100, lanes: 2,
     line: [[106.7{n}, 11.0], [106.7{next}, 11.0]], limit_kmh: 60, areas: [{area}],
     upstream: [{up}], downstream: [{down}]}}
"""
DEVICE = (
    "  - {{id: {id}, kind: {kind}, site: {site}, interval_s: {s}, period_s: {s}}}\n"
)


def small_city() -> str:
    """Return a city file: two districts, three stations, a road in each district."""
    stations = {1: "north", 2: "north", 3: "south"}
    roads = {1: ("north", "", "road-2"), 2: ("north", "road-1", "")}
    roads |= {3: ("south", "", "road-4"), 4: ("south", "road-3", "")}
    lines = [HEAD, "stations:\n"]
    lines += [STATION.format(n=n, area=area) for n, area in stations.items()]
    lines += ["segments:\n"]
    for n, (area, up, down) in roads.items():
        lines += [SEGMENT.format(n=n, next=n + 1, area=area, up=up, down=down)]
    lines += ["devices:\n"]
    for n in stations:
        lines += [DEVICE.format(id=f"a{n}", kind="air", site=f"air-{n}", s=300)]
    for n in roads:
        lines += [DEVICE.format(id=f"t{n}", kind="traffic", site=f"road-{n}", s=60)]
    return "".join(lines)


class Town:
    """`thoang run` in a folder, and what can be seen of it.

    Parameters
    ----------
    folder
        Where its data go.
    city
        The city file.
    """

    def __init__(self, folder: Path, city: Path) -> None:
        self.data = folder / "data"
        self.city_file = city
        self.process: subprocess.Popen[bytes] | None = None
        self._printed = folder / "printed.txt"

    @property
    def city(self) -> City:
        """The city as its file says."""
        return load_city(self.city_file)

    @property
    def printed(self) -> str:
        """What `thoang run` has printed so far, in all its runs."""
        return self._printed.read_text("utf-8")

    def start(self, *options: str, **environment: str) -> "Town":
        """Start it; returns at once."""
        page = str(free_port(0))
        command = ("run", "--city", str(self.city_file), "--port", page, *options)
        with self._printed.open("ab") as printed:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [*self._thoang(), *command],
                cwd=ROOT,
                env=self._environment(**environment),
                stdout=printed,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def _thoang(self) -> tuple[str, ...]:
        return (sys.executable, "-m", "thoang")

    def _environment(self, **more: str) -> dict[str, str]:
        own = {n: v for n, v in os.environ.items() if not n.startswith("THOANG_")}
        return {
            **own,
            "THOANG_DATA_DIR": str(self.data),
            "THOANG_CITY": str(self.city_file),
            "COLUMNS": "200",
            **more,
        }

    def status(self) -> dict[str, Any]:
        """Return the newest status of this run; {} before the first."""
        try:
            status = json.loads((self.data / "status.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        mine = self.process is not None and status["pid"] == self.process.pid
        return dict(status) if mine else {}

    def wait(self, condition: Callable[[], Any], within_s: float = 60.0) -> Any:
        """Wait until a condition of the city holds; return what it says."""
        end = time.monotonic() + within_s
        while not (found := condition()):
            assert self.process is not None
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < end, f"not within {within_s:g} s"
            time.sleep(POLL_S)
        return found

    def all_ready(self) -> dict[str, Any]:
        """Wait until every process is ready; return the status."""

        def ready() -> dict[str, Any]:
            status = self.status()
            states = [p["state"] for p in status.get("processes", {}).values()]
            return status if states and set(states) == {"ready"} else {}

        found: dict[str, Any] = self.wait(ready, 120)
        return found

    def pid(self, name: str) -> int:
        """Return the process id of one of its processes, once that is ready."""

        def there() -> int:
            known = self.status().get("processes", {}).get(name, {})
            pid = known.get("pid") if known.get("state") == "ready" else None
            return pid if pid and psutil.pid_exists(pid) else 0

        return int(self.wait(there))

    @property
    def mqtt(self) -> str:
        """Address of the MQTT broker."""
        return f"mqtt://{self.status()['addresses']['mqtt']}"

    @property
    def page(self) -> str:
        """Address of the page."""
        return str(self.status()["addresses"]["page"])

    @contextmanager
    def store(self) -> Iterator[EmbeddedStore]:
        """Open the store beside the processes that use it."""
        path = self.data / "thoang.sqlite"
        settings = StoreSettings(path=path, lateness_s=self.city.lateness_s)
        with closing(EmbeddedStore(settings)) as store:
            yield store

    def settle(self, within_s: float = 60.0) -> None:
        """Wait until all that was published is computed and stored."""
        city = self.city

        async def settled(store: EmbeddedStore) -> bool:
            status = self.status()
            return await drained(
                store, city, status["addresses"]["kafka"], status["epoch"]
            )

        with self.store() as store:
            self.wait(lambda: asyncio.run(settled(store)), within_s)

    def thoang(self, *arguments: str, within_s: float = 120.0) -> str:
        """Run another command of the program on this city; return what it says."""
        done = subprocess.run(  # noqa: S603 - our own program
            [*self._thoang(), *arguments],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            check=False,
            text=True,
            timeout=within_s,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def begin(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start another command of the program, not waiting for it."""
        with self._printed.open("ab") as printed:
            return subprocess.Popen(  # noqa: S603 - our own program
                [*self._thoang(), *arguments],
                cwd=ROOT,
                env=self._environment(),
                stdout=printed,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> float:
        """Interrupt it as Ctrl-C does; return how long the end took [s]."""
        assert self.process is not None
        begin = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        return time.monotonic() - begin

    def left(self) -> list[psutil.Process]:
        """Return processes of this city that are still there."""
        return [p for p in psutil.process_iter() if _is_of(p, str(self.data))]

    def clear(self) -> None:
        """Tell what was logged (pytest shows it on failure) and end everything."""
        logs = sorted((self.data / "logs").glob("*.log"))
        for log in [self._printed, *logs]:
            if log.exists():
                lines = log.read_text("utf-8", "replace").splitlines()
                print(f"--- {log.name}", *lines[-60:], sep="\n")  # noqa: T201 - as said
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        for process in self.left():
            process.kill()


def _is_of(process: psutil.Process, data: str) -> bool:
    try:
        here = process.environ().get("THOANG_DATA_DIR") == data
        return here and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


class Founder:
    """Makes cities, each of a city file's text, in folders of their own.

    Parameters
    ----------
    folder
        Where to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._towns: list[Town] = []

    def __call__(self, city: str, name: str = "town") -> Town:
        """Make a city, not yet running."""
        folder = self._folder / name
        folder.mkdir()
        path = folder / "city.yaml"
        path.write_text(city, encoding="utf-8")
        self._towns.append(Town(folder, path))
        return self._towns[-1]

    def clear(self) -> None:
        """End every process of every city."""
        for town in self._towns:
            town.clear()


@pytest.fixture
def found_town(tmp_path: Path) -> Iterator[Founder]:
    """Make cities that end with the test."""
    founder = Founder(tmp_path)
    yield founder
    founder.clear()


@pytest.fixture(scope="module")
def found_town_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founder]:
    """Make cities that all tests of a file look at."""
    founder = Founder(tmp_path_factory.mktemp("towns"))
    yield founder
    founder.clear()


@pytest.fixture(scope="session", name="small_city")
def give_small_city() -> Callable[..., str]:
    """Give the maker of small city files."""
    return small_city


@pytest.fixture(scope="session")
def histories() -> Path:
    """Return the folder of the real histories; without it, skip (in CI: fail)."""
    folder = ROOT / os.environ.get("THOANG_DATA", "../shared/data")
    missing = [name for name in (BEIJING, METR_LA) if not (folder / name).exists()]
    if missing:
        told = f"no {' or '.join(missing)} in {folder}: set THOANG_DATA to their folder"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(told)
        pytest.skip(told)
    return folder
