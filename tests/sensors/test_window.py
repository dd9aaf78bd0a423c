import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.window import Window


def _sent(messages: int, limit: int = 10) -> Window:
    window = Window(limit)
    for _ in range(messages):
        window.count()
    return window


def test_open_until_full() -> None:
    """As many messages may be on their way as the window is wide."""
    assert _sent(9).is_open
    assert not _sent(10).is_open
    assert _sent(10).ahead == 10


def test_the_bridges_count_opens() -> None:
    """The first word of a bridge is its starting point; what it adds is confirmed."""
    window = _sent(10)
    window.clock(0, 700)
    assert window.ahead == 10
    window.clock(0, 704)
    assert (window.ahead, window.is_open) == (6, True)


def test_a_confirmed_tick_confirms_all_before_it() -> None:
    """A tick comes back only after all that was sent before it."""
    window = _sent(4)
    window.count(tick=60)
    window.count()
    window.count(tick=120)
    window.clock(60, 0)
    assert window.ahead == 2
    window.clock(120, 0)
    assert window.ahead == 0
    assert window.time == 120


def test_what_others_send_opens_nothing() -> None:
    """While a tick is on its way only it counts, whatever the bridge has of others."""
    window = Window(3)
    window.clock(0, 100)
    for _ in range(2):
        window.count()
    window.count(tick=60)
    window.clock(0, 5_000)
    assert window.ahead == 3
    window.clock(60, 9_000)
    assert window.ahead == 0


def test_more_messages_than_the_window_between_ticks() -> None:
    """Between two ticks the count opens the window, so that it never locks."""
    window = _sent(0, limit=3)
    window.count(tick=60)
    window.clock(60, 1)
    for _ in range(3):
        window.count()
    assert not window.is_open
    window.clock(60, 4)
    assert window.ahead == 0


def test_ticks_make_good_what_a_dying_bridge_did_not_count() -> None:
    """A count that lags for ever cannot close the window: ticks open it again."""
    window = _sent(9)
    window.clock(0, 100)
    window.count(tick=60)
    assert not window.is_open
    window.clock(60, 103)
    assert window.ahead == 0


def test_a_bridge_that_starts_anew() -> None:
    """A smaller count is a new bridge; the window opens once, it never locks."""
    window = _sent(10)
    window.clock(0, 100)
    window.clock(0, 3)
    assert window.ahead == 0


def test_ticks_that_the_bridge_has_passed_tell_nothing() -> None:
    """A history played a second time is paced by the count, not by old ticks."""
    window = Window(3)
    window.clock(1_000, 50)
    for time in (60, 120, 180):
        window.count(tick=time)
    window.clock(1_000, 51)
    assert window.ahead == 2


@given(
    st.lists(
        st.none()
        | st.integers(1, 50)
        | st.tuples(st.integers(0, 60), st.integers(0, 99)),
        max_size=80,
    )
)
def test_never_less_than_nothing(events: list[int | tuple[int, int] | None]) -> None:
    """Whatever a bridge says, no more is confirmed than was sent."""
    window = Window(5)
    for event in events:
        if isinstance(event, tuple):
            window.clock(*event)
        else:
            window.count(event)
        assert 0 <= window.ahead <= window.sent


def test_no_window_of_nothing() -> None:
    """A window that lets nothing through is refused."""
    with pytest.raises(ValueError, match="at least 1 message, got 0"):
        Window(0)
