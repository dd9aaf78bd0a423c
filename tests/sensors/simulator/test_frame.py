"""The calendar of a day's steps."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.simulator.frame import DAY_S, bump, by_date, frame

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


@given(day=st.integers(0, 40_000), step=st.sampled_from([60, 300, 3600]))
def test_steps_know_their_local_hour_and_weekday(day: int, step: int) -> None:
    """What a step says of its local time is what the zone says."""
    steps = frame(day, step, HERE)
    assert steps.steps == len(steps.hour) == DAY_S // step
    for k in (0, steps.steps // 2, steps.steps - 1):
        local = datetime.fromtimestamp(float(steps.middle[k]), UTC).astimezone(HERE)
        hour = local.hour + local.minute / 60 + local.second / 3600
        assert steps.hour[k] == pytest.approx(hour)
        assert steps.weekday[k] == local.weekday()
        assert steps.date[k] == local.date().toordinal() - 719_163


def test_dates_are_drawn_once_each() -> None:
    """All steps of a local date share its draw."""
    steps = frame(20_000, 3600, HERE)
    drawn = by_date(steps.date, float)
    assert set(drawn) == {20_000.0, 20_001.0}
    assert np.array_equal(drawn, steps.date)


@given(hour=st.floats(0, 24), centre=st.floats(0, 24))
def test_a_bump_goes_around_midnight(hour: float, centre: float) -> None:
    """A bell at 23 h is as high at 1 h as at 21 h."""
    x = np.array([hour, centre])
    values = bump(x, centre, 2.0)
    assert values[1] == 1.0
    assert 0.0 <= values[0] <= 1.0
    assert bump(np.array([1.0]), 23.0, 2.0) == bump(np.array([21.0]), 23.0, 2.0)
