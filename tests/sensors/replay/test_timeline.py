from hypothesis import given
from hypothesis import strategies as st

from sensors.decoders.moment import AHEAD_S
from sensors.replay import Message, Step, Tick, timeline

START = 1_477_929_600  # a full hour


def _told(ends: list[int], *, tick_s: int, grace_s: int = 300) -> list[Message | Tick]:
    steps = [Step(end, (Message(str(end), b""),)) for end in ends]
    return list(timeline(steps, tick_s=tick_s, grace_s=grace_s))


def _since(events: list[Message | Tick]) -> list[int | str]:
    return [e.time - START if isinstance(e, Tick) else e.topic for e in events]


def test_hours() -> None:
    """Hourly messages need a tick before, at, and at the closing of each hour."""
    first, second = START, START + 3600
    assert _since(_told([first, second], tick_s=3600)) == [
        -60,
        str(first),
        0,
        300,
        3540,
        str(second),
        3600,
        3900,
        3960,
        3600 + 86_400,
    ]


def test_minutes() -> None:
    """Where levels are evaluated each minute, each minute has its tick."""
    events = _told([START + 300, START + 600], tick_s=60)
    ticks = [event.time - START for event in events if isinstance(event, Tick)]
    assert ticks == [*range(240, 3600 + 300 + 61, 60), 600 + 86_400]


def test_a_gap_is_ticked_through() -> None:
    """Hours in which nothing comes end and close all the same."""
    ticks = _since(_told([START, START + 4 * 3600], tick_s=3600))
    assert ticks[2:10] == [0, 300, 3600, 3900, 7200, 7500, 10_800, 11_100]


def test_nothing() -> None:
    """A history without messages makes no time."""
    assert _told([], tick_s=60) == []


@given(
    gaps=st.lists(st.integers(1, 20_000), min_size=1, max_size=8),
    tick_s=st.sampled_from([60, 3600]),
    grace_s=st.sampled_from([0, 300, 3600]),
)
def test_laws(gaps: list[int], tick_s: int, grace_s: int) -> None:
    """Time only rises, no message is far ahead of it, and every hour closes."""
    ends = [START + sum(gaps[: number + 1]) for number in range(len(gaps))]
    now: int | None = None
    times: list[int] = []
    for event in _told(ends, tick_s=tick_s, grace_s=grace_s):
        if isinstance(event, Tick):
            assert now is None or event.time > now
            now = event.time
            times.append(now)
        else:
            assert now is not None
            assert now <= int(event.topic) + 60
            assert int(event.topic) <= now + AHEAD_S
    assert set(ends) <= set(times)
    first = -(-ends[0] // 3600) * 3600
    closings = range(first + grace_s, ends[-1] + 1, 3600)
    assert set(closings) <= set(times)
    assert times[-1] == ends[-1] + 86_400
