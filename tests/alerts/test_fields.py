"""Durations and bounds, as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.fields import LONGEST_S, Bound, seconds, written


@given(st.integers(0, LONGEST_S))
def test_every_duration_is_read_as_it_was_written(duration: int) -> None:
    """A duration written and read again is the same."""
    assert seconds(written(duration)) == duration


@pytest.mark.parametrize("text", ["", "10", "m", "10 m", "-5m", "1m1h", "8d", "1.5h"])
def test_what_is_no_duration_is_refused_with_the_way_to_write_one(text: str) -> None:
    """A text that is no duration is refused."""
    with pytest.raises(ValueError, match="duration"):
        seconds(text)


@pytest.mark.parametrize("bound", [{}, {"above": 1, "below": 2}])
def test_a_bound_says_exactly_one_thing(bound: dict[str, float]) -> None:
    """None or two of the four words are a mistake."""
    with pytest.raises(ValidationError, match="must say one thing"):
        Bound.model_validate(bound)
