"""Ùn tắc is slow, long and lasting at once."""

import numpy as np
import pytest

from streams.calc.jam import is_jam, un_tac
from streams.calc.level import QUEUE, SLOW


@pytest.mark.parametrize(
    ("speed", "minutes", "queue", "delay", "expected"),
    [
        (9.9, 30, 301, np.nan, True),
        (10.0, 30, 301, np.nan, False),
        (9.9, 29, 301, np.nan, False),
        (9.9, 30, 300, np.nan, False),
        (9.9, 30, np.nan, 61, True),
        (9.9, 30, np.nan, 60, False),
        (np.nan, 30, 301, 61, False),
    ],
)
def test_each_criterion_is_needed(
    speed: float, minutes: int, queue: float, delay: float, *, expected: bool
) -> None:
    """Each limit counts on its own side, and what is unknown proves nothing."""
    assert bool(un_tac(speed, minutes * 60, queue, delay)) == expected


def test_only_a_lasting_queue_on_a_long_segment_is_a_jam() -> None:
    """Level, duration and length are each looked at."""
    jam = is_jam(
        level=np.array([QUEUE, QUEUE, QUEUE, SLOW], dtype=np.int8),
        since=np.array([0, 60, 0, 0]),
        now=1800,
        length_m=np.array([400.0, 400.0, 300.0, 400.0]),
        speed=np.zeros(4),
    )
    assert jam.tolist() == [True, False, False, False]
