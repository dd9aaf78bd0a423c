"""Whatever a device sends through the real bridge ends stored, flagged or refused."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from sensors.publisher import Publisher
from sensors.reading import MICRO, Flag
from sensors.records import KEEP_LARGE

pytestmark = pytest.mark.embedded

NOW = 1_769_846_400
"""The city's clock while the messages come: 2026-01-31 08:00 UTC."""
EVER = 1 << 40
AIR, ROAD = "thoang/v1/small/air/a1", "thoang/v1/small/traffic/t1"


def at(before_s: int) -> str:
    """Return a time before the city's clock as a device writes it."""
    return datetime.fromtimestamp(NOW - before_s, UTC).isoformat()


SHARP = at(0)


def air(values: Any, time: Any = SHARP, **more: Any) -> bytes:
    """Return an air message."""
    return json.dumps({"time": time, "values": values, **more}).encode()


def lanes(count: int) -> bytes:
    """Return a traffic message of so many lanes."""
    each = [{"lane": 1 + n % 64, "count": 1} for n in range(count)]
    return json.dumps({"time": at(0), "lanes": each}).encode()


class Bad(NamedTuple):
    """A message that must not be read: why, where it is sent, and what it is."""

    reason: str
    payload: bytes
    topic: str = AIR


NESTED = b'{"time": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BAD = {
    "not JSON": Bad("not_json", b"pm25=12.5;humidity=81"),
    "cut off": Bad("not_json", air({"pm25": 12.5})[:-4]),
    "nothing at all": Bad("not_json", b""),
    "topic of no kind": Bad("wrong_topic", air({"pm25": 1}), "thoang/v1/small/sea/a1"),
    "topic too short": Bad("wrong_topic", air({"pm25": 2}), "thoang/v1/small"),
    "topic of odd letters": Bad("wrong_topic", air({"pm25": 3}), f"{AIR[:-2]}đèn đỏ"),
    "unknown device": Bad("unknown_device", air({"pm25": 4}), f"{AIR[:-2]}ghost"),
    "air on a traffic device": Bad("wrong_kind", air({"pm25": 5}), f"{AIR[:-2]}t1"),
    "no values": Bad("missing_values", air({})),
    "values forgotten": Bad("missing_values", json.dumps({"time": at(1)}).encode()),
    "unknown quantity": Bad("unknown_quantity", air({"pm3": 1.0})),
    "quantity of half a letter": Bad("unknown_quantity", air({"\ud800": 1.0})),
    "text": Bad("not_a_number", air({"pm25": "12.5"})),
    "null": Bad("not_a_number", air({"pm25": None})),
    "true": Bad("not_a_number", air({"pm25": True})),
    "NaN": Bad("not_finite", air({"pm25": float("nan")})),
    "infinity": Bad("not_finite", air({"pm25": float("-inf")})),
    "1e400": Bad("not_finite", air({"pm25": 1}).replace(b"1}", b"1e400}")),
    "1e308": Bad("out_of_bounds", air({"pm25": 1e308})),
    "wrong unit": Bad("wrong_unit", air({"pm25": {"value": 1, "unit": "furlong"}})),
    "time missing": Bad("missing_time", air({"pm25": 6}, time=None)),
    "time of words": Bad("bad_time", air({"pm25": 7}, time="this morning")),
    "a year ahead": Bad("in_the_future", air({"pm25": 8}, time=at(-365 * 86_400))),
    "a tick a year ahead": Bad(
        "in_the_future",
        json.dumps({"time": "2099-01-31T08:00:00Z"}).encode(),
        "thoang/v1/small/tick",
    ),
    "without zone": Bad("no_zone", air({"pm25": 9}, time="2026-01-31T08:00:00")),
    "two megabytes": Bad("too_large", air({"pm25": 10}, note="x" * 2_000_000)),
    "deep nesting": Bad("too_deep", NESTED),
    "ten thousand lanes": Bad("too_many_lanes", lanes(10_000), ROAD),
    "binary": Bad("not_utf8", bytes(range(256))),
    "invalid UTF-8": Bad(
        "not_utf8", air({"pm25": 11}, note="?").replace(b"?", b"\xe9")
    ),
    "a list": Bad("wrong_shape", b"[1, 2, 3]"),
}
"""A message and the one reason it is refused for; each counts as one reading."""

