"""`thoang run` with real brokers and stand-ins for our own processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiokafka import AIOKafkaProducer

pytestmark = pytest.mark.embedded
ROOT = Path(__file__).parents[3]
STAND_IN = """
import http.server, os, pathlib, sys, time
name = {"simulate": "simulator"}.get(sys.argv[1], sys.argv[1])
data = pathlib.Path(os.environ["THOANG_DATA_DIR"])
print(name, "epoch", os.environ["THOANG_KAFKA__EPOCH"])
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/v1/health" else 404)
        self.end_headers()
if name == "simulator":
    (data / "fill.json").write_text('{"done": 5, "total": 5}')
(data / "ready" / name).touch()
if name == "web":
    port = int(os.environ["THOANG_WEB__PORT"])
    http.server.HTTPServer(("127.0.0.1", port), Health).serve_forever()
time.sleep(600)
"""
DRIVER = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import typer
from thoang.commands.run import run_command
from thoang.embedded.kafka import Topic
from thoang.supervisor.plan import Wiring
async def drained(bootstrap, epoch):
    return True
app = typer.Typer()
app.command()(run_command(lambda _run: Wiring((Topic("readings", 12),), drained)))
app()
"""


class Run:
    """A run in a folder of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        package = folder / "thoang"
        package.mkdir()
        real = str(ROOT / "thoang")
        (package / "__init__.py").write_text(f"__path__.append({real!r})", "utf-8")
        (package / "__main__.py").write_text(STAND_IN, "utf-8")
        (folder / "driver.py").write_text(DRIVER, "utf-8")
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "driver.py", "--data", "data", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
        )

    def status(self) -> dict[str, Any]:
        """Return the newest status; {} before the first."""
        try:
            status = json.loads((self.folder / "data/status.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return dict(status)

    def wait(self, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Wait until the status fulfils a condition."""
        end = time.monotonic() + 60
        while not condition(status := self.status()):
            assert self.process.poll() is None, self.process.stdout
            assert time.monotonic() < end, status
            time.sleep(0.05)
        return status

    def all_ready(self) -> dict[str, Any]:
        """Wait until every process is ready."""
        return self.wait(is_all_ready)

    def stop(self, number: int = signal.SIGINT) -> tuple[str, float]:
        """Send a signal; return what was printed and how long the end took [s]."""
        begin = time.monotonic()
        self.process.send_signal(number)
        printed, _ = self.process.communicate(timeout=20)
        return printed, time.monotonic() - begin


def is_all_ready(status: dict[str, Any]) -> bool:
    """Whether a status shows every process ready."""
    processes = status.get("processes", {})
    return bool(processes) and all(
        process["state"] == "ready" for process in processes.values()
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder, and check that no process of it is left."""
    yield tmp_path
    left = [
        process.cmdline()
        for process in psutil.process_iter()
        if process.status() != psutil.STATUS_ZOMBIE
        and any(str(tmp_path) in word for word in process.cmdline())
    ]
    assert left == []


def test_run_shows_the_page_and_stops_within_five_seconds(folder: Path) -> None:
    """Everything gets ready, the page is announced, Ctrl-C ends it in good order."""
    run = Run(folder)
    status = run.all_ready()
    printed, seconds = run.stop()
    assert run.process.returncode == 0
    assert seconds < 5.5
    page = status["addresses"]["page"]
    assert printed[printed.index("http://") :].startswith(page + "\n")
    assert set(status["processes"]) == {
        *("mqtt", "kafka", "bridge", "worker", "writer", "notifier", "web"),
        "simulator",
    }
    assert status["epoch"] == 1
    assert "stopped; `thoang run` goes on" in printed


def test_killed_broker_comes_back_with_the_next_epoch(folder: Path) -> None:
    """Who depends on it starts anew with that epoch; it is told in words."""
    run = Run(folder)
    status = run.all_ready()
    os.kill(status["processes"]["kafka"]["pid"], signal.SIGKILL)
    run.wait(lambda status: status["epoch"] == 2)
    after = run.all_ready()
    printed, _ = run.stop(signal.SIGTERM)
    assert after["processes"]["worker"]["pid"] != status["processes"]["worker"]["pid"]
    assert after["processes"]["web"]["pid"] == status["processes"]["web"]["pid"]
    assert "the records it held in memory are gone" in printed
    log = (folder / "data/logs/worker.log").read_text("utf-8")
    assert log.splitlines()[-1] == "worker epoch 2"


def test_broker_over_its_limit_is_swapped(folder: Path) -> None:
    """Full of records that were all taken, it starts anew, empty, in the next epoch."""
    run = Run(folder, "--broker-memory-mb", "50")
    status = run.all_ready()
    asyncio.run(fill(status["addresses"]["kafka"], megabytes=40))
    run.wait(lambda status: status["swaps"] == 1)
    after = run.all_ready()
    printed, _ = run.stop()
    assert after["epoch"] == 2
    assert after["processes"]["kafka"]["rss_mb"] < 40
    assert [process["restarts"] for process in after["processes"].values()] == [0] * 8
    assert "swapping the Kafka-protocol broker" in printed
    assert "swapped it in" in printed


async def fill(bootstrap: str, *, megabytes: int) -> None:
    """Send records of 1 MB."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=2_000_000)
    await producer.start()
    for number in range(megabytes):
        await producer.send_and_wait("readings", b"x" * 10**6, partition=number % 12)
    await producer.stop()


def test_second_run_in_the_same_folder_is_refused(folder: Path) -> None:
    """The first goes on; the second says what to do."""
    run = Run(folder)
    run.wait(bool)
    second = subprocess.run(
        [sys.executable, "driver.py", "--data", "data"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 2
    assert f"process {run.process.pid}" in second.stderr
    run.stop()
