"""The messages of 48 hours."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from sensors.batch import Columns
from sensors.city import City
from sensors.decoders.refusal import Reason
from sensors.decoders.thoang_v1 import Decoder
from sensors.records import Refused
from sensors.simulator.feed import Feed
from sensors.simulator.payload import Message, in_units_of, marked
from sensors.simulator.plan import Plan, first_fill
from sensors.simulator.scene import Scene

NOW = 1_763_806_620  # Saturday 22 November 2025, 17:17 in Bình Dương


class Sent(NamedTuple):
    """A message with the event time of its step."""

    step: int
    device: str
    kind: str
    body: dict[str, Any]


class History(NamedTuple):
    """What the fill before `NOW` sends."""

    plan: Plan
    scene: Scene
    messages: list[tuple[int, Message]]
    sent: list[Sent]


@pytest.fixture(scope="module")
def history(city: City, make_scene: Callable[..., Scene]) -> History:
    """Return the fill of 48 hours that ends at `NOW`."""
    plan = first_fill(city.id, 1, NOW, 48)
    scene = make_scene(*plan.anchors)
    feed = Feed(scene)
    messages: list[tuple[int, Message]] = []
    end = plan.confirmed
    while end < plan.planned:
        coarse = plan.is_coarse(end + 1)
        end = plan.next_after(end)
        messages += [(end, message) for message in feed.at(end, coarse=coarse)]
    return History(plan, scene, messages, [_read(*message) for message in messages])


def _read(step: int, message: Message) -> Sent:
    kind, device = message.topic.split("/")[-2:]
    return Sent(step, device, kind, json.loads(message.payload))


def _end(sent: Sent) -> int:
    return int(datetime.fromisoformat(sent.body["time"]).timestamp())


def _speed(sent: Sent) -> float:
    """Return the harmonic mean speed over lanes [km/h]."""
    lanes = [lane for lane in sent.body["lanes"] if "speed" in lane]
    counts = [sum(lane["counts"].values()) for lane in lanes]
    hours = sum(n / lane["speed"] for n, lane in zip(counts, lanes, strict=True))
    return float(sum(counts) / hours)


def test_the_fill_is_some_sixty_thousand_messages(history: History) -> None:
    """Every device, every five minutes, for 48 hours."""
    devices = len(history.scene.city.devices)
    assert 0.98 * devices * 576 < len(history.messages) < 1.03 * devices * 576


def test_any_step_can_be_made_again(
    history: History, make_scene: Callable[..., Scene]
) -> None:
    """The same seed and time give the same bytes; another seed gives others."""
    steps = defaultdict(list)
    for step, message in history.messages:
        steps[step].append(message)
    other = make_scene(*history.plan.anchors, seed=2)
    for step in (NOW - 60, NOW - 86_400 - NOW % 300, NOW):
        coarse = history.plan.is_coarse(step)
        assert Feed(history.scene).at(step, coarse=coarse) == steps[step]
        assert Feed(other).at(step, coarse=coarse) != steps[step]


def test_no_message_is_ahead_of_its_step(history: History) -> None:
    """Times are the step's, but for the device whose clock is off by seconds."""
    off = defaultdict(set)
    for sent in history.sent:
        off[sent.device].add(_end(sent) - sent.step)
    wrong = {device for device, shifts in off.items() if shifts != {0}}
    assert 1 <= len(wrong) <= 4
    assert all(-40 <= shift <= 25 for shifts in off.values() for shift in shifts)


def test_traffic_intervals_tile_without_overlap(city: City, history: History) -> None:
    """Five-minute and one-minute intervals of a detector meet, and never overlap."""
    until: dict[str, int] = {}
    for sent in history.sent:
        if sent.kind == "traffic":
            period = sent.body.get("period_s", 60)
            assert period in {60, 300}
            assert until.get(sent.device, 0) <= _end(sent) - period
            until[sent.device] = _end(sent)
    assert len(until) == len(city.segments)
    assert Counter(until.values()).most_common(1)[0][0] == NOW


def test_two_thirds_of_the_vehicles_are_motorcycles(history: History) -> None:
    """In the messages as on the roads."""
    total: Counter[str] = Counter()
    for sent in history.sent:
        for lane in sent.body.get("lanes", ()):
            total.update(lane["counts"])
    assert 0.60 < total["motorcycle"] / total.total() < 0.72


def test_count_occupancy_and_speed_agree(history: History) -> None:
    """Vehicles × a plausible length ÷ speed is the occupancy, in every lane."""
    for sent in history.sent[::97]:
        period = sent.body.get("period_s", 60)
        for lane in sent.body.get("lanes", ()):
            n = sum(lane["counts"].values())
            assert 0.0 <= lane["occupancy"] <= 1.0
            assert (n > 0) == ("speed" in lane)
            if n >= 20 and lane["occupancy"] < 0.9:
                speed = lane["speed"] / 3.6
                length = lane["occupancy"] * period * speed / n
                assert 3.7 < length < 10.5


def test_the_jam_is_four_minutes_old_at_the_end(history: History) -> None:
    """Speed falls below a quarter of the limit in the last four minutes, not before."""
    segment = history.scene.city.segment(history.scene.jam_segment or "")
    assert segment is not None
    ratios = {
        _end(sent): _speed(sent) / (segment.limit_kmh or 0)
        for sent in history.sent
        if sent.device in {d.id for d in history.scene.city.devices_of(segment.id)}
    }
    jammed = sorted(end for end, ratio in ratios.items() if ratio < 0.25)
    assert jammed == [NOW - 180, NOW - 120, NOW - 60, NOW]
    assert all(ratio > 0.5 for end, ratio in ratios.items() if end < NOW - 180)


