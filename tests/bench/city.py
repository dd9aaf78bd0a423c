"""A real `thoang run` in a temporary folder, and what can be read off it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from stores.embedded.store import EmbeddedStore
from stores.settings import StoreSettings
from thoang.embedded.ports import free_port

MB = 1_000_000


class Run:
    """A running city.

    Parameters
    ----------
    folder
        Its data folder.
    process
        The supervisor.
    """

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.process = process
        self.began = time.monotonic()

    @property
    def status(self) -> dict[str, Any]:
        """The newest status file, empty before there is one."""
        path = self.folder / "status.json"
        return json.loads(path.read_text()) if path.exists() else {}

    @property
    def page(self) -> str:
        """Address of the page."""
        return f"http://{self.status['addresses']['page'].removeprefix('http://')}"

    @property
    def store(self) -> EmbeddedStore:
        """The run's store."""
        return EmbeddedStore(StoreSettings(path=self.folder / "thoang.sqlite"))

    def get(self, path: str) -> Any:
        """Return an answer of the API, None while there is none."""
        try:
            with urllib.request.urlopen(self.page + path, timeout=10) as answer:
                return json.load(answer)
        except (OSError, KeyError, ValueError):
            return None

    def since(self) -> float:
        """Seconds since the start [s]."""
        return time.monotonic() - self.began

    def until(self, what: Callable[[], Any], within_s: float) -> float:
        """Wait until something holds; return when, in seconds since the start."""
        while not what():
            if self.since() > within_s:
                message = f"not within {within_s} s; see {self.folder}/logs"
                raise TimeoutError(message)
            time.sleep(0.05)
        return self.since()

    def resident_mb(self) -> dict[str, float]:
        """Resident memory by process [MB], the supervisor's own among them."""
        parent = psutil.Process(self.process.pid)
        named = {
            each["pid"]: name for name, each in self.status.get("processes", {}).items()
        }
        found: dict[str, float] = {}
        for each in (parent, *parent.children(recursive=True)):
            name = named.get(each.pid, "supervisor" if each == parent else "other")
            found[name] = found.get(name, 0) + each.memory_info().rss / MB
        return found


@contextmanager
def running(*options: str, environment: dict[str, str] | None = None) -> Iterator[Run]:
    """Run a city; everything is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="thoang-bench-") as folder:
        port = free_port(8000)
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "thoang", "run", "--data", folder),
                *("--port", str(port), *options),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            env=os.environ | (environment or {}),
        )
        try:
            yield Run(Path(folder), process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
