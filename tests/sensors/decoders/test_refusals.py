import hashlib
from typing import Any

import pytest

from sensors.decoders.refusal import Reason, quote
from sensors.records import Refused, decode, encode

TIME = "2026-01-31T08:05:00+07:00"


def _values(values: str) -> str:
    return f'{{"time": "{TIME}", "values": {values}}}'


def _lanes(lanes: str) -> str:
    return f'{{"time": "{TIME}", "lanes": {lanes}}}'


AIR = _values('{"pm25": 9.1}')
TEN_THOUSAND = "[" + ",".join('{"lane": 1, "count": 2}' for _ in range(10_000)) + "]"
TWO_MB = b'{"time": "' + b"x" * 2_000_000

CASES = [
    ("air/a1", b"", "not_json"),
    ("air/a1", b"pm25=9.1", "not_json"),
    ("air/a1", b'{"time": ', "not_json"),
    ("air/a1", b"\x00\x01\x02\x03", "not_json"),
    ("air/a1", b"\x89PNG\r\n\x1a\n\x00", "not_utf8"),
    ("air/a1", b'{"time": "\xff\xfe"}', "not_utf8"),
    ("air/a1", TWO_MB, "too_large"),
    ("air/a1", b"[" * 100_000, "too_deep"),
    ("air/a1", b'{"a":' * 40_000, "too_deep"),
    ("air/a1", b"[1, 2]", "wrong_shape"),
    ("air/a1", b"9.1", "wrong_shape"),
    ("air/a1", b"9" * 5_000, "wrong_shape"),
    ("air/a1", _values("[9.1]"), "wrong_shape"),
    ("thoang/v1/other/air/a1", AIR, "wrong_topic"),
    ("thoang/v2/small/air/a1", AIR, "wrong_topic"),
    ("/sensors/a1", AIR, "wrong_topic"),
    ("water/a1", AIR, "wrong_topic"),
    ("tick/now", AIR, "wrong_topic"),
    (b"thoang/v1/small/air/\xff", AIR, "wrong_topic"),
    ("air/a9", AIR, "unknown_device"),
    ("traffic/a1", AIR, "wrong_kind"),
    ("air/t1", AIR, "wrong_kind"),
    ("tick", b"{}", "missing_time"),
    ("tick", b"now", "not_json"),
    ("air/a1", '{"values": {"pm25": 9.1}}', "missing_time"),
    ("air/a1", '{"time": null, "values": {"pm25": 9.1}}', "missing_time"),
    ("air/a1", AIR.replace(TIME, "yesterday"), "bad_time"),
    ("air/a1", AIR.replace(f'"{TIME}"', "1769821500"), "bad_time"),
    ("air/a1", AIR.replace(TIME, "2026-02-30T08:05:00Z"), "bad_time"),
    ("air/a1", AIR.replace(TIME, "2026-01-31T25:05:00Z"), "bad_time"),
    ("air/a1", AIR.replace(TIME, "2026-01-31T08:05:00+25:00"), "bad_time"),
    ("air/a1", AIR.replace(TIME, "0000-01-31T08:05:00Z"), "bad_time"),
    ("air/a1", AIR.replace(TIME, "1970-01-01T00:05:00Z"), "bad_time"),
    ("air/a1", AIR.replace(TIME, "20260131T080500Z"), "bad_time"),
    ("air/a1", AIR.replace("+07:00", ""), "no_zone"),
    ("air/a1", AIR.replace("2026", "2027"), "in_the_future"),
    ("air/a1", AIR.replace("+07:00", "+06:49"), "in_the_future"),
    ("air/a1", AIR.replace(TIME, "9999-12-31T23:59:59-14:00"), "bad_time"),
    ("air/a-start", AIR, "in_the_future"),
    ("air/a1", f'{{"time": "{TIME}"}}', "missing_values"),
    ("air/a1", _values("{}"), "missing_values"),
    ("air/a1", _values("null"), "missing_values"),
    ("air/a1", _values('{"voc": 1}'), "unknown_quantity"),
    ("air/a1", _values('{"count": 1}'), "unknown_quantity"),
    ("air/a1", _values('{"\\ud800": 1}'), "unknown_quantity"),
    ("air/a1", _values('{"pm25": "9.1"}'), "not_a_number"),
    ("air/a1", _values('{"pm25": null}'), "not_a_number"),
    ("air/a1", _values('{"pm25": true}'), "not_a_number"),
    ("air/a1", _values('{"pm25": [9.1]}'), "not_a_number"),
    ("air/a1", _values('{"pm25": {}}'), "not_a_number"),
    ("air/a1", _values('{"pm25": NaN}'), "not_finite"),
    ("air/a1", _values('{"pm25": Infinity}'), "not_finite"),
    ("air/a1", _values('{"pm25": -Infinity}'), "not_finite"),
    ("air/a1", _values('{"pm25": 1e400}'), "not_finite"),
    ("air/a1", _values('{"pm25": ' + "9" * 5_000 + "}"), "not_finite"),
    ("air/a1", _values('{"pm25": 1e308}'), "out_of_bounds"),
    ("air/a1", _values('{"pm25": -1000000001}'), "out_of_bounds"),
    ("air/a1", _values('{"pm25": ' + "9" * 350 + "}"), "out_of_bounds"),
    ("air/a1", _values('{"pm25": {"value": 9.1, "unit": "ppb"}}'), "wrong_unit"),
    ("air/a1", _values('{"pm25": {"value": 9.1, "unit": 5}}'), "wrong_unit"),
    ("air/a1", _values('{"pm25": {"value": 9, "status": "ok"}}'), "wrong_status"),
    ("air/a1", AIR[:-1] + ', "status": "ok"}', "wrong_status"),
    ("air/a1", AIR[:-1] + ', "status": 0}', "wrong_status"),
    ("air/a1", AIR[:-1] + ', "period_s": 0}', "wrong_period"),
    ("air/a1", AIR[:-1] + ', "period_s": 300.5}', "wrong_period"),
    ("air/a1", AIR[:-1] + ', "period_s": 90000}', "wrong_period"),
    ("air/a1", AIR[:-1] + ', "revision": -1}', "wrong_revision"),
    ("air/a1", AIR[:-1] + ', "revision": true}', "wrong_revision"),
    ("air/a1", AIR[:-1] + ', "revision": 2147483648}', "wrong_revision"),
    ("traffic/t1", _lanes("[]"), "missing_values"),
    ("traffic/t1", f'{{"time": "{TIME}"}}', "missing_values"),
    ("traffic/t1", _lanes('[{"lane": 1}]'), "missing_values"),
    ("traffic/t1", _lanes('{"1": 5}'), "wrong_shape"),
    ("traffic/t1", _lanes("[5]"), "wrong_shape"),
    ("traffic/t1", _lanes('[{"lane": 1, "counts": 5}]'), "wrong_shape"),
    ("traffic/t1", _lanes('[{"count": 5}]'), "wrong_lane"),
    ("traffic/t1", _lanes('[{"lane": 0, "count": 5}]'), "wrong_lane"),
    ("traffic/t1", _lanes('[{"lane": 65, "count": 5}]'), "wrong_lane"),
    ("traffic/t1", _lanes('[{"lane": "1", "count": 5}]'), "wrong_lane"),
    ("traffic/t-lane", _lanes('[{"lane": 1, "count": 5}]'), "wrong_lane"),
    ("traffic/t1", _lanes('[{"lane": 1, "counts": {"ox": 5}}]'), "unknown_quantity"),
    (
        "traffic/t1",
        _lanes('[{"lane": 1, "speed": 5, "speed_mean": "median"}]'),
        "wrong_speed_mean",
    ),
    (
        "traffic/t1",
        _lanes('[{"lane": 1, "speed": 5, "speed_mean": ["x"]}]'),
        "wrong_speed_mean",
    ),
    ("traffic/t1", _lanes('[{"lane": 1, "count": "5"}]'), "not_a_number"),
    ("traffic/t1", _lanes(TEN_THOUSAND), "too_many_lanes"),
    (
        "air/a1",
        _values("{" + ",".join(f'"q{n}": 1' for n in range(10_000)) + "}"),
        "too_many_values",
    ),
]


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    CASES,
    ids=[f"{number}-{case[2]}" for number, case in enumerate(CASES)],
)
def test_bad_input(
    desk: Any, topic: str | bytes, payload: bytes | str, reason: str
) -> None:
    """Each kind of bad input becomes one refusal, with a sentence and its bytes."""
    got = desk.decode(topic, payload)
    assert got.reasons == {reason: 1}
    assert not got.columns
    assert got.tick is None
    refused = got.refused[0]
    raw = payload if isinstance(payload, bytes) else payload.encode()
    assert len(refused.detail) > 20
    assert refused.sha256 == hashlib.sha256(raw).hexdigest()
    assert refused.length == len(raw)
    assert decode(encode(refused), Refused) == refused


