"""Results as rows and back."""

from hypothesis import given
from hypothesis import strategies as st

from stores.layout import fields_of, tags_of
from stores.rows import air_of, air_row, areas_tag, congestion_of, congestion_row
from streams.results import AirQuality, Congestion

names = st.sampled_from(["pm25", "pm10", "o3", "o3_8h", "co", "humidity", "benzene"])
whole = st.integers(-(2**62), 2**62)
words = st.none() | st.sampled_from(["good", "pm25", "null", "hazardous"])
share = st.floats(0, 1)
speed = st.none() | st.floats(0, 200)

airs = st.builds(
    AirQuality,
    city=st.just("c"),
    origin=st.sampled_from(["live", "replay"]),
    site=st.sampled_from(["dt1", "null"]),
    station_class=st.just("regulatory"),
    start=whole,
    end=whole,
    averaging=st.sampled_from(["1h", "1d"]),
    provisional=st.booleans(),
    revision=st.integers(0, 9),
    means=st.dictionaries(names, whole),
    completeness=st.dictionaries(names, share),
    nowcast=st.dictionaries(names, whole),
    sub=st.dictionaries(names, st.integers(0, 500)),
    aqi=st.none() | st.integers(0, 500),
    category=words,
    dominant=words,
    beyond_scale=st.booleans(),
    flags=st.dictionaries(names, st.integers(1, 9)),
)
roads = st.builds(
    Congestion,
    city=st.just("c"),
    origin=st.just("live"),
    site=st.just("ql13"),
    start=whole,
    end=whole,
    evaluated=whole,
    flow=speed,
    speed=speed,
    free_flow=speed,
    occupancy=st.none() | share,
    free_flow_assumed=st.booleans(),
    stale=st.booleans(),
    completeness=share,
)


@given(airs)
def test_air(result: AirQuality) -> None:
    """A result of air comes back as it was, also names that have no field."""
    row = air_row(result, ("thuan-an",))
    assert air_of(row) == result
    assert tags_of(row) == ("c", result.site, "VN_AQI", result.averaging)
    assert len(fields_of(row)) > 0


@given(roads)
def test_congestion(result: Congestion) -> None:
    """A result of a road comes back as it was."""
    row = congestion_row(result)
    assert congestion_of(row) == result
    assert fields_of(row)[0] == 1


def test_areas() -> None:
    """Areas are one tag in which each is found between commas."""
    assert ",di-an," in areas_tag(("thuan-an", "di-an"))
    assert areas_tag(()) == ""
