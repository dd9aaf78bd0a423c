"""What people are told of a transition."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from alerts.notice import Notice, compose
from alerts.rulefile import load_rules
from alerts.transition import Evidence, Telling, Transition
from alerts.words import Catalogue
from sensors.city import City

T0 = 1_795_359_600
SMOKE: dict[str, Any] = {
    "city": "binh-duong",
    "origin": "live",
    "rule": "air-area",
    "rule_version": "7e6f",
    "scope": "area",
    "scope_id": "dieu-hanh-thuan-an",
    "episode": "449fe7f43177edf9",
    "sequence": 1,
    "before": "pending",
    "after": "firing",
    "kind": "raise",
    "step": "bad",
    "severity": "moderate",
    "previous": "",
    "time": T0,
    "known": T0 + 60,
    "since": T0 - 2_400,
    "value": 93_400_000,
    "evidence": Evidence(
        sites=("cn3",),
        quantity="pm25",
        averaging="running",
        start=T0 - 3_600,
        end=T0,
        used=6,
        of=7,
        station_class="regulatory",
    ),
    "reason": "raised",
    "telling": Telling(
        text="air_area",
        audience="public",
        groups=("everyone", "sensitive"),
        channels=("mqtt",),
        repeat=10_800,
    ),
}

Say = Callable[..., Notice]


@pytest.fixture
def say(real_city: City, catalogue: Catalogue) -> Say:
    """Compose the notice of a smoke, with what a test changes of it."""

    def composed(**changes: Any) -> Notice:
        return compose(Transition(**(SMOKE | changes)), real_city, catalogue)

    return composed


def test_a_notice_says_what_where_why_since_when_and_what_to_do(say: Say) -> None:
    """In Vietnamese."""
    notice = say()
    assert "bụi mịn cao, mức cảnh báo 2/4" in notice.headline["vi"]
    body = notice.body["vi"]
    assert "93,4\u00a0µg/m³" in body
    assert "trung bình 1 giờ qua (từ 21:00 đến 22:00, tạm tính)" in body
    assert "21:20 ngày 22/11/2026" in body
    assert "6 trong 7 trạm" in body
    assert set(notice.advice["vi"]) == {"everyone", "sensitive"}
    assert "1459/QĐ-TCMT" in notice.source["vi"]
    assert (notice.stations_used, notice.stations_of) == (6, 7)
    assert notice.until > notice.next_update > notice.known


def test_a_notice_says_the_same_in_english(say: Say) -> None:
    """Both languages come from one transition."""
    notice = say()
    assert "fine dust is high, alert level 2/4" in notice.headline["en"]
    assert "6 of 7 stations" in notice.body["en"]
    assert set(notice.advice["en"]) == {"everyone", "sensitive"}


def test_it_is_for_the_area_and_all_below_it(say: Say, real_city: City) -> None:
    """Wards see what their district is told; the centre above sees it too."""
    notice = say()
    assert notice.areas[0] == "dieu-hanh-thuan-an"
    assert set(real_city.children("dieu-hanh-thuan-an")) <= set(notice.areas)
    assert notice.above == ("dieu-hanh-binh-duong",)


def test_ids_are_the_same_for_the_same_place_in_an_episode(say: Say) -> None:
    """And another for the next; a later one refers to what people heard."""
    assert say().id == say(known=T0 + 120).id
    change = say(sequence=2, kind="change", heard=1, previous="poor", reason="worse")
    assert change.id != say().id
    assert change.references == (say().id,)
    assert "nặng hơn" in change.headline["vi"]


def test_what_is_known_too_late_is_recorded_and_not_told(say: Say) -> None:
    """Contract: more than 15 minutes late, or after it would have expired."""
    assert say(known=T0 + 900).told
    late = say(known=T0 + 901)
    assert (late.told, late.why_not) == (False, "too old")


def test_an_end_is_told_to_those_who_heard_the_beginning(say: Say) -> None:
    """And to nobody else."""
    end = {"kind": "clear", "after": "resolved", "reason": "cleared", "sequence": 2}
    heard = say(**end, heard=1)
    assert (heard.told, heard.active, heard.next_update) == (True, False, 0)
    assert heard.advice["vi"] == {}
    unheard = say(**end, heard=0)
    assert (unheard.told, unheard.why_not) == (False, "nobody was told")


def test_an_end_for_want_of_data_says_that_nothing_is_known(say: Say) -> None:
    """It is not an all-clear."""
    notice = say(
        kind="clear",
        after="no_data",
        reason="no_data",
        heard=1,
        evidence=Evidence(quantity="pm25", end=T0),
    )
    assert "không còn số liệu, chưa biết khói bụi" in notice.headline["vi"]
    assert "not known whether the smoke is over" in notice.headline["en"]
    assert "chưa biết khói bụi đã hết hay còn" in notice.body["vi"]
    assert "93,4\u00a0µg/m³" in notice.body["vi"]
    assert "giữ lời khuyên trước đó" in notice.advice["vi"]["everyone"]
    assert "1459" not in notice.source["vi"]
    assert (notice.certainty, notice.urgency) == ("Unknown", "Unknown")
    assert (notice.kind, notice.label) == ("clear", "lost")


ALL_CLEAR = ("kết thúc", "hết cảnh báo", "has ended", "thôi tăng", "sends data again")


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: str(rule.id))
@pytest.mark.parametrize("reason", ["no_data", "rule_changed", "rule_removed"])
def test_no_rule_announces_the_end_of_what_nobody_sees(
    say: Say, rule: Any, reason: str
) -> None:
    """Air, roads and the rules of operators alike."""
    scopes = {"area": "dieu-hanh-di-an", "station": "dt1", "segment": "ql13-n-05"}
    notice = say(
        kind="clear",
        reason=reason,
        heard=1,
        scope=rule.where.scope,
        scope_id=scopes[rule.where.scope],
        step=rule.steps[-1].name,
        value=3 if rule.what.kind == "level" else 90_000_000,
        evidence=Evidence(
            quantity=getattr(rule.what, "quantity", rule.what.kind), end=T0
        ),
        telling=Telling(
            text=rule.text,
            audience=rule.audience,
            groups=rule.groups,
            channels=rule.channels,
            repeat=rule.repeat,
        ),
    )
    texts = [*notice.headline.values(), *notice.body.values()]
    assert not [text for text in texts if any(word in text for word in ALL_CLEAR)]
    assert notice.label == ("lost" if reason == "no_data" else "dropped")
    lost = reason == "no_data" and rule.audience == "public"
    assert bool(notice.advice["vi"]) is lost
    checked = "Hãy kiểm tra điện" in notice.body["vi"]
    assert checked is (reason == "no_data" and rule.audience != "public")


@pytest.mark.parametrize(
    ("station_class", "vi", "en"),
    [
        ("reference", "trạm tham khảo", "reference sensor"),
        ("mixed", "có trạm tham khảo", "with reference sensors"),
    ],
)
def test_a_station_that_is_not_official_is_named_so(
    say: Say, station_class: str, vi: str, en: str
) -> None:
    """In the headline, in the text and for programs."""
    found = msgspec.structs.replace(SMOKE["evidence"], station_class=station_class)
    notice = say(evidence=found)
    assert notice.station_class == station_class
    assert notice.headline["vi"].endswith(f"({vi})")
    assert notice.headline["en"].endswith(f"({en})")
    assert "không phải trạm quan trắc chính thức" in notice.body["vi"]
    assert "official station" in notice.body["en"]
    assert "tham khảo" not in say().headline["vi"] + say().body["vi"]


def test_a_mean_is_not_called_by_a_category_of_the_index(
    say: Say, catalogue: Catalogue
) -> None:
    """Beside another number of the page it would be a second word for the same air."""
    for step in ("poor", "bad", "very_bad", "hazardous"):
        notice = say(step=step, kind="change", previous="poor", reason="worse", heard=1)
        for language in ("vi", "en"):
            text = notice.headline[language] + notice.body[language]
            names = catalogue.trees[language]["category"]
            assert names[step].lower() not in text.lower()
            assert "VN_AQI" not in text + notice.source[language]
    index = msgspec.structs.replace(SMOKE["evidence"], quantity="aqi", averaging="1h")
    assert "mức cảnh báo" not in say(evidence=index).headline["vi"]
    assert "VN_AQI" in say(evidence=index).source["vi"]


def test_a_limit_is_compared_over_its_own_time(say: Say) -> None:
    """45 µg/m³ is a limit of 24 hours, and there is none before it is in force."""
    smoke = say(value=280_000_000).body
    assert (
        "Nếu kéo dài cả 24 giờ thì cao gấp 6,2 lần giới hạn trung bình 24 giờ là "
        "45\u00a0µg/m³ (QCVN 05:2023)." in smoke["vi"]
    )
    assert "If it lasted 24 hours it would be 6.2 times" in smoke["en"]
    ozone = Evidence(quantity="o3", averaging="1h", start=T0 - 3_600, end=T0)
    text = msgspec.structs.replace(SMOKE["telling"], text="ozone_area")
    said = say(value=300_000_000, evidence=ozone, telling=text).body["en"]
    assert "That is 1.5 times the 1-hour limit of 200\u00a0µg/m³" in said
    assert "QCVN" not in say(value=45_000_000).body["vi"]
    assert "QCVN" not in say(time=1_700_000_000, known=1_700_000_000).body["vi"]


@pytest.mark.parametrize(
    ("origin", "status", "words"),
    [
        ("live", "Test", ""),
        ("simulated", "Exercise", "không phải số liệu thật"),
        ("replay", "Test", "không phải hiện nay"),
    ],
)
def test_data_that_are_not_live_are_marked_in_the_text(
    say: Say, origin: str, status: str, words: str
) -> None:
    """A notice may be read far from its banner."""
    notice = say(origin=origin)
    assert notice.status == status
    assert words in notice.body["vi"]


def test_a_road_is_named_with_its_direction(say: Say, real_city: City) -> None:
    """And its notice concerns the areas that it lies in."""
    segment = real_city.segments[0]
    notice = say(
        scope="segment",
        scope_id=segment.id,
        rule="traffic-queue",
        step="queue",
        severity="minor",
        value=3,
        evidence=Evidence(sites=(segment.id,), quantity="level", averaging="5m"),
        telling=msgspec.structs.replace(SMOKE["telling"], text="traffic_queue"),
    )
    assert segment.road in notice.headline["vi"]
    assert segment.direction.vi in notice.body["vi"]
    province = "thanh-pho-ho-chi-minh"
    assert province in real_city.areas_of(segment.id, T0)
    assert (*notice.areas, province) == tuple(
        sorted(real_city.areas_of(segment.id, T0), key=lambda area: area == province)
    )
    assert notice.advice["vi"]["everyone"].startswith("Xe đang dồn lại")


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: str(rule.id))
@pytest.mark.parametrize("kind", ["raise", "change", "update", "clear"])
def test_every_default_rule_can_say_everything(say: Say, rule: Any, kind: str) -> None:
    """No placeholder is left open, whatever happens."""
    scopes = {"area": "dieu-hanh-di-an", "station": "dt1", "segment": "ql13-n-05"}
    quantity = getattr(rule.what, "quantity", rule.what.kind)
    averaging = {"level": "5m", "silence": "age", "rise": "rise"}.get(
        rule.what.kind, "1h"
    )
    notice = say(
        rule=rule.id,
        scope=rule.where.scope,
        scope_id=scopes[rule.where.scope],
        kind=kind,
        step=rule.steps[-1].name,
        previous=rule.steps[0].name,
        value=3 if quantity == "level" else 3_600,
        evidence=Evidence(sites=(), quantity=quantity, averaging=averaging),
        telling=msgspec.structs.replace(SMOKE["telling"], text=rule.text),
    )
    for language in ("vi", "en"):
        for text in (notice.headline[language], notice.body[language]):
            assert text
            assert "{" not in text
            assert "  " not in text


def test_a_scope_that_left_the_city_is_still_named(say: Say) -> None:
    """By its id, in the end of an alert whose site is gone."""
    notice = say(scope="station", scope_id="gone", kind="clear", heard=1)
    assert "gone" in notice.headline["vi"].lower()
    assert notice.areas == ()


def test_a_transition_nobody_is_told_of_is_no_notice(say: Say) -> None:
    """Asking for one is a mistake of ours."""
    with pytest.raises(ValueError, match="is not told"):
        say(kind="")


def test_a_notice_survives_the_wire(say: Say) -> None:
    """Encoded and decoded it is equal."""
    packed = msgspec.msgpack.encode(say())
    assert msgspec.msgpack.decode(packed, type=Notice) == say()
