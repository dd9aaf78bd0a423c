"""Owns the way from [lon, lat] to a picture's grid, and compact SVG paths on it.

Points are whole numbers of a fine grid: neighbours that share a border keep sharing it
after rounding, and whole numbers make short paths.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Cell = tuple[int, int]

FINE = 2
"""Grid cells a picture unit."""


@dataclass(frozen=True, slots=True)
class Plane:
    """An equirectangular picture of a small part of the globe.

    Parameters
    ----------
    west, north
        Upper left corner [°].
    scale_x, scale_y
        Picture units a degree.
    width, height
        Size [picture units].
    """

    west: float
    north: float
    scale_x: float
    scale_y: float
    width: int
    height: int

    def xy(self, point: Point) -> Point:
        """Return a place in picture units, y downwards."""
        x = (point[0] - self.west) * self.scale_x
        y = (self.north - point[1]) * self.scale_y
        return x, y

    def lonlat(self, x: float, y: float) -> Point:
        """Return the place [°] of a point in picture units."""
        return self.west + x / self.scale_x, self.north - y / self.scale_y

    def cell(self, point: Point) -> Cell:
        """Return the grid cell of a place."""
        x, y = self.xy(point)
        return round(x * FINE), round(y * FINE)

    def shows(self, points: Iterable[Point], margin: float = 0) -> bool:
        """Say whether the box around some places [°] touches the picture."""
        xs, ys = zip(*(self.xy(point) for point in points), strict=True)
        return bool(
            max(xs) >= -margin
            and min(xs) <= self.width + margin
            and max(ys) >= -margin
            and min(ys) <= self.height + margin
        )


def plane_of(points: Sequence[Point], width: int, margin: int) -> Plane:
    """Fit a plane of `width` [picture units] around places [°], with a margin.

    Raises
    ------
    ValueError
        When there is no place to fit it around.
    """
    if not points:
        message = "a map needs at least one place with coordinates; got none"
        raise ValueError(message)
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    shrink = math.cos(math.radians((min(lats) + max(lats)) / 2))
    span = max((max(lons) - min(lons)) * shrink, (max(lats) - min(lats)) / 2, 0.01)
    scale = (width - 2 * margin) / span
    height = math.ceil((max(lats) - min(lats)) * scale) + 2 * margin
    middle = (min(lons) + max(lons)) / 2
    return Plane(
        west=middle - width / 2 / (scale * shrink),
        north=max(lats) + margin / scale,
        scale_x=scale * shrink,
        scale_y=scale,
        width=width,
        height=max(height, width // 2),
    )


def ring_path(ring: Sequence[Point], plane: Plane) -> str:
    """Return a closed ring as a relative path on the grid; empty when it is a dot.

    >>> plane = Plane(0, 1, 10, 10, 10, 10)
    >>> ring_path([(0, 1), (1, 1), (1, 0), (0, 0), (0, 1)], plane)
    'M0 0h20v20h-20z'
    """
    cells = _plain([plane.cell(point) for point in ring])
    return f"{_relative(cells[:-1])}z" if len(cells) > 3 else ""  # noqa: PLR2004  # a triangle, closed


def line_path(points: Sequence[Point]) -> str:
    """Return picture points as an open relative path on the grid."""
    return _relative(_plain([(round(x * FINE), round(y * FINE)) for x, y in points]))


def beside(points: Sequence[Point], distance: float) -> list[Point]:
    """Shift a line to its right by `distance` [picture units]: right-hand traffic."""
    shifted = []
    for index, (x, y) in enumerate(points):
        ax, ay = points[max(0, index - 1)]
        bx, by = points[min(len(points) - 1, index + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        shifted.append(
            (x - (by - ay) / length * distance, y + (bx - ax) / length * distance)
        )
    return shifted


def _plain(cells: Sequence[Cell]) -> list[Cell]:
    """Drop repeated cells and those on the straight way between their neighbours."""
    kept: list[Cell] = []
    for cell in cells:
        if kept and kept[-1] == cell:
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], cell):
            kept.pop()
        kept.append(cell)
    return kept


def _straight(a: Cell, b: Cell, c: Cell) -> bool:
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    ahead = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return cross == 0 and ahead >= 0


def _relative(cells: Sequence[Cell]) -> str:
    if not cells:
        return ""
    x, y = cells[0]
    parts = [f"M{x} {y}"]
    for to_x, to_y in cells[1:]:
        parts.append(_step(to_x - x, to_y - y))
        x, y = to_x, to_y
    return "".join(parts)


def _step(dx: int, dy: int) -> str:
    if dy == 0:
        return f"h{dx}"
    if dx == 0:
        return f"v{dy}"
    return f"l{dx}{dy}" if dy < 0 else f"l{dx} {dy}"
