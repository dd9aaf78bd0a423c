"""What each group is advised, why and until when."""

from collections.abc import Callable
from typing import Any

import pytest

from alerts.advice import GROUPS, advise, air_advice, road_advice
from alerts.wording import Wording
from alerts.words import LANGUAGES, Catalogue
from sensors.city import City

T0 = 1_795_359_600
Make = Callable[..., Any]


@pytest.fixture
def vi(catalogue: Catalogue, real_city: City) -> Wording:
    """Return Vietnamese in the city's time."""
    return Wording(catalogue, "vi", real_city.zone)


def test_advice_says_pollutant_value_averaging_station_and_time(
    vi: Wording, real_city: City, make_hour: Make
) -> None:
    """Everything that explains it, and until when it holds."""
    record = make_hour(
        "dt1",
        T0,
        90.0,
        aqi=158,
        category="bad",
        dominant="pm25",
        nowcast={"pm25": 91_500_000},
    )
    station = real_city.station("dt1")
    assert station is not None
    advice = air_advice(vi, real_city, station, record, "sensitive")
    assert "91,5\u00a0µg/m³" in advice.why
    assert "VN_AQI 158" in advice.why
    assert station.name_vi in advice.why
    assert "23:00 ngày 22/11/2026" in advice.why
    assert "1459/QĐ-TCMT" in advice.source
    assert advice.until == T0 + 7_200 + real_city.grace_s
    assert advice.code == "bad"


def test_a_provisional_index_holds_until_its_hour_closes(
    vi: Wording, real_city: City, make_hour: Make
) -> None:
    """And is called provisional."""
    record = make_hour(
        "dt1",
        T0,
        90.0,
        covered=0.5,
        provisional=True,
        aqi=158,
        category="bad",
        dominant="pm25",
    )
    station = real_city.station("dt1")
    assert station is not None
    advice = air_advice(vi, real_city, station, record, "everyone")
    assert advice.until == T0 + 3_600 + real_city.grace_s
    assert "tạm tính" in advice.why


def test_a_reference_station_gives_no_advice(
    vi: Wording, real_city: City, make_hour: Make
) -> None:
    """Whatever its record says: it publishes concentrations only."""
    record = make_hour(
        "dt1", T0, 90.0, station_class="reference", reason="reference_only"
    )
    advice = air_advice(vi, real_city, real_city.stations[0], record, "everyone")
    assert advice.code == "none"
    assert "trạm tham khảo" in advice.text
    assert advice.why == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_worse_air_is_told_in_other_words(
    catalogue: Catalogue, real_city: City, language: Any
) -> None:
    """Each category has advice of its own for each group."""
    wording = Wording(catalogue, language, real_city.zone)
    codes = ("good", "moderate", "poor", "bad", "very_bad", "hazardous")
    for group in GROUPS:
        assert len({advise(wording, code, group) for code in codes}) == len(codes)


def test_advice_about_a_road_says_what_and_where(
    vi: Wording, real_city: City, make_road: Make
) -> None:
    """The level, the speed and the place."""
    segment = real_city.segments[0]
    advice = road_advice(vi, segment, make_road(segment.id, T0, "queue", speed=7.6))
    assert segment.name_vi in advice.why
    assert "8 km/h" in advice.why
    assert advice.code == "queue"
    unknown = road_advice(
        vi, segment, make_road(segment.id, T0, "no_data", speed=None, observed=0)
    )
    assert "km/h" not in unknown.why
