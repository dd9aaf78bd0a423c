"""Cells are filled once, whatever is repeated and whatever comes first."""

from collections.abc import Callable
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sensors.reading import ReadingBatch, rank
from streams.slots import Slots, usable

INTERVALS = {"a": 300, "b": 300}
REPORT = st.tuples(
    st.sampled_from(["a", "b"]),
    st.sampled_from(["pm25", "no2"]),
    st.integers(1, 24).map(lambda slot: slot * 300),
    st.integers(0, 5).map(float),
)


def _cells(slots: Slots) -> dict[object, tuple[int, int]]:
    found: dict[object, tuple[int, int]] = {}
    for bucket in slots.blocks:
        block = slots.block(bucket)
        for row, slot in zip(*np.nonzero(block.period), strict=True):
            key = (bucket, slots.series[row], int(slot))
            found[key] = int(block.value[row, slot]), int(block.period[row, slot])
    return found


@given(reports=st.lists(REPORT, min_size=1, max_size=40), seed=st.randoms())
def test_order_and_repetition_do_not_matter(
    batch: Callable[..., ReadingBatch],
    reports: list[tuple[str, str, int, float]],
    seed: Random,
) -> None:
    """Any order, any batching, any redelivery leads to the same cells."""
    whole, shuffled = Slots(3600, INTERVALS), list(reports) + list(reports)
    whole.put(batch(reports))
    seed.shuffle(shuffled)
    split = Slots(3600, INTERVALS)
    for report in shuffled:
        split.put(batch([report]))
    assert _cells(split) == _cells(whole)


def test_of_two_values_the_one_of_larger_rank_stands(
    batch: Callable[..., ReadingBatch],
) -> None:
    """A conflict is settled by the hash of the value, not by who came first."""
    stands = max((3_000_000, 7_000_000), key=lambda value: rank(0, value))
    for order in ([3.0, 7.0], [7.0, 3.0]):
        slots = Slots(3600, INTERVALS)
        for value in order:
            slots.put(batch([("a", "pm25", 300, value)]))
        assert slots.block(0).value[0, 0] == stands


def test_a_higher_revision_replaces_whatever_stood(
    batch: Callable[..., ReadingBatch],
) -> None:
    """The sender's own correction wins, also when it comes first."""
    for order in ([(0, 3.0), (1, 7.0)], [(1, 7.0), (0, 3.0)]):
        slots = Slots(3600, INTERVALS)
        for revision, value in order:
            slots.put(batch([("a", "pm25", 300, value)], revision=revision))
        assert slots.block(0).value[0, 0] == 7_000_000


def test_a_failed_value_fills_its_cell_but_enters_nothing(
    batch: Callable[..., ReadingBatch],
) -> None:
    """A reading with flag 4 is kept and not used."""
    slots = Slots(3600, INTERVALS)
    slots.put(batch([("a", "pm25", 300, 999.0)], flag=4))
    assert not usable(slots.block(0)).any()


def test_a_snapshot_brings_everything_back(batch: Callable[..., ReadingBatch]) -> None:
    """Cells and revisions survive dump and load; unknown sites are left out."""
    slots = Slots(3600, INTERVALS)
    slots.put(batch([("a", "pm25", 600, 5.0), ("b", "pm25", 600, 6.0)], revision=2))
    again = Slots(3600, INTERVALS)
    again.load(slots.dump(), {"b"})
    assert list(_cells(again).values()) == [(6_000_000, 300)]
    again.put(batch([("b", "pm25", 600, 9.0)], revision=1))
    assert list(_cells(again).values()) == [(6_000_000, 300)]


def test_a_changed_interval_keeps_the_values(
    batch: Callable[..., ReadingBatch],
) -> None:
    """Slots of another length go where they begin."""
    slots = Slots(3600, INTERVALS)
    slots.put(batch([("a", "pm25", 3600, 5.0)]))
    finer = Slots(3600, {"a": 60, "b": 60})
    finer.load(slots.dump(), {"a"})
    assert finer.block(0).value[0, 55] == 5_000_000


def test_old_buckets_are_dropped(batch: Callable[..., ReadingBatch]) -> None:
    """Memory is bounded by the lateness."""
    slots = Slots(3600, INTERVALS)
    slots.put(batch([("a", "pm25", 300, 1.0), ("a", "pm25", 7500, 1.0)]))
    slots.drop_before(2)
    assert set(slots.blocks) == {2}
