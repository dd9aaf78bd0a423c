"""What crosses Kafka can be read for as long as its version lives.

The files in `golden/` were written when version 1 was; they are never written again.
Each must be read as what it says, with the fields of later programs ignored.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from alerts.notice import Notice
from alerts.transition import Transition
from sensors.reading import BY_NAME, COLUMNS, QUANTITIES
from sensors.records import (
    Batch,
    Refused,
    Tick,
    UnknownVersionError,
    decode,
    decode_record,
    encode_batch,
    encode_tick,
)
from streams.results import read_results, write_results

GOLDEN = Path(__file__).parent / "golden"
READERS: dict[str, Callable[[bytes], Any]] = {
    "batch": decode_record,
    "tick": decode_record,
    "results": read_results,
    "refused": lambda value: decode(value, Refused),
    "transition": lambda value: decode(value, Transition),
    "notice": lambda value: decode(value, Notice),
}


def _golden(kind: str) -> bytes:
    return (GOLDEN / f"{kind}.v1.msgpack").read_bytes()


def _batch() -> Batch:
    record = decode_record(_golden("batch"))
    assert isinstance(record, Batch)
    return record


def test_a_batch_of_version_1() -> None:
    """Three readings of two devices, and a tick between them."""
    record = _batch()
    readings = record.readings
    assert (record.city, record.origin) == ("binh-duong", "simulated")
    assert record.provenance.bridge == "thoang-bridge"
    assert (record.provenance.sequence, record.provenance.total) == (7, 42)
    assert (record.tick, record.before) == (1_767_229_500, 2)
    assert [readings.sites[row] for row in readings.site] == ["dt1", "dt1", "ql13-n-05"]
    names = [QUANTITIES[code].name for code in readings.quantity]
    assert names == ["pm25", "co", "occupancy"]
    assert readings.value.tolist() == [35_700_000, 812_000_000, 120_000]
    assert readings.end.tolist() == [1_767_229_500, 1_767_229_500, 1_767_229_560]
    assert readings.period.tolist() == [300, 300, 60]
    assert readings.flag.tolist() == [1, 3, 1]
    assert readings.channel.tolist() == [0, 0, 2]
    assert readings.revision.tolist() == [0, 0, 4]
    assert readings.redelivered.tolist() == [False, False, True]


def test_a_tick_of_version_1() -> None:
    """Time alone."""
    record = decode_record(_golden("tick"))
    assert isinstance(record, Tick)
    assert record.time == 1_767_229_500


def test_results_of_version_1() -> None:
    """An hour of a station and five minutes of a road."""
    results = read_results(_golden("results"))
    (air,), (road,) = results.air, results.congestion
    assert (results.stage, results.epoch, results.partition) == ("air", 2, 3)
    assert (results.offset, results.tick) == (17, 1_767_229_500)
    assert (air.site, air.aqi, air.category, air.dominant) == (
        "dt1",
        110,
        "poor",
        "pm25",
    )
    assert (air.means, air.nowcast) == ({"pm25": 55_700_000}, {"pm25": 55_700_000})
    assert (road.site, road.level, road.ratio) == ("ql13-n-05", "queue", 0.05)


def test_a_refusal_of_version_1() -> None:
    """Reason and original bytes."""
    refused = READERS["refused"](_golden("refused"))
    assert (refused.reason, refused.payload, refused.count) == ("not_json", b"\xff{", 1)


def test_alerts_of_version_1() -> None:
    """A transition and its notice belong together."""
    transition = READERS["transition"](_golden("transition"))
    notice = READERS["notice"](_golden("notice"))
    assert (transition.rule, transition.kind) == ("traffic-queue", "raise")
    assert notice.episode == transition.episode
    assert set(notice.headline) == {"vi", "en"}


@pytest.mark.parametrize("kind", READERS)
def test_fields_of_later_programs_are_ignored(kind: str) -> None:
    """The same version with more in it is read as before."""
    plain = msgspec.msgpack.decode(_golden(kind))
    more = msgspec.msgpack.encode({**plain, "of_tomorrow": [1, {"a": 2}]})
    before, after = READERS[kind](_golden(kind)), READERS[kind](more)
    if isinstance(before, Batch):
        assert encode_batch(after) == encode_batch(before)
    else:
        assert after == before


@pytest.mark.parametrize("kind", READERS)
def test_a_later_version_is_not_guessed_at(kind: str) -> None:
    """Whatever else is in it: the partition has to wait for a newer program."""
    with pytest.raises(UnknownVersionError, match="version 2"):
        READERS[kind](msgspec.msgpack.encode({"v": 2}))


def test_what_is_written_is_read() -> None:
    """Writing and reading come back to the same."""
    batch = _batch()
    again = decode_record(encode_batch(batch))
    assert isinstance(again, Batch)
    for name in COLUMNS:
        one, other = getattr(again.readings, name), getattr(batch.readings, name)
        assert np.array_equal(one, other)
    tick = decode_record(_golden("tick"))
    assert isinstance(tick, Tick)
    assert decode_record(encode_tick(tick)) == tick
    results = read_results(_golden("results"))
    assert read_results(write_results(results)) == results


def test_codes_of_quantities_never_change() -> None:
    """They are on the wire: new ones are only ever appended."""
    assert [quantity.code for quantity in QUANTITIES] == list(range(len(QUANTITIES)))
    fixed = {"pm25": 0, "co": 6, "rain": 12, "count": 13, "occupancy": 20}
    assert {name: BY_NAME[name].code for name in fixed} == fixed