def test_every_reason_is_tried(desk: Any) -> None:
    """No reason is without a case that leads to it."""
    wall = type(desk)(desk.city.with_run(origin="live", clock="wall"))
    tick = wall.decode("tick", f'{{"time": "{TIME}"}}').reasons
    assert {case[2] for case in CASES} | set(tick) == set(Reason)


def test_large_payloads_are_kept_in_part(desk: Any) -> None:
    """Of what is too large the first 4 KiB, the length and the hash are kept."""
    refused = desk.decode("air/a1", TWO_MB).refused[0]
    assert refused.payload == TWO_MB[:4096]
    assert refused.length == len(TWO_MB)
    assert not refused.replayable
    assert desk.decode("air/a1", b"x" * 262_144).refused[0].replayable


def test_who_it_is_counted_under(desk: Any) -> None:
    """A refusal counts under its device, or under unknown where there is none."""
    assert desk.decode("air/a1", b"").refused[0].device == "a1"
    assert desk.decode("air/a9", b"").refused[0].device == "unknown"
    assert desk.decode("traffic/a1", b"").refused[0].device == "unknown"


def test_the_same_message_again_has_the_same_id(desk: Any) -> None:
    """Identity is topic, payload and reason: a redelivery is no second refusal."""
    body = _values('{"pm25": null, "o3": "x", "voc": 1}')
    first = desk.decode("air/a1", body)
    again = desk.decode("air/a1", body, now=None, redelivered=True)
    assert [r.id for r in first.refused] == [r.id for r in again.refused]
    assert len({r.id for r in first.refused}) == 2
    assert desk.decode("air/a-ppb", body).refused[0].id not in {
        r.id for r in first.refused
    }


