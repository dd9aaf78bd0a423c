"""Owns one running operating-system process: its start, its output, its end."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from thoang.supervisor import guardian
from thoang.supervisor.logs import BoundedLog

_CHUNK = 65_536


class Guard:
    """The guardian process of this run, told of every child."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._groups: set[int] = set()

    async def add(self, group: int) -> None:
        """Have a process group stopped when this run is gone."""
        self._groups.add(group)
        await self._tell(f"+{group}\n")

    async def remove(self, group: int) -> None:
        """Forget a process group that has ended."""
        self._groups.discard(group)
        await self._tell(f"-{group}\n")

    async def close(self) -> None:
        """End the guardian."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            await self._process.wait()

    async def _tell(self, line: str) -> None:
        if self._process is None or self._process.returncode is not None:
            await self._start()
            line = "".join(f"+{group}\n" for group in self._groups)
        assert self._process is not None  # noqa: S101 - for the types
        assert self._process.stdin is not None  # noqa: S101 - for the types
        with contextlib.suppress(OSError):
            self._process.stdin.write(line.encode())
            await self._process.stdin.drain()

    async def _start(self) -> None:
        program = str(Path(guardian.__file__))
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", program),
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )


class Child:
    """A started process, in a process group of its own."""

    def __init__(
        self, process: asyncio.subprocess.Process, output: int, log: BoundedLog
    ) -> None:
        self._process = process
        self._output = output
        self.log = log
        self.pid = process.pid
        asyncio.get_running_loop().add_reader(output, self._read)
        self._ending = asyncio.ensure_future(self._end())

    @classmethod
    async def start(
        cls, command: tuple[str, ...], environment: Mapping[str, str], log: BoundedLog
    ) -> "Child":
        """Start a command; its output goes to `log`.

        Raises
        ------
        OSError
            If there is no such program.
        """
        output, its_end = os.pipe()
        os.set_blocking(output, False)
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=its_end,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        except OSError:
            os.close(output)
            raise
        finally:
            os.close(its_end)
        return cls(process, output, log)

    @property
    def status(self) -> int | None:
        """Exit status once it has ended (negative: the signal); None before."""
        return self._process.returncode if self._ending.done() else None

    @property
    def resident_mb(self) -> float:
        """Resident memory [MB]; 0 once it has ended."""
        try:
            return float(psutil.Process(self.pid).memory_info().rss) / 1e6
        except psutil.Error:
            return 0.0

    async def wait(self) -> None:
        """Wait until it has ended and its output is in the log."""
        await asyncio.shield(self._ending)

    def on_end(self, call: Callable[[], None]) -> None:
        """Have `call` called when it has ended."""
        self._ending.add_done_callback(lambda _: call())

    def terminate(self) -> None:
        """Ask it to stop."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Stop it and what it has started."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def _read(self) -> bool:
        try:
            data = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return False
        if not data:
            asyncio.get_running_loop().remove_reader(self._output)
        self.log.write(data)
        return bool(data)

    async def _end(self) -> None:
        await self._process.wait()
        asyncio.get_running_loop().remove_reader(self._output)
        while self._read():
            pass
        os.close(self._output)
