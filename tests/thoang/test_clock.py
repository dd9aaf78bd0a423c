"""The page's time: ticks while the past is filled, the real time from then on."""

from thoang.clock import CityClock

NOW = 1_767_229_500


def test_while_the_past_is_filled_its_ticks_are_the_time() -> None:
    """Then what was just computed is fresh."""
    assert CityClock(lambda: NOW - 86_400, lambda: NOW)() == NOW - 86_400


def test_in_the_present_the_real_time_counts() -> None:
    """A reading of this second is not ahead of the last minute's tick."""
    assert CityClock(lambda: NOW - 59, lambda: NOW + 0.7)() == NOW


def test_when_the_senders_die_things_grow_old() -> None:
    """A clock that stands still would keep the last numbers fresh for ever."""
    real = [NOW]
    clock = CityClock(lambda: NOW - 30, lambda: real[0])
    assert clock() == NOW
    real[0] += 7_200
    assert clock() == NOW + 7_200


def test_without_ticks_the_wall_counts() -> None:
    """A live city, or one that nobody has ticked yet."""
    assert CityClock(lambda: None, lambda: NOW + 0.5)() == NOW
