"""Owns where an index stands on the strip of six categories, each equally wide."""

from dataclasses import dataclass

from streams.calc.aqi.vn import CATEGORIES


@dataclass(frozen=True, slots=True)
class Band:
    """A category's part of the strip [picture units]."""

    code: str
    x: float
    width: float
    lowest: int
    current: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """The strip with the place of the index on it."""

    bands: tuple[Band, ...]
    width: int
    pin: float | None


def strip(aqi: int | None, width: int = 300) -> Strip:
    """Draw the six categories and where an index is; nowhere where there is none."""
    each = width / len(CATEGORIES)
    bands = []
    pin = None
    for place, category in enumerate(CATEGORIES):
        below = CATEGORIES[place - 1].highest if place else 0
        here = aqi is not None and category.lowest <= aqi <= category.highest
        if here and aqi is not None:
            share = (aqi - below) / (category.highest - below)
            pin = round(min(max(place * each + share * each, 4), width - 4), 1)
        bands.append(Band(category.code, place * each, each, below, here))
    return Strip(tuple(bands), width, pin)
