"""Owns a process's log file, bounded in size."""

from pathlib import Path
from typing import BinaryIO

LIMIT = 5 * 2**20
"""Bytes of log kept of a process: half in NAME.log, half in NAME.log.1 [B]."""
_TAIL = 4_096


class BoundedLog:
    """Appends to a file and moves it aside when half of the limit is reached.

    Parameters
    ----------
    path
        The file; the older half goes to the same name with ``.1``.
    limit
        Of both together [B].
    """

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self._path = path
        self._half = limit // 2
        self._tail = b""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("ab", buffering=0)
        self._size = self._file.tell()

    def write(self, data: bytes) -> None:
        """Append bytes as they came."""
        self._tail = (self._tail + data)[-_TAIL:]
        for at in range(0, len(data), self._half):
            part = data[at : at + self._half]
            if self._size + len(part) > self._half:
                self._turn()
            self._file.write(part)
            self._size += len(part)

    def last_line(self) -> str:
        """Return the last line that was written in this run and is not blank."""
        text = self._tail.decode("utf-8", errors="replace").strip()
        return text.rpartition("\n")[2].strip()

    def tail(self, lines: int = 12) -> str:
        """Return the last lines that were written in this run."""
        text = self._tail.decode("utf-8", errors="replace").strip()
        return "\n".join(text.splitlines()[-lines:])

    def close(self) -> None:
        """Give back the file."""
        self._file.close()

    def _turn(self) -> None:
        self._file.close()
        self._path.replace(self._path.with_name(self._path.name + ".1"))
        self._file = self._path.open("ab", buffering=0)
        self._size = 0
