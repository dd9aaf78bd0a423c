"""Owns units: which a quantity may come in, and their way to the canonical one.

A value is converted once, at the edge, to whole 10⁻⁶ of the canonical unit. Gases go
from volume to mass at 25 °C and 1 atm with the customary molar volume of 24.45 L/mol,
the reference state of QCVN 05:2023 [QCVN05].
"""

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from sensors.reading import MICRO, Quantity

MOLAR_VOLUME: Final = Fraction("24.45")
"""Volume of one mole of gas at 25 °C and 1 atm [L/mol], as customary [QCVN05]."""

MOLAR_MASS: Final = MappingProxyType(
    {
        "o3": Fraction("48.00"),
        "no2": Fraction("46.01"),
        "so2": Fraction("64.07"),
        "co": Fraction("28.01"),
    }
)
"""Molar masses [g/mol]."""

_MILE: Final = Fraction("1.609344")
_FACTORS: Final = MappingProxyType(
    {
        "µg/m³": {
            "ug/m3": Fraction(1),
            "ug/nm3": Fraction(1),
            "mg/m3": Fraction(1000),
            "mg/nm3": Fraction(1000),
            "ng/m3": Fraction(1, 1000),
        },
        "°C": {
            "°c": Fraction(1),
            "c": Fraction(1),
            "°f": Fraction(5, 9),
            "f": Fraction(5, 9),
            "k": Fraction(1),
        },
        "%": {"%": Fraction(1), "fraction": Fraction(100), "‰": Fraction(1, 10)},
        "hPa": {
            "hpa": Fraction(1),
            "mbar": Fraction(1),
            "pa": Fraction(1, 100),
            "kpa": Fraction(10),
            "mmhg": Fraction("1.33322387415"),
            "inhg": Fraction("33.86388640341"),
        },
        "m/s": {
            "m/s": Fraction(1),
            "km/h": Fraction(10, 36),
            "mi/h": _MILE / Fraction("3.6"),
            "kn": Fraction(1852, 3600),
        },
        "°": {"°": Fraction(1), "deg": Fraction(1)},
        "mm": {"mm": Fraction(1), "cm": Fraction(10), "in": Fraction("25.4")},
        "1": {"1": Fraction(1), "veh": Fraction(1)},
        "fraction": {
            "fraction": Fraction(1),
            "1": Fraction(1),
            "%": Fraction(1, 100),
            "‰": Fraction(1, 1000),
        },
        "km/h": {
            "km/h": Fraction(1),
            "m/s": Fraction("3.6"),
            "mi/h": _MILE,
        },
    }
)
_OFFSETS: Final = MappingProxyType(
    {
        "°f": Fraction(-160, 9),
        "f": Fraction(-160, 9),
        "k": Fraction("-273.15"),
    }
)
_SPELLINGS: Final = MappingProxyType(
    {
        "mph": "mi/h",
        "kmh": "km/h",
        "kph": "km/h",
        "km/hr": "km/h",
        "celsius": "°c",
        "degc": "°c",
        "fahrenheit": "°f",
        "degf": "°f",
        "kelvin": "k",
        "percent": "%",
        "permille": "‰",
        "kt": "kn",
        "knots": "kn",
        "degrees": "deg",
        "vehicles": "veh",
        "l/m2": "mm",
    }
)


class UnitError(ValueError):
    """A unit that a quantity cannot come in; the message lists those it can."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The way from a number in some unit to micro-units of the canonical one.

    Parameters
    ----------
    factor, offset
        Micro-units are ``number × factor + offset``, rounded to the nearest whole
        (a tie, which only decimals beyond the sixth place can give, to even).

    Notes
    -----
    In the canonical unit, and in one that is a whole multiple of it, a number written
    with at most six decimals of the canonical unit and below 2·10⁹ becomes exactly
    that decimal: reading it and multiplying err by at most two halves of the last
    binary place, together less than half a micro-unit.
    """

    factor: float
    offset: float

    def micro(self, number: float) -> int:
        """Return `number` in whole micro-units.

        Raises
        ------
        OverflowError, ValueError
            When it is infinite, not a number, or too large for a float.

        Examples
        --------
        >>> Scale(1e6, 0.0).micro(35.7)
        35700000
        """
        return round(number * self.factor + self.offset)


def scale(quantity: Quantity, unit: str | None = None) -> Scale:
    """Return how numbers of `quantity` in `unit` become micro-units.

    Parameters
    ----------
    quantity
        What is measured.
    unit
        As written by a device or a city file, in any usual spelling; None for the
        canonical unit.

    Raises
    ------
    UnitError
        When the quantity cannot come in that unit.

    Examples
    --------
    >>> from sensors.reading import BY_NAME
    >>> scale(BY_NAME["so2"], "ppb").micro(100)
    262044990
    >>> scale(BY_NAME["co"], "mg/m³").micro(1.25)
    1250000000
    """
    name = _plain(quantity.unit if unit is None else unit)
    factor = _factors(quantity).get(name)
    if factor is None:
        message = (
            f"unit {str(unit)[:40]!r} of {quantity.name} is not known; wanted "
            f"{' or '.join(units_of(quantity))}"
        )
        raise UnitError(message)
    offset = _OFFSETS.get(name, Fraction(0)) if quantity.unit == "°C" else Fraction(0)
    return Scale(float(factor * MICRO), float(offset * MICRO))


def units_of(quantity: Quantity) -> tuple[str, ...]:
    """Return the units that `quantity` can come in, in one plain spelling each."""
    return tuple(_factors(quantity))


def _factors(quantity: Quantity) -> dict[str, Fraction]:
    known = dict(_FACTORS[quantity.unit])
    mass = MOLAR_MASS.get(quantity.name)
    if mass is not None:
        known |= {
            "ppb": mass / MOLAR_VOLUME,
            "ppm": 1000 * mass / MOLAR_VOLUME,
        }
    return known


def _plain(unit: str) -> str:
    """Return one spelling for all that look alike: ``µg/m³``, ``μg/m3``, ``ug/m^3``."""
    folded = unicodedata.normalize("NFKC", unit).lower().replace("μ", "u")
    name = folded.replace("^", "").replace(" ", "")
    return _SPELLINGS.get(name, name)
