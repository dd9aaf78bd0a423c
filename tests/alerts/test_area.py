"""The value of an area."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.area import Member, area_value, ranked, valid_index

T0 = 1_795_359_600
Make = Callable[..., Any]
MEMBERS = st.lists(
    st.builds(
        Member, st.sampled_from("abcdef"), st.integers(0, 500), st.integers(0, 9)
    ),
    max_size=8,
)


@given(MEMBERS)
def test_the_median_is_never_worse_than_the_worst(members: list[Member]) -> None:
    """At least half of the stations are as bad as the lower median."""
    value = area_value(members, of=9)
    assert value.used == len(members)
    if members:
        assert value.worst is not None
        assert value.median is not None
        assert value.worst.value == max(m.value for m in members)
        as_bad = sum(m.value >= value.median.value for m in members)
        assert as_bad * 2 >= len(members)


@given(MEMBERS, st.randoms())
def test_the_order_of_stations_does_not_matter(
    members: list[Member], chance: Any
) -> None:
    """Ties are settled by time and id."""
    mixed = list(members)
    chance.shuffle(mixed)
    assert ranked(mixed) == ranked(members)


def test_an_area_without_valid_stations_has_no_value() -> None:
    """And says of how many."""
    assert area_value([], of=3) == (None, None, 0, 3)


def test_only_fresh_regulatory_indices_count(make_hour: Make) -> None:
    """Reference stations, holes and old hours are passed over."""
    records = [
        make_hour("a", T0, 60.0, aqi=120),
        make_hour("b", T0, 60.0, aqi=120, station_class="reference"),
        make_hour("c", T0, None),
        make_hour("d", T0 - 7_200, 60.0, aqi=150),
    ]
    assert valid_index(records, T0 + 3_900, 3_600) == [Member("a", 120, T0 + 3_600)]
