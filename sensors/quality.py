"""Owns the plausibility of one value by itself: a flag, never a change or deletion.

Checks that need more than the value (spikes, stuck values, neighbours) belong to later
stages. Flags are QARTOD's [QARTOD]; of its tests this is the gross range test.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sensors.reading import MICRO, QUANTITIES, Flag

SENTINELS: Final = frozenset(
    {
        *(-99.0, -99.9, -999.0, -999.9, -9999.0, -9999.9),
        *(9999.0, 9999.9, 99_999.0, 999_999.0),
        *(-32_768.0, 32_767.0, 65_535.0),
    }
)
"""Numbers by which instruments and loggers say "no value", before any conversion."""

SENTINELS_FROM: Final = 9_999
"""Smallest sentinel that can lie in a good range (999 µg/m³ may well be smoke)."""


@dataclass(frozen=True, slots=True)
class Range:
    """Gross range of a quantity [canonical unit], ends included.

    Parameters
    ----------
    fail_below, suspect_below, suspect_above, fail_above
        A value in [suspect_below, suspect_above] is good, one outside
        [fail_below, fail_above] fails, what lies between is suspect.
    """

    fail_below: float
    suspect_below: float
    suspect_above: float
    fail_above: float

    def flag(self, number: float) -> Flag:
        """Return the flag of a value [canonical unit].

        Examples
        --------
        >>> RANGES["pm25"].flag(-0.4).name, RANGES["pm25"].flag(-30).name
        ('SUSPECT', 'FAIL')
        """
        if self.suspect_below <= number <= self.suspect_above:
            return Flag.GOOD
        if self.fail_below <= number <= self.fail_above:
            return Flag.SUSPECT
        return Flag.FAIL


# Reference instruments read a little below zero in clean air: suspect, not failed.
# The upper ends leave room above the last row of VN_AQI, which is no instrument's end.
_COUNT: Final = Range(0, 0, 5_000, 10_000)
_SPEED: Final = Range(0, 0, 180, 250)
RANGES: Final = MappingProxyType(
    {
        "pm25": Range(-5, 0, 1_000, 2_000),
        "pm10": Range(-5, 0, 2_000, 6_000),
        "pm1": Range(-5, 0, 1_000, 2_000),
        "o3": Range(-10, 0, 1_200, 2_500),
        "no2": Range(-10, 0, 3_850, 8_000),
        "so2": Range(-10, 0, 2_630, 8_000),
        "co": Range(-250, 0, 150_000, 300_000),
        "temperature": Range(-40, -30, 55, 65),
        "humidity": Range(0, 0, 100, 105),
        "pressure": Range(500, 850, 1_060, 1_100),
        "wind_speed": Range(0, 0, 50, 100),
        "wind_direction": Range(0, 0, 360, 360),
        "rain": Range(0, 0, 200, 1_000),
        "count": _COUNT,
        "count_motorcycle": _COUNT,
        "count_car": _COUNT,
        "count_bus": _COUNT,
        "count_truck": _COUNT,
        "count_bicycle": _COUNT,
        "count_other": _COUNT,
        # Motorcycles side by side give a little more than 1.
        "occupancy": Range(0, 0, 1, 1.25),
        "speed_harmonic": _SPEED,
        "speed_arithmetic": _SPEED,
    }
)
"""Gross range by quantity."""

if set(RANGES) != {quantity.name for quantity in QUANTITIES}:  # pragma: no cover
    raise AssertionError(set(RANGES) ^ {quantity.name for quantity in QUANTITIES})


def assess(quantity: str, sent: float, micro: int) -> Flag:
    """Return the flag of one value.

    Parameters
    ----------
    quantity
        Name of what is measured.
    sent
        The number as it was sent, in the sender's unit.
    micro
        The value [10⁻⁶ of the canonical unit].

    Returns
    -------
    Flag
        ``FAIL`` for a sentinel, for a value outside the gross range and for a count
        that is no whole number; ``SUSPECT`` for an odd but possible one; else
        ``GOOD``.
    """
    if sent in SENTINELS:
        return Flag.FAIL
    if quantity.startswith("count") and micro % MICRO:
        return Flag.FAIL
    return RANGES[quantity].flag(micro / MICRO)
