"""Scaled integers are exact and round a half upwards."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.calc.fixed import MISSING, half_up, micro, to_float

numerators = st.integers(-(10**17), 10**17)
denominators = st.integers(1, 10**12)


@given(numerators, denominators)
def test_half_up_is_the_floor_of_a_half_more(top: int, bottom: int) -> None:
    """The nearest whole number is found, and a half goes up."""
    expected = (Fraction(top, bottom) + Fraction(1, 2)).__floor__()
    assert half_up(top, bottom) == expected


@given(st.lists(st.tuples(numerators, denominators), min_size=1, max_size=20))
def test_arrays_divide_as_scalars_do(pairs: list[tuple[int, int]]) -> None:
    """An array is divided exactly as each of its numbers is."""
    tops, bottoms = np.array(pairs, dtype=np.int64).T
    assert half_up(tops, bottoms).tolist() == [half_up(*pair) for pair in pairs]


@given(st.decimals(-(10**6), 10**6, places=8))
def test_micro_keeps_six_decimals(value: Decimal) -> None:
    """What people write is scaled by a million, the seventh decimal half-up."""
    shifted = value.scaleb(6) + Decimal("0.5")
    assert micro(value) == int(shifted.to_integral_value(ROUND_FLOOR))


def test_missing_becomes_nan() -> None:
    """A missing value is NaN for people, never a number."""
    values = to_float(np.array([55_700_000, MISSING, 0]))
    np.testing.assert_array_equal(values, [55.7, np.nan, 0.0])
