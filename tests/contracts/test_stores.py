"""What every store has to do, tried on each of them."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.ledger import Counts
from sensors.reading import BY_NAME, COLUMNS, Flag, ReadingBatch, rank
from sensors.records import Batch, Provenance, Refused, Tick
from stores.embedded import EmbeddedStore
from stores.protocol import Store
from stores.record import (
    Item,
    Position,
    Row,
    Snapshot,
    StoreFormatError,
    Taken,
    Write,
)
from stores.rows import air_row, congestion_row
from stores.settings import StoreSettings
from streams.durable.machine import Saved
from streams.results import AirQuality, Congestion

CITY = "testville"
HOUR = 1_700_000_000 // 3600 * 3600
"""Start of the hour the tests play in [unix s]."""
LATENESS = 10_800
DAY = 86_400

Make = Callable[..., Store]


def embedded(folder: Path, **options: object) -> Store:
    return EmbeddedStore(
        StoreSettings.model_validate({"path": folder / "store.db", **options})
    )


MAKERS: dict[str, Make] = {"embedded": embedded}


@pytest.fixture(params=list(MAKERS.values()), ids=list(MAKERS))
def make(request: pytest.FixtureRequest) -> Make:
    maker: Make = request.param
    return maker


@pytest.fixture
def store(make: Make, tmp_path: Path) -> Iterator[Store]:
    with closing(make(tmp_path)) as made:
        yield made


class One(NamedTuple):
    """A reading."""

    device: str = "a"
    quantity: str = "pm25"
    end: int = HOUR + 300
    value: int = 9_100_000
    revision: int = 0
    redelivered: bool = False
    channel: int = 0
    period: int = 300
    flag: int = Flag.GOOD

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells it from another."""
        return self.device, self.channel, self.quantity, self.end, self.period


def batch_of(readings: Sequence[One]) -> ReadingBatch:
    devices = tuple(dict.fromkeys(one.device for one in readings))
    rows = [devices.index(one.device) for one in readings]
    columns: dict[str, list[Any]] = {
        name: [getattr(one, name) for one in readings]
        for name in ("channel", "end", "period", "value", "flag", "revision")
    }
    columns |= {
        "site": rows,
        "device": rows,
        "quantity": [BY_NAME[one.quantity].code for one in readings],
        "redelivered": [one.redelivered for one in readings],
    }
    arrays: dict[str, Any] = {n: np.array(columns[n], t) for n, t in COLUMNS.items()}
    sites = tuple(f"site-{device}" for device in devices)
    return ReadingBatch(sites=sites, devices=devices, **arrays)


class Log:
    """Kafka's side: records in order, with positions and provenance."""

    def __init__(self, epoch: int = 0, run: int = 1) -> None:
        self.epoch = epoch
        self.run = run
        self.records: list[Taken] = []
        self._numbers: dict[str, tuple[int, int]] = {}

    def put(self, item: Item, topic: str = "readings") -> Taken:
        """Append a record."""
        before = [each.position for each in self.records if each.position]
        offset = sum(position.topic == topic for position in before)
        position = Position(topic, 0, self.epoch, offset)
        self.records.append(Taken((item,), position, arrived=HOUR + 1))
        return self.records[-1]

    def batch(self, *readings: One) -> Taken:
        """Append a batch."""
        provenance = self.number("readings", len(readings))
        return self.put(Batch(CITY, "live", provenance, batch_of(readings)))

    def tick(self, time: int) -> Taken:
        """Append a tick."""
        return self.put(Tick(CITY, "live", self.number("readings", 0), time))

    def refuse(self, key: str, count: int = 1, *, redelivered: bool = False) -> Taken:
        """Append a refused message."""
        number = self.number("readings.quarantine", count)
        return self.put(
            refused(key, count, redelivered=redelivered, provenance=number),
            "readings.quarantine",
        )

    def number(self, topic: str, readings: int) -> Provenance:
        """Return the provenance of the next record, as a bridge does."""
        sequence, total = self._numbers.get(topic, (0, 0))
        self._numbers[topic] = sequence + 1, total + readings
        return Provenance("bridge", self.run, sequence + 1, total + readings)