def test_a_flood_of_bad_values_is_told_shortly(desk: Any) -> None:
    """Many bad values of one kind make one refusal that counts them."""
    lane = '{"lane": %d, "count": null}'
    lanes = ",".join(lane % number for number in range(1, 65))
    got = desk.decode("traffic/t1", _lanes(f"[{lanes}]"))
    assert got.reasons == {"not_a_number": 64}
    assert "and 61 more like these" in got.refused[0].detail
    assert "lane 1: count is null" in got.refused[0].detail


def test_flagged_rather_than_refused(desk: Any) -> None:
    """Negative, absurd and sentinel values are stored as sent, and flagged."""
    values = '{"pm25": -0.4, "pm10": -30, "o3": 9999, "humidity": 140}'
    got = desk.decode("air/a1", _values(values))
    assert got.columns.value == [-400_000, -30_000_000, 9_999_000_000, 140_000_000]
    assert got.columns.flag == [3, 4, 4, 4]
    lanes = '[{"lane": 1, "occupancy": 1.04, "speed": -1, "count": -1}]'
    got = desk.decode("traffic/t1", _lanes(lanes))
    assert got.columns.value == [-1_000_000, 1_040_000, -1_000_000]
    assert got.columns.flag == [4, 3, 4]


@pytest.mark.parametrize(
    "thing",
    ["a" * 1000, "\ud800", None, {"a": [1] * 500}, 10**5000, b"\xff"],
    ids=range(6),
)
def test_quotes_are_short_and_encodable(thing: object) -> None:
    """Whatever a sender wrote can be shown and stored in a sentence."""
    assert len(quote(thing).encode()) < 100