def test_the_queue_grows_upstream_and_the_road_recovers(history: History) -> None:
    """Ten minutes later neighbours upstream are queued; an hour later all is well."""
    city, feed = history.scene.city, Feed(history.scene)
    names = {
        device.id: device.site
        for device in city.devices
        if device.site in history.scene.calm
    }

    def slow(after_min: int) -> set[str]:
        messages = feed.at(NOW + 60 * after_min)
        sent = [_read(0, m) for m in messages if m.topic.split("/")[-1] in names]
        limits = {s.id: s.limit_kmh or 0 for s in city.segments}
        found = {names[s.device]: _speed(s) for s in sent if s.kind == "traffic"}
        return {site for site, speed in found.items() if speed < 0.25 * limits[site]}

    jam = history.scene.jam_segment
    segment = city.segment(jam or "")
    assert segment is not None
    assert slow(1) == {jam}
    assert slow(12) == {jam, *segment.upstream}
    assert slow(75) == set()


def test_the_smoke_is_fifty_minutes_old_at_the_end(history: History) -> None:
    """PM2.5 of its district is above 200 µg/m³ for 50 minutes, and usual before."""
    smoky = {
        device.id: device.site
        for device in history.scene.city.devices
        if device.site in history.scene.smoky
    }
    before: list[float] = []
    during: list[float] = []
    for sent in history.sent:
        if sent.device in smoky:
            age = _end(sent) - (NOW - 3000)
            values = during if age >= 300 else before
            if not 0 < age < 300:
                values.append(sent.body["values"]["pm25"])
    assert min(during) > 200
    assert max(before) < 110
    assert 10 < sum(before) / len(before) < 60
    assert len(during) >= 9 * len(smoky)


def test_levels_elsewhere_are_realistic(history: History) -> None:
    """Nine tenths of PM2.5 are from 12 to 65 µg/m³ in the dry season."""
    values = sorted(
        sent.body["values"]["pm25"]
        for sent in history.sent
        if sent.kind == "air" and type(sent.body["values"]["pm25"]) is float
    )
    assert 12 < values[len(values) // 20] < values[len(values) * 9 // 10] < 65


def test_every_fault_can_be_seen_in_48_hours(history: History) -> None:
    """Absurd values, words, calibration, silence and stuck values are all there."""
    seen: Counter[str] = Counter()
    last: dict[tuple[str, str], tuple[float, int]] = {}
    ends: dict[str, int] = {}
    longest = 0
    for sent in history.sent:
        if sent.kind != "air":
            continue
        longest = max(longest, sent.step - ends.get(sent.device, sent.step))
        ends[sent.device] = sent.step
        seen["calibrating"] += sent.body.get("status") == "calibrating"
        for name, value in sent.body["values"].items():
            if isinstance(value, str):
                seen["text"] += 1
            elif name != "temperature" and value < 0:
                seen["negative"] += 1
            elif value in {999.0, -999.0}:
                seen["sentinel"] += 1
            elif name in {"pm25", "pm10", "no2", "co"} and value > 0:
                old, times = last.get((sent.device, name), (0.0, 0))
                last[sent.device, name] = (value, times + 1 if value == old else 1)
                seen["stuck"] += times == 20
    assert longest >= 2 * 3600
    for kind in ("calibrating", "text", "negative", "sentinel", "stuck"):
        assert 1 <= seen[kind] <= 60, (kind, seen)


def test_the_bridge_reads_all_but_the_words(city: City, history: History) -> None:
    """Only values that are no numbers are refused; everything else becomes readings."""
    decoder = Decoder(city.with_run(origin="simulated", clock="messages"))
    columns, refused = Columns(), list[Refused]()
    for step, message in history.messages:
        decoder.decode(
            *message, now=step, redelivered=False, into=columns, refusals=refused
        )
    assert {r.reason for r in refused} == {Reason.NOT_A_NUMBER}
    assert sum(r.count for r in refused) <= 4
    assert len(columns.device) == len(history.messages)


def test_due_counts_what_devices_would_send(history: History) -> None:
    """The progress bar's total is close to, and never below, what is sent."""
    plan, feed = history.plan, Feed(history.scene)
    total, end = 0, plan.confirmed
    while end < plan.planned:
        coarse = plan.is_coarse(end + 1)
        end = plan.next_after(end)
        total += feed.due(end, coarse=coarse)
    assert 0.98 * total < len(history.messages) <= total


def test_devices_send_in_their_own_units_and_marks(city: City) -> None:
    """A device of mg/m³ or Fahrenheit, or one that marks starts, is obeyed."""
    usual = next(d for d in city.devices if d.kind == "air")
    foreign = usual.model_copy(
        update={"units": {"co": "mg/m3", "temperature": "°F"}, "time_marks": "start"}
    )
    assert in_units_of(foreign, "co", 1250.0) == pytest.approx(1.25)
    assert in_units_of(foreign, "temperature", 30.0) == pytest.approx(86.0)
    assert in_units_of(foreign, "pm25", 30.0) == 30.0
    assert marked(foreign, 600, 300) == 300
    assert marked(usual, 600, 300) == 600
