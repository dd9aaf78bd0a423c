"""The city file that the project ships keeps its promises."""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from sensors.city import City
from sensors.city.geometry import distance_m, inside

DAY_BEFORE = int(datetime(2025, 6, 30, 16, 59, 59, tzinfo=UTC).timestamp())
NEW_LAW = DAY_BEFORE + 1
WARDS = ("ward", "commune")
REAL_NAMES = {
    "ĐT1": "TTHC TP. Dĩ An",
    "ĐT2": "UBND TP. Thuận An",
    "ĐT3": "26 Huỳnh Văn Nghệ",
    "ĐT4": "TTHC Thành phố mới",
    "ĐT5": "Mỹ Phước",
    "ĐT6": "Uyên Hưng",
    "ĐT7": "Bắc Tân Uyên",
    "GT1": "Miếu Ông Cù",
    "GT2": "Cầu Ông Bố",
    "GT3": "Cổng Xanh",
    "GT4": "An Phú",
    "GT5": "Đại lộ BD–Thủ Dầu Một",
    "GT6": "Kim Hằng",
    "GT7": "Mỹ Phước–Tân Vạn",
    "GT8": "Đại lộ BD–Bến Cát",
    "GT9": "Vành đai 3",
    "GT10": "Vành đai 4",
    "NT1": "Thanh An",
    "N": "Phú Giáo",
}


def test_it_loads_without_a_warning(binh_duong: City) -> None:
    """Every site has its device, and nothing is odd."""
    assert binh_duong.warnings == ()
    assert binh_duong.id == "binh-duong"
    assert binh_duong.timezone == "Asia/Ho_Chi_Minh"


def test_it_has_the_promised_stations_and_segments(binh_duong: City) -> None:
    """At least 29 stations and 60 directed segments, a device for each."""
    assert len(binh_duong.stations) >= 29
    assert len(binh_duong.segments) >= 60
    assert Counter(device.kind for device in binh_duong.devices) == {
        "air": len(binh_duong.stations),
        "traffic": len(binh_duong.segments),
    }


def test_the_stations_bear_the_names_of_the_bulletin(binh_duong: City) -> None:
    """The province's own codes and names, and both classes of stations."""
    names = {station.code: station.name_vi for station in binh_duong.stations}
    assert REAL_NAMES.items() <= names.items()
    assert {f"CN{k}" for k in range(1, 10)} <= names.keys()
    classes = Counter(station.station_class for station in binh_duong.stations)
    assert classes["regulatory"] >= 28
    assert classes["reference"] >= 4


def test_what_is_estimated_says_so(binh_duong: City) -> None:
    """Nobody confirmed a place, a class, a line or a limit yet."""
    assert all(site.assumed for site in binh_duong.sites)


def test_every_station_stands_in_its_ward(binh_duong: City) -> None:
    """The polygon of the ward that a station names holds its point."""
    for station in binh_duong.stations:
        assert station.lon is not None
        assert station.lat is not None
        ward = binh_duong.polygon(station.area)
        assert inside((station.lon, station.lat), ward), station.id


def test_every_segment_touches_the_wards_it_names(binh_duong: City) -> None:
    """The line of a segment passes through each of its wards."""
    for segment in binh_duong.segments:
        assert segment.line is not None
        points = [
            (a[0] + (b[0] - a[0]) * k / 20, a[1] + (b[1] - a[1]) * k / 20)
            for a, b in pairwise(segment.line)
            for k in range(21)
        ]
        for ward in segment.areas:
            rings = binh_duong.polygon(ward)
            assert any(inside(point, rings) for point in points), (segment.id, ward)


def test_neighbours_meet_end_to_start(binh_duong: City) -> None:
    """A downstream segment begins where this one ends, and names it back."""
    for segment in binh_duong.segments:
        for name in segment.downstream:
            after = binh_duong.segment(name)
            assert after is not None
            assert segment.id in after.upstream
            assert segment.line is not None
            assert after.line is not None
            assert distance_m(segment.line[-1], after.line[0]) < 1


def test_the_avenue_can_be_driven_from_end_to_end(binh_duong: City) -> None:
    """Following National Road 13 north reaches Lai Uyên without a gap."""
    here = "ql13-n-01"
    passed = [here]
    while True:
        segment = binh_duong.segment(here)
        assert segment is not None
        on = [name for name in segment.downstream if name.startswith("ql13-n-")]
        if not on:
            break
        (here,) = on
        passed.append(here)
    assert len(passed) == sum(s.id.startswith("ql13-n-") for s in binh_duong.segments)
    assert segment.name_vi.endswith("Lai Uyên")


def test_each_ward_has_one_operations_area_below_the_centre(binh_duong: City) -> None:
    """36 wards and communes, eight operations areas, four of them with a centre."""
    wards = [area for area in binh_duong.areas if area.kind in WARDS]
    assert len(wards) == 36
    below = binh_duong.children("dieu-hanh-binh-duong")
    held = [ward for centre in below for ward in binh_duong.children(centre)]
    assert sorted(held) == sorted(ward.id for ward in wards)
    kinds = Counter(binh_duong.area(name).kind for name in below)  # type: ignore[union-attr]  # they are its own
    assert kinds == {"district_centre": 4, "group": 4}


def test_a_site_changes_its_administrative_areas_with_the_law(binh_duong: City) -> None:
    """The district goes on 1 July 2025 at local midnight; operations stay."""
    before = binh_duong.areas_of("dt3", DAY_BEFORE)
    after = binh_duong.areas_of("dt3", NEW_LAW)
    operations = ("dieu-hanh-thu-dau-mot", "dieu-hanh-binh-duong")
    assert before == ("thanh-pho-thu-dau-mot", "tinh-binh-duong", *operations)
    assert after == ("phuong-phu-loi", "thanh-pho-ho-chi-minh", *operations)
    assert binh_duong.areas_of("dt3") == after
    assert binh_duong.areas_of("dt3", 0) == before


def test_every_site_is_found_from_above(binh_duong: City) -> None:
    """The province before, the city after and the centre hold every site."""
    everything = {site.id for site in binh_duong.sites}
    for top in ("tinh-binh-duong", "thanh-pho-ho-chi-minh", "dieu-hanh-binh-duong"):
        assert set(binh_duong.sites_in(top)) == everything


@pytest.mark.parametrize("area", ["tinh-binh-duong", "dieu-hanh-binh-duong"])
def test_wards_make_one_outline(binh_duong: City, area: str) -> None:
    """The border of the whole is one closed ring that holds every station."""
    (ring,) = binh_duong.polygon(area)
    assert ring[0] == ring[-1]
    for station in binh_duong.stations:
        assert station.lon is not None
        assert station.lat is not None
        assert inside((station.lon, station.lat), [ring])