def refused(
    key: str,
    count: int = 1,
    *,
    redelivered: bool = False,
    provenance: Provenance | None = None,
) -> Refused:
    return Refused(
        id=key,
        city=CITY,
        origin="live",
        device="",
        topic="thoang/v1/testville/air/x",
        stage="decode",
        reason="not_json",
        detail="byte 0 is no JSON",
        time=HOUR,
        count=count,
        payload=b"\xff\x00",
        length=2,
        sha256="",
        replayable=True,
        redelivered=redelivered,
        provenance=provenance,
    )


def commit(store: Store, *records: Taken) -> Counts:
    return store.commit(Write(records)).counts


def standing(store: Store) -> set[tuple[object, ...]]:
    """All readings that stand, as (identity, value, revision, flag)."""
    found: set[tuple[object, ...]] = set()
    for site in ("site-a", "site-b"):
        batch = store.readings(CITY, site, 0, HOUR + 10 * DAY)
        columns = [getattr(batch, name).tolist() for name in COLUMNS]
        for row in zip(*columns, strict=True):
            cell = dict(zip(COLUMNS, row, strict=True))
            cell["device"] = batch.devices[cell["device"]]
            cell["site"] = batch.sites[cell["site"]]
            found.add(tuple(cell.values()))
    return found


def state(store: Store) -> dict[str, object]:
    """Everything that must not depend on how often a record was delivered."""
    return {
        "readings": standing(store),
        "conflicts": store.conflicts(CITY),
        "quarantine": store.quarantine(),
        "ledger": store.ledger(CITY),
        "clock": store.clock(CITY),
        "offsets": store.offsets(0),
        "snapshots": store.snapshots("air", range(4)),
    }


ones = st.builds(
    One,
    device=st.sampled_from("ab"),
    quantity=st.sampled_from(["pm25", "o3", "count"]),
    end=st.sampled_from([HOUR, HOUR + 300, HOUR - LATENESS - 300]),
    value=st.sampled_from([0, 1, -5, 9_100_000, 10**15]),
    revision=st.sampled_from([0, 0, 1, 2]),
    redelivered=st.booleans(),
    channel=st.sampled_from([0, 1]),
    period=st.sampled_from([300, 60]),
    flag=st.sampled_from([1, 3]),
)
events = st.lists(
    st.one_of(
        st.lists(ones, max_size=6),
        st.integers(HOUR - 3600, HOUR + 3600),
        st.tuples(st.sampled_from(["x", "y"]), st.integers(1, 3), st.booleans()),
    ),
    max_size=12,
)


def log_of(happened: Sequence[Any]) -> Log:
    log = Log()
    for event in happened:
        if isinstance(event, int):
            log.tick(event)
        elif isinstance(event, tuple):
            log.refuse(event[0], event[1], redelivered=event[2])
        else:
            log.batch(*event)
    return log


def commit_cut(store: Store, records: Sequence[Taken], cuts: Sequence[int]) -> None:
    bounds = [0, *sorted(min(cut, len(records)) for cut in cuts), len(records)]
    for start, end in itertools.pairwise(bounds):
        store.commit(Write(tuple(records[start:end])))


@settings(max_examples=40, deadline=None)
@given(
    happened=events,
    cuts=st.lists(st.integers(0, 12), max_size=4),
    other_cuts=st.lists(st.integers(0, 12), max_size=4),
    again=st.integers(0, 12),
)
@pytest.mark.parametrize("maker", MAKERS.values(), ids=list(MAKERS))
def test_prefix_twice(
    maker: Make,
    happened: list[Any],
    cuts: list[int],
    other_cuts: list[int],
    again: int,
) -> None:
    """Any prefix may be delivered again, and cut anyhow: the end state is the same."""
    log = log_of(happened)
    with (
        TemporaryDirectory() as one,
        TemporaryDirectory() as other,
        closing(maker(Path(one))) as once,
        closing(maker(Path(other))) as twice,
    ):
        commit_cut(once, log.records, cuts)
        commit_cut(twice, log.records[:again], other_cuts)
        commit_cut(twice, log.records, other_cuts)
        assert state(once) == state(twice)
        assert once.audit(CITY).balances
        assert twice.audit(CITY).balances


