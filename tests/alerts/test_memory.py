"""The state machine of one rule in one scope."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from alerts.condition import Edge
from alerts.memory import Change, Memory, Policy, lose, observe

MINUTE = 60


def policy(
    *steps: tuple[int, int, int], clear_for: int = 0, keep_firing: int = 0
) -> Policy:
    """Return a policy of steps (raise over, clear under, for [min])."""
    edges = [Edge(over, under, minutes * MINUTE) for over, under, minutes in steps]
    return Policy(
        edges, clear_for * MINUTE, keep_firing * MINUTE, 3 * MINUTE, 3 * MINUTE
    )


def run(rule: Policy, values: Sequence[int | None], start: int = 6_000) -> list[Change]:
    """Observe one value a minute, None for none; return the changes people hear of."""
    memory = Memory()
    memory.fit(len(rule.edges))
    heard = []
    for minute, value in enumerate(values):
        if value is not None:
            change = observe(memory, rule, start + minute * MINUTE, value)
            if change and change.kind:
                heard.append(change)
    return heard


def minutes(rule: Policy, values: Sequence[int | None]) -> list[tuple[int, str]]:
    """Return when what was told: (minute, kind)."""
    memory = Memory()
    memory.fit(len(rule.edges))
    heard: list[tuple[int, str]] = []
    for minute, value in enumerate(values):
        if value is None:
            continue
        change = observe(memory, rule, 6_000 + minute * MINUTE, value)
        if change and change.kind:
            heard.append((minute, change.kind))
    return heard


def test_readings_must_be_raised_over_the_whole_duration() -> None:
    """Raised from minute 0 on, with `for: 10m`, it fires at minute 10."""
    assert minutes(policy((150, 130, 10)), [160] * 15) == [(10, "raise")]


def test_a_station_that_sends_160_for_eight_minutes_and_dies_never_fires() -> None:
    """What is not measured completes nothing."""
    assert minutes(policy((150, 130, 10)), [160] * 8 + [None] * 60) == []


def test_a_gap_of_more_than_three_intervals_begins_the_duration_again() -> None:
    """Eight raised minutes, four silent, eight raised: not ten in a row."""
    values: list[int | None] = [160] * 8 + [None] * 4 + [160] * 8
    assert minutes(policy((150, 130, 10)), values) == []


def test_between_raise_and_clear_nothing_changes() -> None:
    """The dead band neither ends an alert nor begins one."""
    values: list[int | None] = [140, 155, 148, 152, 147, 131, 129]
    assert minutes(policy((150, 130, 0)), values) == [(1, "raise"), (6, "clear")]


def test_an_alert_ends_after_its_readings_were_clear_for_long_enough() -> None:
    """A reading in the dead band begins the clear duration again."""
    rule = policy((150, 130, 0), clear_for=3)
    values: list[int | None] = [160, 120, 120, 140, 120, 120, 120, 120]
    assert minutes(rule, values) == [(0, "raise"), (7, "clear")]


def test_keep_firing_counts_from_the_first_reading_that_is_not_raised() -> None:
    """Clear at once, kept for five minutes."""
    rule = policy((150, 150, 0), keep_firing=5)
    assert minutes(rule, [160] + [100] * 8) == [(0, "raise"), (6, "clear")]


def test_severity_rises_and_falls_as_changes_of_one_episode() -> None:
    """Steps are nested; the end is told once."""
    rule = policy((50, 42, 0), (80, 70, 0), (150, 130, 0))
    heard = run(rule, [60, 90, 200, 75, 60, 30])
    assert [(c.kind, c.on) for c in heard] == [
        ("raise", 1),
        ("change", 2),
        ("change", 3),
        ("change", 2),
        ("change", 1),
        ("clear", 0),
    ]


def test_two_steps_of_one_value_are_told_apart_by_their_duration() -> None:
    """A queue becomes a jam when it lasts."""
    rule = policy((2, 3, 2), (2, 3, 30))
    assert minutes(rule, [3] * 35) == [(2, "raise"), (30, "change")]


def test_losing_sight_ends_an_alert_and_says_why() -> None:
    """No data is told as an end, and data begin from nothing."""
    rule, memory = policy((150, 130, 0)), Memory()
    memory.fit(1)
    observe(memory, rule, 6_000, 160)
    change = lose(memory, "no_data")
    assert (change.kind, change.reason, memory.state) == ("clear", "no_data", "no_data")
    assert memory.raised == [0]


def prometheus(values: list[int], hold: int, keep: int) -> list[tuple[int, str]]:
    """Say when a Prometheus rule `value > 50`, `for`, `keep_firing_for` fires."""
    active = firing = kept = None
    said = []
    for minute, value in enumerate(values):
        if value > 50:
            kept = None
            active = minute if active is None else active
            if firing is None and minute - active >= hold:
                firing = minute
                said.append((minute, "raise"))
        elif firing is not None:
            kept = minute if kept is None else kept
            if minute - kept >= keep:
                said.append((minute, "clear"))
                active = firing = kept = None
        else:
            active = None
    return said


@given(
    st.lists(st.integers(30, 70), max_size=120), st.integers(0, 10), st.integers(0, 10)
)
def test_threshold_for_and_keep_firing_mean_what_prometheus_means(
    values: list[int], hold: int, keep: int
) -> None:
    """With a reading every minute, the episodes are the same."""
    rule = policy((50, 51, hold), keep_firing=keep)
    assert minutes(rule, list(values)) == prometheus(values, hold, keep)


@given(
    st.lists(st.integers(0, 300) | st.none(), max_size=200),
    st.integers(0, 8),
    st.integers(0, 8),
)
def test_every_episode_has_one_beginning_and_at_most_one_end(
    values: list[int | None], hold: int, clear_for: int
) -> None:
    """Raise, then changes, then one clear; steps stay within what there is."""
    rule = policy((50, 42, hold), (80, 70, hold), (150, 130, 0), clear_for=clear_for)
    on = 0
    for change in run(rule, values):
        assert (change.kind == "raise") == (on == 0)
        assert (change.kind == "clear") == (change.on == 0)
        assert change.was_on == on
        assert 0 <= change.on <= 3
        on = change.on


@given(st.lists(st.integers(0, 300), max_size=120), st.integers(0, 150))
def test_a_higher_threshold_never_adds_firing_minutes(
    values: list[int], higher: int
) -> None:
    """Of two rules the stricter one fires for no longer."""

    def firing(over: int) -> set[int]:
        rule, memory = policy((over, over - 10, 3)), Memory()
        memory.fit(1)
        found = set()
        for minute, value in enumerate(values):
            observe(memory, rule, 6_000 + minute * MINUTE, value)
            found |= {minute} if memory.on else set()
        return found

    assert firing(60 + higher) <= firing(60)
