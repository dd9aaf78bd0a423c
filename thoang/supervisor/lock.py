"""Owns the claim of one run on its data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderInUseError(RuntimeError):
    """Another run has the data folder."""


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the data folder; the claim ends with the process, however it ends.

    Raises
    ------
    FolderInUseError
        If another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            owner = file.read(20).strip() or "unknown"
            message = (
                f"data folder {folder} is in use by another `thoang run` "
                f"(process {owner}): stop that one, or take another with --data"
            )
            raise FolderInUseError(message) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
