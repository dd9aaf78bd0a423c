"""The fundamental diagram."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.simulator.episode import Incident
from sensors.simulator.flow import (
    AT_CAPACITY,
    LOWEST,
    PACKED,
    congested_flow,
    flow_of,
    occupancy,
    ratio_of,
)

LOADS = st.floats(0, 3)


@given(one=LOADS, other=LOADS)
def test_more_demand_is_never_faster(one: float, other: float) -> None:
    """Speed falls with demand, between free flow and the slowest peak."""
    low, high = ratio_of(np.array(sorted([one, other])))
    assert 1.0 >= low >= high >= LOWEST


def test_speed_is_continuous_at_capacity() -> None:
    """The branches of the diagram meet."""
    below, above = ratio_of(np.array([1.0 - 1e-9, 1.0 + 1e-9]))
    assert below == pytest.approx(above, abs=1e-6)
    assert below == pytest.approx(AT_CAPACITY)


@given(load=LOADS, ratio=st.floats(0.02, 1.0), free=st.floats(20, 100))
def test_density_never_exceeds_standstill(
    load: float, ratio: float, free: float
) -> None:
    """Flow ÷ speed is a density that fits on the road, and flow is within capacity."""
    flow = flow_of(np.array(load), np.array(ratio), np.array(free))
    assert 0.0 <= flow <= congested_flow(np.array(AT_CAPACITY * free)) + 1e-9
    assert flow / (ratio * free) < PACKED


@given(
    counts=st.lists(st.integers(0, 40), min_size=2, max_size=2),
    speed=st.floats(2, 90),
)
def test_occupancy_is_length_over_speed(counts: list[int], speed: float) -> None:
    """Occupancy is Σ n·(length + zone) ÷ v ÷ T, and at most 1."""
    share = occupancy(np.array(counts), np.array([2.0, 8.0]), np.array(speed), 60.0)
    wanted = (counts[0] * 4.0 + counts[1] * 10.0) / (speed / 3.6) / 60.0
    assert float(share) == pytest.approx(min(wanted, 1.0))


def test_a_queue_grows_upstream_and_dissolves_from_its_head() -> None:
    """A kilometre back the queue comes 5 min later and goes 200 s later."""
    jam = Incident("s", 0, 3600, 0.1, (("s", 0.0), ("t", 1000.0)), frozenset())
    times = np.arange(0.0, 5000.0)
    here, there = jam.queued(0.0, times), jam.queued(1000.0, times)
    assert int(np.argmax(here > 0)) == 0
    assert int(np.argmax(there > 0)) == 300
    assert times[here == 1.0].max() == 3600
    assert times[there == 1.0].max() == 3800
    assert not here[times > 3600 + 180].any()


def test_a_short_incident_never_reaches_far() -> None:
    """Where the head would pass before the tail, there was no queue."""
    brief = Incident("s", 0, 60, 0.1, (("s", 0.0),), frozenset())
    assert not brief.queued(3000.0, np.arange(0.0, 9000.0)).any()
