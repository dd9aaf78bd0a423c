"""Owns the epoch: which life of the in-memory log an offset belongs to.

A number in the data folder that grows at every start of the embedded Kafka-protocol
broker, so that offset 7 of today is not taken for offset 7 of yesterday.
"""

import os
from pathlib import Path


class EpochError(ValueError):
    """The file of the epoch holds no number."""


class Epoch:
    """The epoch of a data folder.

    Parameters
    ----------
    folder
        The data folder; the number is in its file ``epoch``.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "epoch"

    @property
    def now(self) -> int:
        """The current epoch; 0 before the first start.

        Raises
        ------
        EpochError
            If the file was damaged.
        """
        if not self._path.exists():
            return 0
        text = self._path.read_text(encoding="utf-8", errors="replace").strip()
        if not (text.isascii() and text.isdigit()):
            message = (
                f"{self._path} holds {text[:40]!r}, wanted a whole number: write one "
                "that is higher than any before (1000000 will do)"
            )
            raise EpochError(message)
        return int(text)

    def advance(self) -> int:
        """Begin the next epoch, on disk before it is used."""
        following = self.now + 1
        draft = self._path.with_name("epoch.new")
        with draft.open("w", encoding="ascii") as file:
            file.write(str(following))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        return following