FLAGGED = {
    300: ("pm25", -3.0, Flag.SUSPECT),
    600: ("pm25", -50.0, Flag.FAIL),
    900: ("pm25", -999.0, Flag.FAIL),
    1200: ("humidity", 130.0, Flag.FAIL),
}
"""Odd values that are kept, with their flag, by how long before the clock."""

OUT_OF_ORDER = (2100, 1500, 1800)
TWICE, DISPUTED, PARTLY = 2400, 2700, 3000
LATE = 5 * 3600


def readable() -> Iterator[bytes]:
    """Make the messages that hold a reading to be stored."""
    for before, (quantity, value, _) in FLAGGED.items():
        yield air({quantity: value}, time=at(before))
    for before in OUT_OF_ORDER:
        yield air({"pm25": before / 100}, time=at(before))
    yield air({"pm25": 40, "pm10": 60}, time=at(TWICE))
    yield air({"pm25": 40, "pm10": 60}, time=at(TWICE))
    yield air({"pm25": 40}, time=at(DISPUTED))
    yield air({"pm25": 41}, time=at(DISPUTED), revision=2)
    yield air({"pm25": 39}, time=at(DISPUTED), revision=1)
    yield air({"pm25": 20}, time=at(LATE))
    yield air({"pm25": 21, "pm10": "broken", "co": None}, time=at(PARTLY))


class Fed(NamedTuple):
    """A city that got everything, and its processes before that."""

    town: Any
    before: dict[str, Any]


@pytest.fixture(scope="module")
def fed(found_town_once: Callable[..., Any], small_city: Callable[..., str]) -> Fed:
    """Return a city that was sent every message, once all of it is stored."""
    town = found_town_once(small_city())
    before = town.start("--no-simulator").all_ready()
    with Publisher(town.mqtt, "small", client_id="devices", window=None) as publisher:
        publisher.tick(NOW)
        for bad in BAD.values():
            publisher.publish(bad.topic, bad.payload)
        for payload in readable():
            publisher.publish(AIR, payload)
        publisher.tick(NOW + 60)
        publisher.flush(30)
    with town.store() as store:
        town.wait(lambda: store.clock("small") == NOW + 60)
    town.settle()
    return Fed(town, before)


@pytest.mark.parametrize("name", BAD)
def test_bad_message_is_refused(fed: Fed, name: str) -> None:
    """It is in quarantine, once, with its reason, its bytes and a way out."""
    bad = BAD[name]
    with fed.town.store() as store:
        kept = store.quarantine(limit=1_000)
    here = [
        each.refused
        for each in kept
        if each.refused.topic == bad.topic
        and bad.payload.startswith(each.refused.payload)
        and each.refused.length == len(bad.payload)
    ]
    assert [refused.reason for refused in here] == [bad.reason]
    assert here[0].count == 1
    assert here[0].time == NOW
    assert len(here[0].detail) > 20
    whole = bad.reason != "too_large"
    assert here[0].replayable is whole
    assert here[0].payload == (bad.payload if whole else bad.payload[:KEEP_LARGE])


def test_odd_values_are_stored_with_a_flag(fed: Fed) -> None:
    """Negative values and those out of range are kept as they came."""
    with fed.town.store() as store:
        found = store.readings("small", "air-1", NOW - 1_500, NOW)
    said = {
        NOW - int(end): (value / MICRO, Flag(flag))
        for end, value, flag in zip(found.end, found.value, found.flag, strict=True)
    }
    assert said == {before: odd[1:] for before, odd in FLAGGED.items()}


