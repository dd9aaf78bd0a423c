"""Owns the legal limits of ambient air [QCVN05] and what is over them.

VN_AQI ≤ 100 is not the legal limit: 24-hour PM2.5 may be 45 µg/m³ since 2026, and
VN_AQI 100 is 50 µg/m³.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.calc.averaging import DAY_HOURS, DAY_HOURS_LEAST, HOUR_S
from streams.calc.fixed import MICRO, half_up
from streams.results import AirQuality


@dataclass(frozen=True, slots=True)
class Limit:
    """A concentration [µg/m³] that a mean over `hours` must not pass."""

    quantity: str
    hours: int
    value: int


LIMITS = (
    Limit("pm25", 24, 45),
    Limit("pm10", 24, 100),
    Limit("so2", 24, 125),
    Limit("no2", 24, 100),
    Limit("so2", 1, 350),
    Limit("co", 1, 30_000),
    Limit("no2", 1, 200),
    Limit("o3", 1, 200),
)
"""[QCVN05] Bảng 1, the limits of one hour and of 24; PM2.5 as in force since 2026."""


@dataclass(frozen=True, slots=True)
class Excess:
    """A mean [10⁻⁶ µg/m³] over its limit."""

    limit: Limit
    mean: int


def over_limits(records: Sequence[AirQuality]) -> tuple[Excess, ...]:
    """Find the limits that the newest final hour and the 24 hours up to it are over.

    Parameters
    ----------
    records
        Hourly results of one station, oldest first; provisional ones are left out.
        24-hour means need 18 valid hours.
    """
    final = [record for record in records if not record.provisional]
    if not final:
        return ()
    end = final[-1].end
    day = [r for r in final if r.start >= end - DAY_HOURS * HOUR_S]
    found = []
    for limit in LIMITS:
        hours = day if limit.hours == DAY_HOURS else final[-1:]
        least = DAY_HOURS_LEAST if limit.hours == DAY_HOURS else 1
        mean = mean_of((r.means.get(limit.quantity) for r in hours), least)
        if mean is not None and mean > limit.value * MICRO:
            found.append(Excess(limit, mean))
    return tuple(found)


def mean_of(values: Iterable[int | None], least: int) -> int | None:
    """Average what is there [10⁻⁶ unit]; None where fewer than `least` are."""
    known = [value for value in values if value is not None]
    return half_up(sum(known), len(known)) if len(known) >= least else None