@settings(max_examples=40, deadline=None)
@given(
    readings=st.lists(
        ones.map(lambda one: one._replace(redelivered=False)), max_size=12
    ),
    data=st.data(),
)
@pytest.mark.parametrize("maker", MAKERS.values(), ids=list(MAKERS))
def test_order(maker: Make, readings: list[One], data: st.DataObject) -> None:
    """What stands, what lost and what was counted do not depend on the order."""
    shuffled = data.draw(st.permutations(readings))
    cut = data.draw(st.integers(0, len(readings)))
    with (
        TemporaryDirectory() as one,
        TemporaryDirectory() as other,
        closing(maker(Path(one))) as first,
        closing(maker(Path(other))) as second,
    ):
        commit(first, Log().batch(*readings))
        log = Log()
        commit(second, log.batch(*shuffled[:cut]))
        commit(second, log.batch(*shuffled[cut:]))
        assert standing(first) == standing(second)
        assert first.conflicts(CITY) == second.conflicts(CITY)
        assert first.ledger(CITY).devices == second.ledger(CITY).devices


@settings(max_examples=40, deadline=None)
@given(readings=st.lists(ones, max_size=12))
@pytest.mark.parametrize("maker", MAKERS.values(), ids=list(MAKERS))
def test_counts(maker: Make, readings: list[One]) -> None:
    """Stored are the different values of each identity; the rest came twice."""
    values: dict[object, dict[int, int]] = {}
    for one in readings:
        known = values.setdefault(one.identity, {})
        known[one.value] = max(one.revision, known.get(one.value, 0))
    stored = sum(len(known) for known in values.values())
    with TemporaryDirectory() as folder, closing(maker(Path(folder))) as store:
        counts = commit(store, Log().batch(*readings))
        stands = {each[6] for each in standing(store)}
    assert counts.stored == stored
    assert counts.conflicts == stored - len(values)
    assert counts.duplicate + counts.redelivered == len(readings) - stored
    assert counts.received == counts.stored + counts.duplicate
    best = (
        max(known, key=lambda value: rank(known[value], value))
        for known in values.values()
    )
    assert stands == set(best)


def test_duplicate(store: Store) -> None:
    """The same identity with the same value is counted, not stored again."""
    log = Log()
    commit(store, log.batch(One()))
    counts = commit(store, log.batch(One()))
    assert counts == Counts(received=1, duplicate=1)


def test_redelivered(store: Store) -> None:
    """What the MQTT broker hands over again is not received again."""
    log = Log()
    commit(store, log.batch(One()))
    counts = commit(store, log.batch(One(redelivered=True)))
    assert counts == Counts(redelivered=1)
    assert store.ledger(CITY).total == Counts(received=1, stored=1, redelivered=1)


def test_redelivered_but_new(store: Store) -> None:
    """What may have been handed over before, but was never stored, is received."""
    counts = commit(store, Log().batch(One(redelivered=True)))
    assert counts == Counts(received=1, stored=1)


def test_conflict(store: Store) -> None:
    """Of two values both are kept; the higher revision stands."""
    log = Log()
    commit(store, log.batch(One(value=1, revision=1)))
    counts = commit(store, log.batch(One(value=2, revision=0)))
    assert counts == Counts(received=1, stored=1, conflicts=1)
    (loser,) = store.conflicts(CITY)
    assert (loser.value, loser.revision, loser.arrived) == (2, 0, HOUR + 1)
    assert {each[6] for each in standing(store)} == {1}


def test_conflict_repeated(store: Store) -> None:
    """A value that lost before is a duplicate when it comes again."""
    log = Log()
    commit(store, log.batch(One(value=1, revision=1), One(value=2)))
    assert commit(store, log.batch(One(value=2))) == Counts(received=1, duplicate=1)


def test_late(store: Store) -> None:
    """Older than the newest tick by over the lateness: stored, flagged, counted."""
    log = Log()
    end = HOUR - LATENESS
    on_time = log.batch(One(end=end))
    commit(store, log.tick(HOUR), on_time)
    counts = commit(store, log.batch(One(end=end), One("b", end=end - 1)))
    assert counts.late == 1
    (row,) = store.rows("reading_air", CITY, site="site-b")
    assert row.fields["late"] == 1


