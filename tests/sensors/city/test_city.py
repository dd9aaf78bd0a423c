"""Look-ups of a city."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.city import City, CityFile, load_city
from sensors.topic import Topic

Write = Callable[[str], Path]


@pytest.fixture
def city(small: str, write: Write) -> City:
    """Load the small city."""
    return load_city(write(small))


def test_ids_that_are_not_known_answer_none(city: City) -> None:
    """An id from outside may be anything; to ask is no error."""
    for look_up in (city.area, city.site, city.station, city.segment, city.device):
        assert look_up("nothing") is None
    assert city.devices_of("nothing") == ()


def test_a_question_about_an_unknown_id_is_a_key_error(city: City) -> None:
    """What is asked about an id that nobody knows has no answer."""
    for ask in (city.areas_of, city.sites_in, city.children, city.polygon, city.topic):
        with pytest.raises(KeyError):
            ask("nothing")


def test_ids_are_found(city: City) -> None:
    """Each id gives its item, a site either kind."""
    assert city.site("st-1") is city.station("st-1") is city.stations[0]
    assert city.site("east-2") is city.segment("east-2") is city.segments[1]
    assert city.device("a1") is city.devices[0]
    assert city.devices_of("st-1") == (city.devices[0],)
    assert city.area("old") is city.areas[1]
    assert city.operations_area("st-1") == "centre"


def test_every_topic_is_one_of_the_grammar(binh_duong: City) -> None:
    """A device's topic says its city, kind and id, and reads back so."""
    for device in binh_duong.devices:
        topic = Topic.parse(binh_duong.topic(device.id))
        assert topic == Topic("binh-duong", device.kind, (device.id,))


def test_a_run_changes_origin_and_clock_only(city: City) -> None:
    """The simulated city is the same city, marked."""
    run = city.with_run(origin="simulated", clock="messages")
    assert (run.origin, run.clock) == ("simulated", "messages")
    assert (city.origin, city.clock) == ("live", "wall")
    assert run.stations == city.stations
    assert run.polygon("new") == city.polygon("new") != ()


def test_a_city_cannot_be_changed(city: City) -> None:
    """What every process shares is frozen."""
    with pytest.raises(AttributeError):
        city.file = city.file  # type: ignore[misc]  # the point
    with pytest.raises(ValueError, match="frozen"):
        city.stations[0].lat = 1.0


@given(at=st.integers(min_value=0, max_value=4_000_000_000))
def test_at_any_time_a_site_has_its_ward_or_its_district(
    binh_duong: City, at: int
) -> None:
    """Exactly one of both is in force, whenever; the operations area always."""
    for site in ("dt1", "nt1", "ql13-n-01"):
        kinds = [
            area.kind
            for name in binh_duong.areas_of(site, at)
            if (area := binh_duong.area(name)) is not None
        ]
        assert ("district" in kinds) != ("ward" in kinds or "commune" in kinds)
        assert kinds.count("province") == 1
        assert kinds.count("centre") == 1


def test_names_are_composed(small: str, write: Write) -> None:
    """Words typed with combining marks equal those typed without."""
    decomposed = "Nho\u0309"
    assert load_city(write(small.replace("Nhỏ", decomposed))).name_vi == "Nhỏ"


def test_a_circle_is_a_ring_of_its_size(small: str, write: Write) -> None:
    """An approximate shape can be drawn like any other."""
    circle = "{kind: circle, lat: 11.05, lon: 106.05, radius_m: 500, approximate: true}"
    city = load_city(write(small.replace('{kind: polygon, code: "2"}', circle)))
    (ring,) = city.polygon("new")
    assert ring[0] == ring[-1]
    assert max(lat for _, lat in ring) - 11.05 == pytest.approx(500 / 111_195, rel=0.01)


def test_a_file_made_by_a_program_is_a_city(city: City) -> None:
    """The models can be used without YAML."""
    again = CityFile.model_validate_json(city.file.model_dump_json())
    assert again == city.file
