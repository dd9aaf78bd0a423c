"""Owns how a mistake in a written file is told: where, got, wanted, the way out."""

from collections.abc import Iterable
from dataclasses import dataclass

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake at a place inside the data, before its line is known.

    Parameters
    ----------
    loc
        Keys and indices from the document's root.
    what
        What is wrong, without a full stop.
    got, wanted
        What is there and what should be, short; empty where there is nothing to show.
    way_out
        One sentence that says what to do.
    """

    loc: Loc
    what: str
    got: str = ""
    wanted: str = ""
    way_out: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake at a line of a file.

    Parameters
    ----------
    file
        The file's path as given.
    line
        Line number from 1; 0 when it concerns the file as a whole.
    where
        The place in words, such as ``stations[3] (dt4).lat``.
    what, got, wanted, way_out
        As in `Finding`.
    """

    file: str
    line: int
    where: str
    what: str
    got: str = ""
    wanted: str = ""
    way_out: str = ""

    def __str__(self) -> str:
        """Say it in one line: ``FILE:LINE: where: what; got …; wanted …. Way out.``."""
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: "
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        parts += [f"got {self.got}"] if self.got else []
        parts += [f"wanted {self.wanted}"] if self.wanted else []
        return f"{place}{'; '.join(parts)}. {self.way_out}".rstrip()


class CityError(ValueError):
    """A city file that cannot be used; the message lists every mistake with its line.

    Parameters
    ----------
    mistakes
        At least one, in the order of the file's lines.
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))
