"""Owns what every recorded history gives: its city, and messages in order of time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from sensors.city import City


class HistoryError(ValueError):
    """A file that is not a history of its format: where, got, wanted, way out."""

    @classmethod
    def at(cls, path: Path, line: int, what: str) -> Self:
        """Return the error of a line of a file."""
        return cls(
            f"{path}, line {line}: {what}. Name the file's own format with --format, "
            "or get the file anew"
        )


class Message(NamedTuple):
    """What one device publishes."""

    topic: str
    payload: bytes


class Step(NamedTuple):
    """Everything whose interval ends at the same time.

    Parameters
    ----------
    end
        That time [unix s].
    messages
        One a device, in the order of the file; none where nothing was measured.
    """

    end: int
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class History:
    """A recorded history.

    Parameters
    ----------
    city
        The city derived from it: always the same for the same file.
    tick_s
        How densely event time must be told while nothing comes [s].
    messages
        How many messages it holds.
    readings
        How many values these hold.
    steps
        Reads it once more from the beginning, in order of time.
    """

    city: City
    tick_s: int
    messages: int
    readings: int
    steps: Callable[[], Iterator[Step]]