def test_tick_of_the_same_write(store: Store) -> None:
    """A tick before a batch in its partition decides, also within one write."""
    log = Log()
    records = log.tick(HOUR), log.batch(One(end=HOUR - LATENESS - 1))
    assert commit(store, *records).late == 1
    assert store.clock(CITY) == HOUR


def test_gap(store: Store) -> None:
    """Readings of a batch that never came are lost, and the ledger says how many."""
    log = Log()
    first, _, third = (log.batch(One(end=HOUR + n), One("b")) for n in range(3))
    commit(store, first, third)
    total = store.ledger(CITY).total
    assert (total.lost, total.in_flight, total.received) == (2, 0, 6)
    assert store.audit(CITY).balances


def test_gap_over_epochs(store: Store) -> None:
    """A broker that died with a batch is seen when its bridge goes on in the next."""
    old = Log()
    commit(store, old.batch(One()))
    old.batch(One(end=HOUR + 600), One("b"))
    new = Log(epoch=1)
    new._numbers = old._numbers
    commit(store, new.batch(One(end=HOUR + 900)))
    assert store.ledger(CITY).total.lost == 2
    assert store.offsets(0) == store.offsets(1) == {("readings", 0): 0}


def test_gap_filled(store: Store) -> None:
    """A batch that comes after all is not lost any more."""
    log = Log()
    batches = [log.batch(One(end=HOUR + n)) for n in range(5)]
    commit(store, batches[0], batches[4])
    moved = [
        Taken(batch.items, Position("readings", 0, 1, n))
        for n, batch in enumerate((batches[2], batches[1], batches[3]))
    ]
    lost = [store.ledger(CITY).lost]
    for each in moved:
        commit(store, each)
        lost.append(store.ledger(CITY).lost)
    assert lost == [3, 2, 1, 0]
    assert store.audit(CITY).balances


def test_producer_retry(store: Store) -> None:
    """A batch that the producer sent twice is taken once, and counted nowhere."""
    log = Log()
    batch = log.batch(One())
    commit(store, batch)
    counts = commit(store, log.put(batch.items[0]))
    assert counts == Counts()
    assert store.ledger(CITY).total == Counts(received=1, stored=1)


def test_position(store: Store) -> None:
    """A record at or below the position of its epoch is skipped, whatever it holds."""
    first, second = (
        Taken((refused(key),), Position("readings.quarantine", 0, 0, offset))
        for offset, key in enumerate(("x", "y"))
    )
    store.commit(Write((first, second)))
    outcome = store.commit(Write((first, second)))
    assert (outcome.taken, outcome.skipped, outcome.counts) == (0, 2, Counts())
    assert store.ledger(CITY).total == Counts(received=2, quarantined=2)
    anew = Taken((refused("x"),), Position("readings.quarantine", 0, 1, 0))
    assert store.commit(Write((anew,))).counts == Counts(received=1, duplicate=1)


def test_refused(store: Store) -> None:
    """A refused message is kept whole, counted by its readings, and found by its id."""
    log = Log()
    commit(store, log.refuse("abc1", 3), log.refuse("abd2"))
    commit(store, log.refuse("abc1", 3), log.refuse("abc1", 3, redelivered=True))
    counts = store.ledger(CITY).devices["unknown"]
    assert counts == Counts(received=7, quarantined=4, duplicate=3, redelivered=3)
    assert [each.refused.id for each in store.quarantine()] == ["abd2", "abc1"]
    found = store.quarantined("abc")
    assert found is not None
    assert (found.refused.payload, found.times) == (b"\xff\x00", 2)
    assert store.quarantined("ab") is None
    assert store.quarantined("nothing") is None
    assert store.audit(CITY).balances


def test_replayed(store: Store) -> None:
    """A refused message that was put through again says when."""
    commit(store, Log().refuse("abc"))
    store.mark_replayed("abc", HOUR)
    (found,) = store.quarantine(device="unknown")
    assert found.replayed == HOUR
    assert store.quarantine(device="other") == ()


def test_reread(store: Store) -> None:
    """Readings come back as they went in."""
    readings = [
        One("a", "speed_harmonic", value=-1, channel=2, period=60, flag=3, revision=7),
        One("a", "pm25"),
        One("a", "pm10"),
    ]
    commit(store, Log().batch(*readings))
    batch = store.readings(CITY, "site-a", HOUR, HOUR + 300)
    assert len(batch) == 3
    assert batch.end.tolist() == [HOUR + 300] * 3
    assert sorted(batch.revision.tolist()) == [0, 0, 7]
    assert len(store.readings(CITY, "site-a", HOUR + 300, HOUR + DAY)) == 0
    assert all(getattr(batch, name).dtype == dtype for name, dtype in COLUMNS.items())


