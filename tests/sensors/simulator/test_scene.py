"""Where and when things happen."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sensors.city import City, history_city
from sensors.simulator.feed import Feed
from sensors.simulator.frame import DAY_S
from sensors.simulator.scene import Scene
from sensors.simulator.settings import JamSettings, SmokeSettings

ANCHOR = 1_763_806_620


def test_the_smoke_is_over_one_district_with_regulatory_stations(
    city: City, make_scene: Callable[..., Scene]
) -> None:
    """It covers all stations of one district, of which some are regulatory."""
    scene = make_scene(ANCHOR)
    area = city.area(scene.smoke_area or "")
    assert area is not None
    assert area.kind == "district_centre"
    covered = [s for s in city.stations if s.id in scene.smoky]
    assert {city.operations_area(s.id) for s in covered} == {area.id}
    assert sum(s.station_class == "regulatory" for s in covered) >= 3
    smoke = next(s for s in scene.smokes(ANCHOR // DAY_S) if s.end > ANCHOR)
    assert (smoke.stations, ANCHOR - smoke.start) == (scene.smoky, 3000)


def test_the_jam_can_reach_neighbours(
    city: City, make_scene: Callable[..., Scene]
) -> None:
    """Its queue has segments upstream to grow over."""
    scene = make_scene(ANCHOR)
    jam = next(i for i in scene.incidents(ANCHOR // DAY_S) if i.end > ANCHOR)
    assert jam.segment == scene.jam_segment
    assert ANCHOR - jam.start == 240
    assert len(jam.distance) >= 2
    segment = city.segment(jam.segment)
    assert segment is not None
    assert {name for name, away in jam.distance if 0 < away <= 2000} <= set(
        segment.upstream
    )


def test_other_trouble_keeps_away_from_the_anchors(
    make_scene: Callable[..., Scene],
) -> None:
    """Odd smokes and incidents come now and then, elsewhere."""
    scene = make_scene()
    smokes = [s for day in range(20_400, 20_460) for s in scene.smokes(day)]
    incidents = [i for day in range(20_400, 20_410) for i in scene.incidents(day)]
    assert smokes
    assert incidents
    assert not any(s.stations & scene.smoky for s in smokes)
    assert not any(i.segment in scene.calm for i in incidents)


def test_places_can_be_chosen(city: City) -> None:
    """A named district and segment are taken."""
    area = city.operations_area(city.stations[0].id)
    name = city.segments[3].id
    scene = Scene(city, 1, SmokeSettings(area=area), JamSettings(segment=name))
    assert (scene.smoke_area, scene.jam_segment) == (area, name)
    assert city.stations[0].id in scene.smoky


def test_places_that_are_not_there_are_refused(city: City) -> None:
    """The message names what was wanted."""
    scene = Scene(city, 1, SmokeSettings(area="mars"), JamSettings(segment="canal"))
    with pytest.raises(ValueError, match=r"smoke.area: no station .* 'mars'; wanted"):
        _ = scene.smoke_area
    with pytest.raises(ValueError, match=r"jam.segment: .* 'canal' .* wanted one such"):
        _ = scene.jam_segment


def test_a_city_without_roads_has_air_alone() -> None:
    """A city of one kind of device is simulated without the other's episodes."""
    city = history_city(
        "air-only",
        ["Alpha"],
        kind="air",
        timezone="Asia/Ho_Chi_Minh",
        interval_s=300,
        quantities=["pm25"],
    )
    scene = Scene(city, 1, SmokeSettings(), JamSettings(), (ANCHOR,))
    messages = Feed(scene).at(ANCHOR - ANCHOR % 300)
    assert [m.topic for m in messages] == ["thoang/v1/air-only/air/alpha"]
    assert scene.incidents(ANCHOR // DAY_S) == ()


def test_a_later_anchor_changes_nothing_before_its_episodes(
    make_scene: Callable[..., Scene],
) -> None:
    """What was sent before a second fill can still be sent again as it was."""
    first = make_scene(ANCHOR)
    both = replace(first, anchors=(ANCHOR, ANCHOR + 4 * 3600))
    for end in range(ANCHOR - ANCHOR % 300, ANCHOR + 3 * 3600, 1800):
        assert Feed(first).at(end) == Feed(both).at(end)
