"""Owns the steps of a day and what the calendar says of them; knows no weather."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sensors.simulator.noise import Floats

DAY_S: Final = 86_400
_YEAR_D: Final = 365.2425
_EPOCH_WEEKDAY: Final = 3  # 1 January 1970 was a Thursday
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Frame:
    """One UTC day in equal steps; step i covers [start + i·step, start + (i+1)·step).

    Parameters
    ----------
    day
        Day since 1970 [d, UTC].
    step_s
        Length of a step [s].
    middle
        Middle of each step [unix s].
    local
        The same in seconds of local time since 1970 [s].
    hour
        Local time of day, 0 to 24 [h].
    weekday
        0 Monday to 6 Sunday, local.
    """

    day: int
    step_s: int
    middle: Floats
    local: Floats
    hour: Floats
    weekday: NDArray[np.int64]

    @property
    def steps(self) -> int:
        """Steps in the day."""
        return DAY_S // self.step_s

    @property
    def weekend(self) -> NDArray[np.bool_]:
        """Whether a step is on a Saturday or Sunday."""
        return self.weekday >= _SATURDAY

    @property
    def date(self) -> NDArray[np.int64]:
        """Local date of each step, as days since 1970."""
        return np.floor_divide(self.local, DAY_S).astype(np.int64)

    @property
    def summer(self) -> float:
        """1 at the end of June, −1 at the end of December."""
        return -float(np.cos(2 * np.pi * ((self.day + 10) % _YEAR_D) / _YEAR_D))


def frame(day: int, step_s: int, zone: ZoneInfo) -> Frame:
    """Return the steps of a UTC day seen from a time zone."""
    steps = np.arange(DAY_S // step_s, dtype=np.float64)
    middle: Floats = day * DAY_S + step_s * (steps + 0.5)
    noon = datetime.fromtimestamp(day * DAY_S + DAY_S / 2, UTC).astimezone(zone)
    offset = noon.utcoffset()
    local: Floats = middle + (offset.total_seconds() if offset else 0.0)
    days = np.floor_divide(local, DAY_S).astype(np.int64)
    return Frame(
        day=day,
        step_s=step_s,
        middle=middle,
        local=local,
        hour=(local - days * DAY_S) / 3600.0,
        weekday=(days + _EPOCH_WEEKDAY) % 7,
    )


def by_date(dates: NDArray[np.int64], draw: Callable[[int], float]) -> Floats:
    """Return for each step what `draw` says of its date."""
    known, where = np.unique(dates, return_inverse=True)
    return np.array([draw(int(date)) for date in known], np.float64)[where]


def bump(hour: Floats, centre: float, width: float) -> Floats:
    """Return a bell of height 1 around an hour of the day, around midnight too."""
    apart = (hour - centre + 12.0) % 24.0 - 12.0
    return np.exp(-0.5 * (apart / width) ** 2)