def test_two_messages_one_row(store: Store) -> None:
    """Quantities of one interval that come apart meet in one row."""
    log = Log()
    commit(store, log.batch(One(quantity="pm25")))
    commit(store, log.batch(One(quantity="o3", value=5)))
    (row,) = store.rows("reading_air", CITY)
    assert (row.fields["pm25"], row.fields["o3"]) == (9_100_000, 5)
    assert row.time == HOUR


def test_newest_readings(store: Store) -> None:
    """The newest interval of each site is known with its values, whatever its kind."""
    log = Log()
    commit(store, log.batch(One(end=HOUR + 600, value=7), One("b", "count"), One()))
    newest = store.newest_readings(CITY)
    assert newest["site-a"] == (HOUR + 600, "a", {"pm25": 7})
    assert newest["site-b"].end == HOUR + 300
    assert store.newest_readings("elsewhere") == {}


def air(site: str = "dt1", start: int = HOUR, **fields: Any) -> AirQuality:
    return AirQuality(
        city=CITY,
        origin="live",
        site=site,
        station_class="regulatory",
        start=start,
        end=start + 3600,
        **fields,
    )


def keep(store: Store, *results: AirQuality | Congestion) -> None:
    rows = (
        air_row(each, ("thuan-an",))
        if isinstance(each, AirQuality)
        else congestion_row(each)
        for each in results
    )
    store.commit(Write((Taken(tuple(rows)),)))


def test_latest_air(store: Store) -> None:
    """The newest result of each station is shown, the running hour's if wanted."""
    final = air(aqi=57, category="moderate", means={"pm25": 9_100_000})
    running = air(start=HOUR + 3600, provisional=True, aqi=60)
    daily = air(averaging="1d", aqi=40)
    other = air("dt2", reason="no_data", completeness={"pm25": 0.25})
    keep(store, final, running, daily, other)
    assert store.latest_air(CITY) == {"dt1": running, "dt2": other}
    assert store.latest_air(CITY, provisional=False) == {"dt1": final, "dt2": other}
    assert store.latest_air(CITY, "1d") == {"dt1": daily}


def test_air_between(store: Store) -> None:
    """Results of one station or of all come in order of time."""
    results = [air(start=HOUR + 3600 * n, aqi=n) for n in range(4)]
    keep(store, *reversed(results), air("dt2"))
    got = store.air_between(CITY, "dt1", HOUR + 3600, HOUR + 3 * 3600)
    assert got == tuple(results[1:3])
    assert len(store.air_between(CITY, None, HOUR, HOUR + 1)) == 2


def test_latest_congestion(store: Store) -> None:
    """The newest result of each segment is shown, and its series."""
    results = [
        Congestion(
            city=CITY,
            origin="live",
            site="ql13",
            start=HOUR + 300 * n,
            end=HOUR + 300 * (n + 1),
            evaluated=HOUR + 300 * n + 60,
            speed=31.5 + n,
            level="busy",
        )
        for n in range(3)
    ]
    keep(store, *results)
    assert store.latest_congestion(CITY) == {"ql13": results[-1]}
    assert store.congestion_between(CITY, "ql13", HOUR, HOUR + 600) == (*results[:2],)


def test_revision(store: Store) -> None:
    """A result of a lower revision never replaces a higher one."""
    keep(store, air(aqi=60, revision=2))
    keep(store, air(aqi=59, revision=1))
    assert store.latest_air(CITY)["dt1"].aqi == 60
    keep(store, air(revision=2, reason="no_pm"))
    assert store.latest_air(CITY)["dt1"].aqi is None


def test_revisions_in_one_write(store: Store) -> None:
    """Several results of one key in one write end as they would one by one."""
    keep(store, air(aqi=60), air(aqi=62, revision=2), air(aqi=61, revision=1))
    assert store.latest_air(CITY)["dt1"].aqi == 62
    keep(store, air(aqi=70, revision=2), air(aqi=71, revision=2))
    assert store.latest_air(CITY)["dt1"].aqi == 71


