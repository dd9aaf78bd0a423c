"""What is not measured stays not measured through sums and quotients."""

import numpy as np

from streams.calc.floats import average, quotient, total

NAN = np.nan


def test_a_quotient_by_nothing_is_not_measured() -> None:
    """Division by zero, by a negative or by a hole is NaN, without a warning."""
    result = quotient([1.0, 1.0, 1.0, NAN, 6.0], [0.0, -1.0, NAN, 1.0, 2.0])
    np.testing.assert_array_equal(result, [NAN, NAN, NAN, NAN, 3.0])


def test_sums_and_means_skip_holes() -> None:
    """A hole is left out; where all is holes there is no sum and no mean."""
    rows = np.array([[1.0, NAN, 3.0], [NAN, NAN, NAN]])
    np.testing.assert_array_equal(total(rows), [4.0, NAN])
    np.testing.assert_array_equal(average(rows), [2.0, NAN])
