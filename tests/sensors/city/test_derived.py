"""The city of a replayed history."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.city import City, CityError, dump_city, history_city, load_city, slug


def beijing() -> City:
    """Make the city of an hourly air history."""
    return history_city(
        "beijing-multisite",
        ["Aotizhongxin", "Wanliu"],
        kind="air",
        timezone="Asia/Shanghai",
        interval_s=3600,
        quantities=["pm25", "co"],
        time_marks="start",
    )


def los_angeles() -> City:
    """Make the city of a history of speeds."""
    return history_city(
        "metr-la",
        ["773869", "767541"],
        kind="traffic",
        timezone="America/Los_Angeles",
        interval_s=300,
        units={"speed_arithmetic": "mi/h"},
        name_vi="Los Angeles",
        name_en="Los Angeles",
    )


def test_an_air_history_has_regulatory_stations_in_one_area() -> None:
    """It is a replay with the clock of its messages, and its places are unknown."""
    city = beijing()
    assert (city.origin, city.clock) == ("replay", "messages")
    assert len(city.areas) == 1
    assert city.segments == ()
    for station in city.stations:
        assert station.station_class == "regulatory"
        assert station.lat is None
        assert station.assumed
        assert city.areas_of(station.id, 0) == (city.areas[0].id,)
    assert city.topic("wanliu") == "thoang/v1/beijing-multisite/air/wanliu"
    assert city.polygon(city.areas[0].id) == ()
    assert city.operations_area("wanliu") == city.areas[0].id


def test_a_traffic_history_invents_no_line() -> None:
    """Only what the file says is known of a detector."""
    city = los_angeles()
    assert city.stations == ()
    assert [segment.id for segment in city.segments] == ["773869", "767541"]
    for segment in city.segments:
        assert (segment.line, segment.length_m, segment.lanes) == (None, None, None)
        assert segment.assumed
    assert city.devices[0].period_s == 300
    assert city.devices[0].units == {"speed_arithmetic": "mi/h"}


@pytest.mark.parametrize("city", [beijing(), los_angeles()], ids=["air", "traffic"])
def test_a_derived_city_reads_back_from_its_file(city: City, tmp_path: Path) -> None:
    """Other processes of a replay read the same city."""
    dump_city(city, tmp_path / "city.yaml")
    again = load_city(tmp_path / "city.yaml")
    assert again.file == city.file
    assert again.warnings == ()


def test_names_that_give_one_id_are_refused() -> None:
    """Two stations must not become one."""
    with pytest.raises(CityError, match="given twice"):
        history_city("x", ["A b", "a-B"], kind="traffic", timezone="UTC", interval_s=60)


def test_an_unknown_quantity_is_refused() -> None:
    """A history measures what a station can measure."""
    with pytest.raises(CityError, match="Did you mean 'pm25'"):
        history_city(
            "x",
            ["a"],
            kind="air",
            timezone="UTC",
            interval_s=60,
            quantities=["pm2.5"],
        )


def test_a_name_without_a_letter_has_no_id() -> None:
    """An id cannot be made of nothing."""
    with pytest.raises(ValueError, match="needs a letter or digit"):
        slug("—")


@given(st.text())
def test_a_slug_is_an_id_and_stays_one(name: str) -> None:
    """Whatever the name, its id is plain, and the id of an id is itself."""
    try:
        made = slug(name)
    except ValueError:
        return
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
    assert len(made) <= 64
    assert slug(made) == made