def test_order_does_not_matter(fed: Fed) -> None:
    """Messages that overtook each other are all stored, each at its own time."""
    with fed.town.store() as store:
        found = store.readings("small", "air-1", NOW - 2_400, NOW - 1_500)
    assert (NOW - found.end).tolist() == sorted(OUT_OF_ORDER, reverse=True)
    assert (found.value / MICRO).tolist() == [21.0, 18.0, 15.0]


def test_the_highest_revision_stands(fed: Fed) -> None:
    """Of three values of one identity one stands; the two others are kept aside."""
    with fed.town.store() as store:
        found = store.readings("small", "air-1", NOW - DISPUTED - 300, NOW - DISPUTED)
        losers = store.conflicts("small")
    assert (found.value / MICRO).tolist() == [41.0]
    assert {(loser.value / MICRO, loser.revision) for loser in losers} == {
        (40.0, 0),
        (39.0, 1),
    }


def test_ledger_balances(fed: Fed) -> None:
    """Every reading is counted as what became of it, and counted again in the rows."""
    with fed.town.store() as store:
        audit = store.audit("small")
    assert audit.balances, audit.wrong
    total = audit.ledger.total
    stored = len(FLAGGED) + len(OUT_OF_ORDER) + 2 + 3 + 1 + 1
    assert total.stored == stored
    assert total.quarantined == len(BAD) + 2
    assert (total.duplicate, total.conflicts, total.late) == (2, 2, 1)
    assert total.received == stored + len(BAD) + 2 + 2
    assert (total.lost, total.in_flight, total.redelivered) == (0, 0, 0)


def test_refused_values_leave_the_rest_of_a_message(fed: Fed) -> None:
    """One bad value costs itself, not the good one beside it."""
    with fed.town.store() as store:
        found = store.readings("small", "air-1", NOW - PARTLY - 300, NOW - PARTLY)
        kept = store.quarantine(device="a1", limit=1_000)
    assert (found.value / MICRO).tolist() == [21.0]
    partly = [k.refused for k in kept if b"broken" in k.refused.payload]
    assert Counter({r.reason: r.count for r in partly}) == {"not_a_number": 2}


def test_repaired_message_is_stored(fed: Fed, tmp_path: Path) -> None:
    """`thoang quarantine` lists, shows and saves it; repaired, it is a reading."""
    town, file = fed.town, tmp_path / "message.json"
    with town.store() as store:
        before = store.audit("small").ledger.total
        kept = store.quarantine(device="a1", limit=1_000)
    refused = next(k.refused for k in kept if k.refused.reason == "no_zone")
    assert "no_zone" in town.thoang("quarantine", "list", "--limit", "100")
    shown = town.thoang("quarantine", "show", refused.id[:10], "--save", str(file))
    assert "has no offset from UTC" in shown
    file.write_text(file.read_text("utf-8").replace("08:00:00", "07:05:00Z"), "utf-8")
    town.thoang("quarantine", "replay", refused.id, "--payload", str(file))
    end = NOW - 3_300
    with town.store() as store:
        town.wait(lambda: len(store.readings("small", "air-1", end - 300, end)))
        found = store.readings("small", "air-1", end - 300, end)
        audit = store.audit("small")
        again = store.quarantined(refused.id)
    assert (found.value / MICRO).tolist() == [9.0]
    assert audit.balances, audit.wrong
    assert audit.ledger.total.stored == before.stored + 1
    assert audit.ledger.total.quarantined == before.quarantined
    assert again is not None
    assert again.replayed > 0
    assert "(replayed)" in town.thoang("quarantine", "list", "--limit", "100")


def test_nothing_crashed(fed: Fed) -> None:
    """Every process is still the one that was started; none was started again."""
    for name, process in fed.before["processes"].items():
        assert fed.town.pid(name) == process["pid"], name
        assert psutil.pid_exists(process["pid"]), name
    after = fed.town.all_ready()["processes"]
    assert {process["restarts"] for process in after.values()} == {0}
