"""Owns finding room on a picture: marks apart from each other, words beside them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Anchor = Literal["start", "end", "middle"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle [picture units]."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Say whether two rectangles overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place; `x` is where `anchor` is, `y` the base line."""

    x: float
    y: float
    anchor: Anchor
    text: str


def spread(
    points: Sequence[tuple[float, float]], gap: float, rounds: int = 60
) -> list[tuple[float, float]]:
    """Push points apart until each two are `gap` from each other, or rounds are over.

    Deterministic; points that have room do not move.
    """
    moved = [list(point) for point in points]
    for _ in range(rounds):
        calm = True
        for i, a in enumerate(moved):
            for j in range(i + 1, len(moved)):
                calm = not _push(a, moved[j], gap, i - j) and calm
        if calm:
            break
    return [(x, y) for x, y in moved]


def _push(a: list[float], b: list[float], gap: float, turn: int) -> bool:
    dx, dy = b[0] - a[0], b[1] - a[1]
    distance = math.hypot(dx, dy)
    if distance >= gap:
        return False
    if distance == 0:
        dx, dy, distance = math.cos(turn), math.sin(turn), 1.0
        shift = gap / 2
    else:
        shift = (gap - distance) / 2 + 0.01
    a[0] -= dx / distance * shift
    a[1] -= dy / distance * shift
    b[0] += dx / distance * shift
    b[1] += dy / distance * shift
    return True


@dataclass(slots=True)
class Room:
    """What is still free on a picture.

    Parameters
    ----------
    width, height
        Size of the picture [units].
    taken
        Rectangles where something already is.
    """

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)

    def take(self, x: float, y: float, reach: float) -> None:
        """Keep a square of half side `reach` around a point free of words."""
        self.taken.append(Box(x - reach, y - reach, x + reach, y + reach))

    def beside(
        self, x: float, y: float, reach: float, text: str, size: float
    ) -> Label | None:
        """Find room for words beside a mark of half width `reach`; None without room.

        Parameters
        ----------
        size
            Font size [units]; a letter is taken to be 0.58 of it wide.
        """
        wide = len(text) * size * 0.58
        base = y + size * 0.35
        places: tuple[tuple[float, float, Anchor], ...] = (
            (x + reach + 2, base, "start"),
            (x - reach - 2, base, "end"),
            (x, y + reach + size, "middle"),
            (x, y - reach - size * 0.3, "middle"),
        )
        for at_x, at_y, anchor in places:
            left = at_x - {"start": 0.0, "end": wide, "middle": wide / 2}[anchor]
            box = Box(left, at_y - size, left + wide, at_y + size * 0.3)
            if self._free(box):
                self.taken.append(box)
                return Label(at_x, at_y, anchor, text)
        return None

    def _free(self, box: Box) -> bool:
        inside = box.left >= 0 and box.right <= self.width
        inside = inside and box.top >= 0 and box.bottom <= self.height
        return inside and not any(box.meets(other) for other in self.taken)
