"""VN_AQI, hourly and daily, of Decision 1459/QĐ-TCMT of 12 November 2019 [VN1459].

Averages and NowCast are handed in; words for people are in the catalogue.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np

from streams.calc.aqi.index import Index, worst
from streams.calc.aqi.standard import (
    Above,
    Breakpoints,
    Category,
    Row,
    Standard,
    SubIndex,
    Tables,
    beyond,
    categorise,
    interpolate,
    interpolate_one,
)
from streams.calc.fixed import Bool, Int8, Int64

POLLUTANTS: Final = ("pm25", "pm10", "o3", "no2", "so2", "co")
PARTICLES: Final = ("pm25", "pm10")
GASES: Final = ("o3", "no2", "so2", "co")

CATEGORIES: Final = (
    Category("good", 0, 0, 50, "#00E400", "#000000"),
    Category("moderate", 1, 51, 100, "#FFFF00", "#000000"),
    Category("poor", 2, 101, 150, "#FF7E00", "#000000"),
    Category("bad", 3, 151, 200, "#FF0000", "#000000"),
    Category("very_bad", 4, 201, 300, "#8F3F97", "#FFFFFF"),
    Category("hazardous", 5, 301, 500, "#7E0023", "#FFFFFF"),
)
"""[VN1459] Bảng 1; the colours are official, the ink and the codes are ours."""

# [VN1459] Bảng 2, all in µg/m³ (CO too: 10 mg/m³ is 10 000).
_HEAD: Final = ("o3_1h", "o3_8h", "co", "so2", "no2", "pm10", "pm25")
_TABLE: Final[tuple[tuple[int, tuple[int | None, ...]], ...]] = (
    (0, (0, 0, 0, 0, 0, 0, 0)),
    (50, (160, 100, 10_000, 125, 100, 50, 25)),
    (100, (200, 120, 30_000, 350, 200, 150, 50)),
    (150, (300, 170, 45_000, 550, 700, 250, 80)),
    (200, (400, 210, 60_000, 800, 1_200, 350, 150)),
    (300, (800, 400, 90_000, 1_600, 2_350, 420, 250)),
    (400, (1_000, None, 120_000, 2_100, 3_100, 500, 350)),
    (500, (1_200, None, 150_000, 2_630, 3_850, 600, 500)),
)


def _column(place: int, name: str) -> Breakpoints:
    points = [(cells[place], index) for index, cells in _TABLE]
    known = [(cell, index) for cell, index in points if cell is not None]
    rows = tuple(Row(low, high, i, j) for (low, i), (high, j) in pairwise(known))
    whole = len(known) == len(_TABLE)
    return Breakpoints(name, rows, Above.LAST_INDEX if whole else Above.NO_INDEX)


COLUMNS: Final = {name: _column(place, name) for place, name in enumerate(_HEAD)}

STANDARD: Final = Standard("VN_AQI", "VN1459", date(2019, 11, 12), COLUMNS, CATEGORIES)


def sub_index(column: str, concentration: Int64) -> Int64:
    """Sub-index of one column of Bảng 2, rounded half-up.

    I = (I₊ − I₋) / (BP₊ − BP₋) × (C − BP₋) + I₋, Công thức 1 of [VN1459]. At and
    above the last row 500 (the Decision writes only "≥"; see `beyond_scale`);
    above 400 µg/m³ ``o3_8h`` has no sub-index.

    Parameters
    ----------
    column
        One of `COLUMNS`.
    concentration
        [10⁻⁶ µg/m³], any shape, already checked for quality.

    Returns
    -------
    Int64
        0 … 500; `MISSING` where the concentration is missing, negative, or has no
        index.

    Examples
    --------
    >>> int(sub_index("pm25", np.array([55_700_000]))[0])
    110
    """
    return interpolate(_breakpoints(column), concentration)


def beyond_scale(column: str, concentration: Int64) -> Bool:
    """Say where a concentration [10⁻⁶ µg/m³] is above the last row of its column."""
    return beyond(_breakpoints(column), concentration)


def sub_index_of(column: str, concentration: int | Decimal | Fraction) -> SubIndex:
    """Sub-index of one concentration [µg/m³], exact, with the value before rounding.

    Examples
    --------
    >>> sub_index_of("pm25", Decimal("55.7")).raw
    Fraction(219, 2)
    """
    return interpolate_one(_breakpoints(column), concentration)


def category_of(aqi: Int64) -> Int8:
    """Place of each index in `CATEGORIES`; −1 where there is no index."""
    return categorise(CATEGORIES, aqi)


def hourly(means: Mapping[str, Int64], nowcast: Mapping[str, Int64]) -> Index:
    """AQI giờ: gases by their 1-hour mean, particles by their NowCast.

    Parameters
    ----------
    means
        1-hour means [10⁻⁶ µg/m³] by pollutant, shape ``(n,)``. Particles may be among
        them and are not used.
    nowcast
        NowCast [10⁻⁶ µg/m³] of particles, shape ``(n,)``.

    Returns
    -------
    Index
        No index where neither PM2.5 nor PM10 has one (§2.1.b).
    """
    _refuse_unknown(means, POLLUTANTS)
    _refuse_unknown(nowcast, PARTICLES)
    used = {f"{name}_1h" if name == "o3" else name: means[name] for name in means}
    return _combine({**used, **dict.fromkeys(PARTICLES), **nowcast})


def daily(
    mean_24h: Mapping[str, Int64],
    max_1h: Mapping[str, Int64],
    max_8h: Mapping[str, Int64],
) -> Index:
    """AQI ngày: particles by the day's mean, gases by the day's largest hour.

    Ozone has the higher of two sub-indices, that of the largest 1-hour mean and that
    of the largest 8-hour mean; above 400 µg/m³ the 8-hour one is left out.

    Parameters
    ----------
    mean_24h
        24-hour means [10⁻⁶ µg/m³] of particles, shape ``(n,)``.
    max_1h
        Largest 1-hour means of gases, likewise.
    max_8h
        Largest 8-hour mean of ozone (``{"o3": …}``), likewise.
    """
    _refuse_unknown(mean_24h, PARTICLES)
    _refuse_unknown(max_1h, GASES)
    _refuse_unknown(max_8h, ("o3",))
    hours = {f"{name}_1h" if name == "o3" else name: max_1h[name] for name in max_1h}
    return _combine({**hours, "o3_8h": max_8h.get("o3"), **mean_24h})


def _combine(columns: Mapping[str, Int64 | None]) -> Index:
    given = {name: array for name, array in columns.items() if array is not None}
    if not given:
        message = f"no concentration given: pass at least one of {sorted(COLUMNS)}"
        raise ValueError(message)
    indices, above = _tables(tuple(given)).interpolate(np.stack([*given.values()]))
    sub: dict[str, Int64] = {}
    for name, index in zip(given, indices, strict=True):
        pollutant = name.partition("_")[0]
        known = sub.get(pollutant)
        sub[pollutant] = index if known is None else np.maximum(known, index)
    beyond_any: Bool = np.asarray(above.any(axis=0))
    return worst(sub, beyond_any, POLLUTANTS, CATEGORIES, PARTICLES)


@cache
def _tables(columns: tuple[str, ...]) -> Tables:
    return Tables([_breakpoints(column) for column in columns])


def _breakpoints(column: str) -> Breakpoints:
    if column not in COLUMNS:
        message = f"VN_AQI has no column {column!r}; it has {', '.join(COLUMNS)}"
        raise ValueError(message)
    return COLUMNS[column]


def _refuse_unknown(given: Mapping[str, Int64], known: tuple[str, ...]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        message = (
            f"VN_AQI takes {', '.join(known)} here, not {', '.join(unknown)}; "
            "leave other quantities out"
        )
        raise ValueError(message)