def test_late_by_the_tick_it_stands_behind(store: Store) -> None:
    """In a record with its tick, lateness is judged before and behind the tick."""
    old = HOUR - LATENESS - 1
    readings = batch_of([One(end=old), One("b", end=old)])
    provenance = Provenance("bridge", 1, 1, 2)
    batch = Batch(CITY, "live", provenance, readings, HOUR, 1)
    tick = Tick(CITY, "live", provenance, HOUR)
    place = Position("readings", 0, 0, 0)
    store.commit(Write((Taken((batch, tick), place, HOUR),)))
    devices = store.ledger(CITY).devices
    assert {name: counts.late for name, counts in devices.items()} == {
        "a": 0,
        "b": 1,
    }


def test_withdrawn(store: Store) -> None:
    """What is rewritten as not valid is shown no more."""
    keep(store, air(aqi=60))
    row = air_row(air(revision=1))
    fields = {**row.fields, "valid": 0}
    withdrawn = Row(row.measurement, row.tags, row.time, fields)
    store.commit(Write((Taken((withdrawn,)),)))
    assert store.latest_air(CITY) == {}
    assert store.air_between(CITY, "dt1", 0, HOUR + DAY) == ()
    assert store.rows("air_quality", CITY) == ()


def test_forget(store: Store) -> None:
    """A recomputation deletes results of a site and span, never readings."""
    keep(store, air(), air(start=HOUR + 3600), air("dt2"))
    assert store.forget("air_quality", CITY, "dt1", HOUR, HOUR + 3600) == 1
    assert len(store.rows("air_quality", CITY)) == 2
    with pytest.raises(StoreFormatError, match="never forgotten"):
        store.forget("reading_air", CITY, "dt1", 0, HOUR)


def notice(key: str, time: int, *, active: int, until: int = 0) -> Row:
    fields: dict[str, int | str] = {
        "active": active,
        "until": until,
        "headline_vi": "Khói mù",
    }
    return Row("notice", {"city": CITY, "id": key}, time, fields)


def test_active_notices(store: Store) -> None:
    """A notice holds from its raise until it is cleared or its end is past."""
    rows = (
        notice("cleared", HOUR, active=1),
        notice("cleared", HOUR + 60, active=0),
        notice("past", HOUR, active=1, until=HOUR + 60),
        notice("holds", HOUR + 1, active=1, until=HOUR + 61),
        notice("open", HOUR + 2, active=1),
    )
    store.commit(Write((Taken(rows),)))
    active = store.active_notices(CITY, HOUR + 60)
    assert [row.tags["id"] for row in active] == ["open", "holds"]
    everything = store.rows("notice", CITY, limit=2)
    assert [row.time for row in everything] == [HOUR + 60, HOUR + 2]


def test_active_episode(store: Store) -> None:
    """Of an episode the newest notice holds, or none once it has ended."""
    told = [("a", 1, 1), ("a", 2, 1), ("b", 1, 1), ("b", 2, 0)]
    rows = tuple(
        Row(
            "notice",
            {"city": CITY, "id": f"{episode}{sequence}"},
            HOUR + sequence,
            {"active": active, "episode": episode, "sequence": sequence},
        )
        for episode, sequence, active in told
    )
    store.commit(Write((Taken(rows),)))
    active = store.active_notices(CITY, HOUR + 60)
    assert [row.tags["id"] for row in active] == ["a2"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (Row("weather", {}, HOUR, {}), "measurement 'weather' is unknown"),
        (Row("notice", {"category": "bad"}, HOUR, {}), "has tag 'category'"),
        (Row("notice", {}, HOUR, {"colour": 1}), "has field 'colour'"),
        (Row("notice", {}, HOUR, {"active": "yes"}), "wanted int"),
        (Row("alert", {}, HOUR, {"value": True}), "wanted"),
        (Row("congestion", {}, HOUR, {"speed": "fast"}), "wanted float"),
    ],
)
def test_foreign_row(store: Store, row: Row, reason: str) -> None:
    """A row that the schema does not know is refused, and nothing is taken with it."""
    with pytest.raises(StoreFormatError, match=reason):
        store.commit(Write((Log().batch(One()), Taken((row,)))))
    assert standing(store) == set()
    assert store.offsets(0) == {}
    counts = commit(store, Log().batch(One()))
    assert counts.stored == 1


