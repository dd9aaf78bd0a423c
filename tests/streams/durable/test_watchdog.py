"""A worker that takes nothing while records wait is ended."""

from types import SimpleNamespace
from typing import Any

from streams.durable.watchdog import Progress, offsets


def test_nothing_waits() -> None:
    """A quiet night is no stall."""
    progress = Progress(15)
    assert not any(progress.stalled(0, 5, now) for now in range(0, 100, 3))


def test_records_are_taken() -> None:
    """Slow is not stalled."""
    progress = Progress(15)
    assert not any(progress.stalled(1000, now, now) for now in range(0, 100, 3))


def test_records_wait_and_none_is_taken() -> None:
    """After fifteen seconds it is one."""
    progress = Progress(15)
    told = [progress.stalled(10, 5, now) for now in range(0, 21, 3)]
    assert told == [False, False, False, False, False, True, True]


def _partition(offset: int, **state: bool) -> Any:
    return SimpleNamespace(
        **{"offset": offset, "known": True, "blocked": False} | state
    )


def test_the_slowest_stage_counts_and_a_blocked_one_does_not() -> None:
    """A partition stopped by an unknown version is a person's to mend."""
    stages: Any = [
        SimpleNamespace(source="in", partitions={0: _partition(9), 1: _partition(4)}),
        SimpleNamespace(
            source="in", partitions={0: _partition(7), 1: _partition(2, blocked=True)}
        ),
    ]
    assert offsets(stages) == {("in", 0): 7, ("in", 1): 4}
