"""What is sent when."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sensors.simulator.plan import ANCHOR_S, FINE_S, Plan, first_fill, soak

NOWS = st.integers(20_000_000, 30_000_000).map(lambda minute: minute * 60)
WAITS = st.lists(st.integers(1, 4000), max_size=6)


def _steps(plan: Plan, start: int) -> list[int]:
    ends = [start]
    while ends[-1] < plan.planned:
        ends.append(plan.next_after(ends[-1]))
    return ends


@given(now=NOWS, hours=st.integers(0, 60))
def test_a_fill_ends_now_with_a_quarter_of_an_hour_by_minutes(
    now: int, hours: int
) -> None:
    """It covers the hours asked for, by five minutes, and its last 15 by one."""
    plan = first_fill("c", 1, now, hours)
    ends = _steps(plan, plan.confirmed)
    assert ends[-1] == plan.planned
    assert 0 <= now - ends[0] - 3600 * hours < 300
    assert ends[-1] == now or hours == 0
    assert all(b - a == 60 for a, b in pairwise(ends) if a >= now - FINE_S)
    assert all(b % 300 == 0 for a, b in pairwise(ends) if b - a == 300)
    assert plan.anchors == ((now,) if now - ends[0] >= ANCHOR_S else ())


@given(now=NOWS, waits=WAITS)
def test_going_on_never_changes_what_was_settled(now: int, waits: list[int]) -> None:
    """Each extension keeps every earlier step: no overlap, no gap."""
    plan = first_fill("c", 1, now, 24)
    settled = _steps(plan, plan.confirmed)
    for wait in waits:
        now += wait * 60
        longer = plan.extended(now, 48)
        if longer.confirmed != plan.confirmed:  # longer away than it fills
            assert now - plan.planned > 48 * 3600 - 300
            assert longer.confirmed >= plan.planned
            settled = [longer.confirmed]
        ends = _steps(longer, settled[0])
        assert ends[: len(settled)] == settled
        assert ends[-1] == longer.planned == now
        plan, settled = longer, ends


def test_a_gap_of_hours_ends_in_a_new_episode() -> None:
    """Only a long fill has an anchor of its own; a minute of life has none."""
    plan = first_fill("c", 1, 1_763_806_620, 48)
    live = plan.extended(plan.planned + 60, 48)
    assert live.anchors == plan.anchors
    assert live.coarse == plan.coarse
    away = live.extended(live.planned + 3 * 3600, 48)
    assert away.anchors == (*plan.anchors, away.planned)
    assert away.extended(away.planned - 60, 48) is away


def test_a_soak_goes_by_minutes_to_its_end() -> None:
    """Seven days have 10 080 steps."""
    plan = soak("c", 1, 1_763_806_620, 7)
    assert len(_steps(plan, plan.confirmed)) == 7 * 1440 + 1
    assert plan.until == plan.planned
    assert not plan.anchors