def test_snapshots(store: Store) -> None:
    """The newest snapshot of each partition is kept, over epochs."""
    saves = [(0, 5, b"old"), (0, 9, b"new"), (0, 7, b"late"), (1, 2, b"next epoch")]
    for number, each in enumerate(saves):
        partition = 0 if each[0] == 0 else 1
        snapshot = Snapshot("air", partition, Saved(*each))
        position = Position("changelog", partition, 0, number)
        store.commit(Write((Taken((snapshot,), position),)))
    older = Snapshot("air", 1, Saved(0, 99, b"older"))
    store.commit(Write((Taken((older,)),)))
    assert store.snapshots("air", range(12)) == {
        0: Saved(0, 9, b"new"),
        1: Saved(1, 2, b"next epoch"),
    }
    assert store.snapshots("traffic", range(12)) == {}
    assert store.snapshots("air", [1]).keys() == {1}


def test_sent(store: Store) -> None:
    """A notice is remembered as sent, by channel."""
    assert not store.was_sent("n1", "webhook")
    store.mark_sent("n1", "webhook", HOUR)
    store.mark_sent("n1", "webhook", HOUR + 1)
    assert store.was_sent("n1", "webhook")
    assert not store.was_sent("n1", "mqtt")


def test_retention(make: Make, tmp_path: Path) -> None:
    """Readings expire after their days, results stay, and the ledger still balances."""
    with closing(make(tmp_path, raw_days=2)) as store:
        log = Log()
        old = One(end=HOUR), One(end=HOUR, value=1), One("b", end=HOUR)
        commit(store, log.batch(*old, One(end=HOUR + DAY)), log.refuse("x"))
        keep(store, air())
        assert store.expire(HOUR - 300 + 2 * DAY + 1) == 2
        assert len(standing(store)) == 1
        assert store.conflicts(CITY) == ()
        assert store.latest_air(CITY)
        assert store.quarantined("x")
        audit = store.audit(CITY)
        assert audit.balances
        assert (audit.stored, audit.ledger.total.expired) == (1, 3)


def test_retention_of_a_history(make: Make, tmp_path: Path) -> None:
    """A replayed history does not expire, nor a city that is to be kept."""
    for origin, kept in (("replay", ()), ("live", (CITY,))):
        folder = tmp_path / origin
        folder.mkdir()
        with closing(make(folder, kept_cities=kept)) as store:
            provenance = Provenance("b", 1, 1, 1)
            batch: Any = Batch(CITY, origin, provenance, batch_of([One()]))  # type: ignore[arg-type]
            commit(store, Taken((batch,), Position("readings", 0, 0, 0)))
            assert store.expire(HOUR + 1000 * DAY) == 0
            assert store.cities() == {CITY: origin}


def test_ledger_history(store: Store) -> None:
    """With each tick the ledger's total is written as a row, for the panels."""
    log = Log()
    commit(store, log.batch(One(), One()), log.tick(HOUR))
    (row,) = store.rows("ledger", CITY)
    assert (row.time, row.fields["received"], row.fields["duplicate"]) == (HOUR, 2, 1)


def test_cities_apart(store: Store) -> None:
    """The ledger of one city does not count another's, the whole counts both."""
    commit(store, Log().batch(One()))
    other = Batch("other", "live", Provenance("b", 1, 1, 1), batch_of([One()]))
    commit(store, Taken((other,), Position("readings", 1, 0, 0)))
    assert store.ledger(CITY).total.stored == 1
    assert store.ledger().total.stored == 2
    assert store.audit().balances
    assert store.cities() == {CITY: "live", "other": "live"}


def test_stays(make: Make, tmp_path: Path) -> None:
    """What was committed is there after the store was closed and opened again."""
    log = Log()
    with closing(make(tmp_path)) as store:
        commit(store, log.batch(One()), log.tick(HOUR), log.refuse("x"))
        before = state(store)
    with closing(make(tmp_path)) as store:
        assert state(store) == before
        assert commit(store, log.batch(One())) == Counts(received=1, duplicate=1)
