"""Owns the table of formats that a history may be recorded in."""

import zlib
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sensors.replay import beijing, metr_la
from sensors.replay.history import History, HistoryError

FORMATS: Final = MappingProxyType(
    {beijing.NAME: beijing.read_beijing, metr_la.NAME: metr_la.read_metr_la}
)
"""Reader of each format by its name."""


def open_history(path: Path, name: str) -> History:
    """Return the history in `path`, recorded in the format `name`.

    Raises
    ------
    HistoryError
        When there is no such file or format, or the file is not of it.
    """
    read: Callable[[Path], History] | None = FORMATS.get(name)
    if read is None:
        message = f"no format is called {name!r}; use one of {', '.join(FORMATS)}"
        raise HistoryError(message)
    try:
        return read(path)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        message = (
            f"{path} cannot be read as a gzipped CSV: {error}. "
            "Name the file as it was published (….csv.gz)"
        )
        raise HistoryError(message) from error
