"""Owns the channel that writes notices as lines of JSON to a file."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from alerts.notice import Notice
from alerts.notifiers.protocol import NotifierUnavailable

RETRY_S = 10.0


class FileNotifier:
    """Appends each notice as one line of JSON, on the disk before `send` returns.

    Parameters
    ----------
    path
        The file; it is made where it does not exist.
    channel
        The channel's name.
    """

    leaves_machine = False

    def __init__(self, path: Path, channel: str = "log") -> None:
        self._path = path
        self.channel = channel

    async def send(self, notice: Notice) -> None:
        """Write the notice."""
        try:
            await asyncio.to_thread(self._append, msgspec.json.encode(notice))
        except OSError as error:
            message = f"cannot write notices to {self._path}: {error.strerror}"
            raise NotifierUnavailable(message, RETRY_S) from error

    async def expire(self, city: str, areas: Sequence[str], now: int) -> None:
        """Do nothing: lines that were written stay."""

    def _append(self, line: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
