from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sensors.decoders.refusal import REASONS
from sensors.messages import AirMessage, TrafficMessage

TIME = "2026-01-31T08:05:00+07:00"
TOPICS = ["air/a1", "air/a-ppb", "air/a-start", "traffic/t1", "traffic/t-lane", "tick"]

_plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
_json = st.recursive(
    _plain,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
_key = st.sampled_from(
    [
        "time",
        "values",
        "lanes",
        "lane",
        "count",
        "counts",
        "occupancy",
        "speed",
        "speed_mean",
        "unit",
        "value",
        "status",
        "revision",
        "period_s",
        "pm25",
        "o3",
        "voc",
        "motorcycle",
    ]
)
_ours = st.recursive(
    _plain | st.just(TIME) | st.sampled_from(["ppb", "error", "harmonic"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_key, inner),
    max_leaves=20,
)
_message = st.fixed_dictionaries(
    {"time": st.just(TIME)}, optional={"values": _ours, "lanes": st.lists(_ours)}
)


def _check(desk: Any, topic: str | bytes, payload: bytes) -> None:
    got = desk.decode(topic, payload)
    columns = got.columns
    refused = sum(each.count for each in got.refused)
    assert len(columns) + refused + (got.tick is not None) >= 1
    assert {each.reason for each in got.refused} <= set(REASONS)
    assert sum(columns.count) == len(columns)
    rows = {
        len(columns.channel),
        len(columns.quantity),
        len(columns.value),
        len(columns.flag),
    }
    assert rows == {len(columns)}


@given(topic=st.sampled_from(TOPICS), payload=st.binary())
def test_any_bytes(desk: Any, topic: str, payload: bytes) -> None:
    """Whatever bytes a device sends, they become readings, a tick or refusals."""
    _check(desk, topic, payload)


@given(topic=st.text() | st.binary(), payload=st.binary(max_size=9))
def test_any_topic(desk: Any, topic: str | bytes, payload: bytes) -> None:
    """Whatever topic a message came on, it is accounted for."""
    _check(desk, topic, payload)


@given(topic=st.sampled_from(TOPICS), body=_json | _ours | _message)
def test_any_json(desk: Any, topic: str, body: object) -> None:
    """Whatever JSON a device sends, it becomes readings, a tick or refusals."""
    _check(desk, topic, msgspec.json.encode(body))


_number = st.floats(-1e6, 1e6) | st.integers(-(10**6), 10**6)
_count = st.integers(0, 10**6)
_status = st.sampled_from([None, "measuring", "calibrating", "error"])
_measured = st.fixed_dictionaries(
    {"value": _number},
    optional={"unit": st.sampled_from([None, "µg/m³", "ug/m3"]), "status": _status},
)
_head = {"time": st.just(TIME)}
_extra = {
    "period_s": st.none() | st.integers(1, 300),
    "revision": st.none() | st.integers(0, 2**31 - 1),
}
_air = st.fixed_dictionaries(
    _head
    | {
        "values": st.dictionaries(
            st.sampled_from(["pm25", "pm10", "o3", "co"]),
            _number | _measured,
            min_size=1,
        )
    },
    optional=_extra | {"status": _status},
)
_lane = st.fixed_dictionaries(
    {"lane": st.integers(1, 64), "count": _count},
    optional={
        "counts": st.dictionaries(st.sampled_from(["motorcycle", "bus"]), _count),
        "occupancy": _number,
        "speed": _number
        | st.fixed_dictionaries({"value": _number, "unit": st.just("mph")}),
        "speed_mean": st.sampled_from([None, "harmonic", "arithmetic"]),
    },
)
_traffic = st.fixed_dictionaries(
    _head | {"lanes": st.lists(_lane, min_size=1, max_size=5)}, optional=_extra
)


@given(_air)
def test_every_air_message_of_the_model_is_read(
    desk: Any, body: dict[str, Any]
) -> None:
    """What the documented model allows, the decoder reads, to the value."""
    payload = msgspec.json.encode(body)
    AirMessage.model_validate_json(payload)
    got = desk.decode("air/a1", payload)
    assert got.refused == []
    assert len(got.columns) == len(body["values"])


@given(_traffic)
def test_every_traffic_message_of_the_model_is_read(
    desk: Any, body: dict[str, Any]
) -> None:
    """So with traffic: each lane gives its counts, its occupancy and its speed."""
    payload = msgspec.json.encode(body)
    TrafficMessage.model_validate_json(payload)
    got = desk.decode("traffic/t1", payload)
    assert got.refused == []
    assert len(got.columns) == sum(
        1 + len(lane.get("counts", {})) + ("occupancy" in lane) + ("speed" in lane)
        for lane in body["lanes"]
    )
