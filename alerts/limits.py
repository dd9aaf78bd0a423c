"""Owns the legal limits that notices compare a concentration with [QCVN05]."""

from typing import Final, NamedTuple

from sensors.reading import MICRO

PM25_SINCE: Final = 1_767_200_400
"""The limit of PM2.5 is in force since 1 January 2026, Viet Nam time [unix s]."""


class Limit(NamedTuple):
    """A mean over `hours` [h] must not pass `value` [10⁻⁶ µg/m³]."""

    hours: int
    value: int


_LIMITS: Final = {
    "pm25": Limit(24, 45 * MICRO),
    "pm10": Limit(24, 100 * MICRO),
    "o3": Limit(1, 200 * MICRO),
    "no2": Limit(1, 200 * MICRO),
    "so2": Limit(1, 350 * MICRO),
    "co": Limit(1, 30_000 * MICRO),
}
"""Of each quantity the limit of the shortest time that has one, [QCVN05] Bảng 1."""


def limit_of(quantity: str, time: int) -> Limit | None:
    """Return the limit of a quantity at `time` [unix s]; None where there is none."""
    if quantity == "pm25" and time < PM25_SINCE:
        return None
    return _LIMITS.get(quantity)
