"""Owns what is prepared once a device, so that a message costs look-ups only."""

from dataclasses import dataclass, field
from difflib import get_close_matches

from sensors.city import City
from sensors.city.device import Device
from sensors.decoders.refusal import Reason, Refusal, quote
from sensors.quality import RANGES, SENTINELS_FROM, assess
from sensors.reading import BY_NAME, LIMIT, MICRO, Flag, Quantity
from sensors.topic import Topic
from sensors.units import Scale, UnitError, scale

_BOUND = float(LIMIT * MICRO)
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Gauge:
    """How numbers of one quantity in one unit become values and flags.

    Parameters
    ----------
    quantity
        What is measured.
    code
        Its number on the wire.
    factor, offset
        As in `sensors.units.Scale`.
    low, high
        The good range [10⁻⁶ of the canonical unit].
    whole
        Whether only whole numbers make sense.
    """

    quantity: Quantity
    code: int
    factor: float
    offset: float
    low: float
    high: float
    whole: bool

    def read(self, raw: object) -> tuple[int, int]:
        """Return the value [10⁻⁶ of the canonical unit] and the flag of a JSON value.

        Raises
        ------
        Refusal
            ``not_a_number``, ``not_finite``, ``out_of_bounds``.
        """
        if type(raw) is float or type(raw) is int:
            try:
                micro = raw * self.factor + self.offset
            except OverflowError:
                raise self._out_of_bounds(raw) from None
            if self.low <= micro <= self.high and raw < SENTINELS_FROM:
                value = round(micro)
                odd = self.whole and value % MICRO
                return value, Flag.FAIL if odd else Flag.GOOD
            if -_BOUND <= micro <= _BOUND:
                value = round(micro)
                return value, assess(self.quantity.name, raw, value)
            if raw - raw == 0:  # neither infinite nor NaN
                raise self._out_of_bounds(raw)
            detail = (
                f"{self.quantity.name} is {raw}, not a finite number. Have the device "
                "leave out what it did not measure, or correct and replay"
            )
            raise Refusal(Reason.NOT_FINITE, detail)
        detail = (
            f"{self.quantity.name} is {quote(raw)}; wanted a JSON number such as 35.7. "
            "Have the device leave out what it did not measure, or correct and replay"
        )
        raise Refusal(Reason.NOT_A_NUMBER, detail)

    def _out_of_bounds(self, raw: float) -> Refusal:
        detail = (
            f"{self.quantity.name} is {quote(raw)}; its magnitude must be at most "
            f"{LIMIT:.0e} {self.quantity.unit}. Look after the instrument or its driver"
        )
        return Refusal(Reason.OUT_OF_BOUNDS, detail)


def gauge(quantity: Quantity, way: Scale) -> Gauge:
    """Return the gauge of a quantity in the unit that `way` converts from."""
    good = RANGES[quantity.name]
    return Gauge(
        quantity=quantity,
        code=quantity.code,
        factor=way.factor,
        offset=way.offset,
        low=good.suspect_below * MICRO,
        high=good.suspect_above * MICRO,
        whole=quantity.name.startswith("count"),
    )


@dataclass(frozen=True, slots=True)
class Source:
    """One device, ready to decode its messages.

    Parameters
    ----------
    row
        Its number in the city's order of devices.
    device
        As in the city file.
    shift
        What is added to a message's time to give the end of a period that the
        device marks by its start: 1 period, else 0.
    gauges
        By name of a quantity, in the units that the city file gives the device.
    other
        By name and unit, what messages asked for themselves; fills up as they come,
        to a limit.
    """

    row: int
    device: Device
    shift: int
    gauges: dict[str, Gauge]
    other: dict[tuple[str, str], Gauge] = field(default_factory=dict)

    def gauge(self, name: str, unit: object = None) -> Gauge:
        """Return the gauge of a quantity by name, in `unit` or the device's own.

        Raises
        ------
        Refusal
            ``unknown_quantity`` or ``wrong_unit``.
        """
        known = self.gauges.get(name)
        if known is None:
            raise self._unknown(name)
        if unit is None:
            return known
        if type(unit) is not str:
            raise _wrong_unit(name, f"unit {quote(unit)} is not text")
        found = self.other.get((name, unit))
        if found is None:
            try:
                found = gauge(known.quantity, scale(known.quantity, unit))
            except UnitError as error:
                raise _wrong_unit(name, str(error)) from None
            if len(self.other) < _REMEMBERED:
                self.other[name, unit] = found
        return found

    def _unknown(self, name: str) -> Refusal:
        near = get_close_matches(name[:40].lower().replace(".", ""), self.gauges, n=1)
        meant = f"; perhaps {near[0]} was meant" if near else ""
        detail = (
            f"{quote(name)} is no quantity of {self.device.kind} devices{meant}. "
            f"Known: {', '.join(self.gauges)}. Rename it at the device, or correct "
            "and replay"
        )
        return Refusal(Reason.UNKNOWN_QUANTITY, detail)


def _wrong_unit(name: str, why: str) -> Refusal:
    detail = f"{name}: {why}. Have the device send one of these, or correct and replay"
    return Refusal(Reason.WRONG_UNIT, detail)


def sources(city: City) -> dict[str, Source]:
    """Return every device of a city by its topic, numbered in the city's order.

    Raises
    ------
    UnitError
        When the city file gives a device a unit that its quantity cannot come in.
    """
    return {
        str(Topic(city.id, device.kind, (device.id,))): _source(row, device)
        for row, device in enumerate(city.devices)
    }


def _source(row: int, device: Device) -> Source:
    gauges = {
        quantity.name: gauge(quantity, _scale(device, quantity))
        for quantity in BY_NAME.values()
        if quantity.kind == device.kind
    }
    shift = 1 if device.time_marks == "start" else 0
    return Source(row=row, device=device, shift=shift, gauges=gauges)


def _scale(device: Device, quantity: Quantity) -> Scale:
    try:
        return scale(quantity, device.units.get(quantity.name))
    except UnitError as error:
        message = f"device {device.id} in the city file: {error}"
        raise UnitError(message) from None
