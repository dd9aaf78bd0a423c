"""Which notices go out, once each, and what is published when."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
import pytest

from alerts.area import FRESH_S
from alerts.notice import Notice, compose
from alerts.notifier import NotifierProcess, Record
from alerts.notifiers import NoticeRefused, NotifierUnavailable, Retained
from alerts.publisher import START_S
from alerts.transition import Evidence, Telling, Transition
from alerts.words import Catalogue
from sensors.city import City

T0 = 1_795_359_600
Make = Callable[..., Any]


class Channel:
    """A channel that remembers, and fails as often as it is told to."""

    def __init__(self, channel: str, *, leaves_machine: bool = False) -> None:
        self.channel = channel
        self.leaves_machine = leaves_machine
        self.got: list[str] = []
        self.expired: list[tuple[str, int, int]] = []
        self.failures: list[Exception] = []

    async def send(self, notice: Notice) -> None:
        """Take a notice."""
        if self.failures:
            raise self.failures.pop(0)
        self.got.append(notice.id)

    async def expire(self, city: str, areas: Sequence[str], now: int) -> None:
        """Remember being asked."""
        self.expired.append((city, len(areas), now))


class Ledger:
    """Remembers what was sent, as the store does."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str], str] = {}

    def was_sent(self, notice: str, channel: str) -> bool:
        """Say whether it was."""
        return (notice, channel) in self.outcomes

    def mark_sent(self, notice: str, channel: str, time: int, outcome: str) -> None:
        """Remember it."""
        assert time >= T0
        self.outcomes[notice, channel] = outcome


class Bench:
    """A notifier process with everything around it."""

    def __init__(self, city: City, catalogue: Catalogue) -> None:
        self.city, self.catalogue = city, catalogue
        self.log, self.out = Channel("log"), Channel("webhook", leaves_machine=True)
        self.sent = Ledger()
        self.published: dict[str, Any] = {}
        self.heard = asyncio.Event()
        self.count = 0
        self.waits: list[float] = []
        self.settled: list[bool] = []

    async def publish(self, topic: str, payload: bytes, retain: bool) -> None:  # noqa: FBT001  # the signature that channels are handed
        """Be the MQTT broker."""
        assert retain
        self.heard.set()
        self.count += 1
        self.published[topic.removeprefix("thoang/v1/binh-duong/out/")] = json.loads(
            payload
        )

    async def sleep(self, seconds: float) -> None:
        """Be the time between tries."""
        self.waits.append(seconds)

    def run(self, *records: Record) -> None:
        """Hand records over, to their end."""

        async def given() -> AsyncIterator[Record]:
            for record in records:
                yield record
                self.settled.append(process.settled)

        process = NotifierProcess(
            self.city,
            self.catalogue,
            channels=[self.log, self.out],
            sent=self.sent,
            retained=Retained(self.publish, self.city.id),
            clock=lambda: 0.0,
            sleep=self.sleep,
        )
        asyncio.run(process.run(given()))
        self.settled.append(process.settled)


@pytest.fixture
def bench(real_city: City, catalogue: Catalogue) -> Bench:
    """Return a process on the Bình Dương area."""
    return Bench(real_city, catalogue)


@pytest.fixture
def queue(real_city: City, catalogue: Catalogue) -> Callable[..., Notice]:
    """Return the notice of a queue, with what a test changes of it."""

    def made(**changes: Any) -> Notice:
        transition = Transition(
            city="binh-duong",
            origin="live",
            rule="traffic-queue",
            rule_version="1",
            scope="segment",
            scope_id="ql13-n-05",
            episode="e",
            sequence=1,
            before="pending",
            after="firing",
            kind="raise",
            step="queue",
            severity="minor",
            previous="",
            time=T0,
            known=T0 + 60,
            since=T0 - 120,
            value=3,
            evidence=Evidence(quantity="level", averaging="5m"),
            reason="raised",
            telling=Telling(
                text="traffic_queue",
                audience="public",
                groups=("everyone",),
                channels=("log", "webhook", "pager"),
                repeat=3_600,
            ),
        )
        whole = compose(transition, real_city, catalogue)
        return msgspec.structs.replace(whole, **changes)

    return made


def test_what_waits_to_be_sent_is_not_settled(
    bench: Bench, queue: Callable[..., Notice]
) -> None:
    """Kafka is told of a notice once it went out: a death before sends it again."""
    bench.run(queue())
    assert bench.settled == [False, True]


def test_a_notice_goes_out_by_each_of_its_channels_that_there_is(
    bench: Bench, queue: Callable[..., Notice]
) -> None:
    """And is remembered."""
    bench.run(queue())
    assert bench.log.got == bench.out.got == [queue().id]
    assert set(bench.sent.outcomes.values()) == {"sent"}


def test_what_went_out_before_a_restart_is_not_said_again(
    bench: Bench, queue: Callable[..., Notice]
) -> None:
    """The same records twice, in two processes."""
    bench.run(queue(), queue())
    bench.run(queue())
    assert bench.log.got == [queue().id]


def test_a_channel_that_is_away_is_tried_again_and_delays_no_other(
    bench: Bench, queue: Callable[..., Notice]
) -> None:
    """The wait is the one that the channel asked for."""
    bench.out.failures = [NotifierUnavailable("away", 7.0)] * 2
    bench.run(queue())
    assert bench.waits == [7.0, 7.0]
    assert bench.log.got == bench.out.got == [queue().id]


def test_what_a_channel_refuses_is_remembered_and_not_repeated(
    bench: Bench, queue: Callable[..., Notice]
) -> None:
    """A refusal is an outcome."""
    bench.out.failures = [NoticeRefused("401")]
    bench.run(queue())
    bench.run(queue())
    assert bench.out.got == []
    assert bench.sent.outcomes[queue().id, "webhook"] == "refused"


def test_what_expired_on_the_way_is_not_sent(
    bench: Bench, queue: Callable[..., Notice]
) -> None:
    """The clock of the city says so."""
    bench.run(queue().until, queue())
    assert bench.log.got == []
    assert bench.sent.outcomes[queue().id, "log"] == "too old"


def test_simulated_notices_stay_on_the_machine(
    bench: Bench, queue: Callable[..., Notice]
) -> None:
    """Channels that leave it get live ones only."""
    bench.run(queue(origin="simulated"))
    assert (bench.log.got, bench.out.got) == ([queue().id], [])


def test_what_is_not_to_be_told_is_not_sent(
    bench: Bench, queue: Callable[..., Notice]
) -> None:
    """Too old when it became known."""
    bench.run(queue(told=False, why_not="too old"))
    assert bench.log.got == []


def hours(make_hour: Make, values: Sequence[int]) -> list[Record]:
    """Return hourly results of dt1 with these indices."""
    return [
        make_hour(
            "dt1",
            T0 + n * 3_600,
            60.0,
            city="binh-duong",
            aqi=aqi,
            category="poor" if aqi > 100 else "moderate",
            dominant="pm25",
        )
        for n, aqi in enumerate(values)
    ]


def test_of_a_fast_fill_only_the_newest_result_is_published(
    bench: Bench, make_hour: Make, make_road: Make
) -> None:
    """Forty-eight hours in a moment: one message a station and road."""
    roads = [make_road("ql13-n-05", T0 + n * 60, "queue") for n in range(500)]
    bench.run(*hours(make_hour, range(48)), *roads)
    assert bench.published["air/dt1"]["aqi"] == 47
    assert bench.published["air/dt1"]["means"] == {"pm25": 60.0}
    assert bench.published["traffic/ql13-n-05"]["evaluated"] == T0 + 499 * 60
    air = 1 + 4 * len(bench.city.areas_of("dt1", T0))
    assert bench.count <= air + 1


def test_an_older_result_does_not_replace_a_newer_one(
    bench: Bench, make_hour: Make
) -> None:
    """Late amendments of the past are not the present."""
    first, second = hours(make_hour, [90, 120])
    bench.run(second, first)
    assert bench.published["air/dt1"]["aqi"] == 120


def test_a_reference_station_publishes_no_index(bench: Bench, make_hour: Make) -> None:
    """Even where a record carried one."""
    record = make_hour("cd1", T0, 60.0, aqi=120, station_class="reference")
    bench.run(record)
    said = bench.published["air/cd1"]
    assert said["means"] == {"pm25": 60.0}
    assert said["station_class"] == "reference"
    assert {"reason", "flags", "completeness"} < set(said)
    of_index = {"standard", "nowcast", "sub", "aqi", "category", "dominant"}
    assert not of_index & set(said)
    assert not [topic for topic in bench.published if topic.startswith("advice/")]


def test_an_areas_advice_follows_its_worst_valid_regulatory_station(
    bench: Bench, make_hour: Make
) -> None:
    """For each group, in both languages."""
    low, high = hours(make_hour, [60])[0], hours(make_hour, [140])[0]
    assert not isinstance(low, int)
    other = msgspec.structs.replace(low, site="dt4")
    bench.run(other, high, T0 + 3_900)
    area = bench.city.operations_area("dt1")
    said = bench.published[f"advice/{area}/sensitive"]
    assert said["advice"]["vi"]["code"] == "poor"
    assert set(said["advice"]) == {"vi", "en"}
    centre = bench.published["advice/dieu-hanh-binh-duong/everyone"]
    assert centre["advice"]["en"]["code"] == "poor"
    assert "thanh-pho-ho-chi-minh" in bench.city.areas_of("dt1", T0)
    assert "advice/thanh-pho-ho-chi-minh/everyone" not in bench.published


@pytest.mark.parametrize(("age", "code"), [(FRESH_S, "poor"), (FRESH_S + 1, "none")])
def test_advice_holds_as_long_as_the_page_shows_its_index(
    bench: Bench, make_hour: Make, age: int, code: str
) -> None:
    """Three hours after the hour, by one constant."""
    assert FRESH_S == 3 * 3_600
    hour, end = hours(make_hour, [140])[0], T0 + 3_600
    bench.run(end - 2 * START_S, hour, end + age)
    said = bench.published[f"advice/{bench.city.operations_area('dt1')}/everyone"]
    assert said["advice"]["vi"]["code"] == code


def test_what_an_earlier_process_advised_is_taken_back(
    bench: Bench, make_hour: Make
) -> None:
    """Of every area that has a station, once stations had the time to be heard."""
    bench.run(T0, T0 + START_S - 60)
    assert bench.published == {}
    bench.run(T0, hours(make_hour, [140])[0], T0 + START_S)
    codes = {
        area.id: said["advice"]["vi"]["code"]
        for area in bench.city.areas
        if (said := bench.published.get(f"advice/{area.id}/everyone"))
    }
    heard = set(bench.city.areas_of("dt1", T0)) - {"thanh-pho-ho-chi-minh"}
    assert {area for area, code in codes.items() if code == "poor"} == heard
    regulatory = [s for s in bench.city.stations if s.station_class == "regulatory"]
    covered = {a for s in regulatory for a in bench.city.areas_of(s.id, T0)}
    assert set(codes) == covered - {"thanh-pho-ho-chi-minh"}
    assert set(codes.values()) == {"poor", "none"}


def test_channels_are_asked_to_take_back_what_no_longer_holds(bench: Bench) -> None:
    """Every minute of the city; at first in every area, for an earlier process."""

    async def given() -> AsyncIterator[Record]:
        for now in (T0, T0 + 30, T0 + 60):
            yield now
            for _ in range(9):
                await asyncio.sleep(0)  # the channel's turn

    process = NotifierProcess(
        bench.city,
        bench.catalogue,
        channels=[bench.log],
        sent=bench.sent,
        retained=Retained(bench.publish, bench.city.id),
        clock=lambda: 0.0,
    )
    asyncio.run(process.run(given()))
    assert bench.log.expired == [
        ("binh-duong", len(bench.city.areas), T0),
        ("binh-duong", 0, T0 + 60),
    ]


def test_advice_that_is_too_old_is_taken_back(bench: Bench, make_hour: Make) -> None:
    """A retained message must not advise on yesterday's air."""

    async def given() -> AsyncIterator[Record]:
        yield hours(make_hour, [140])[0]
        await bench.heard.wait()
        yield T0 + 6 * 3_600

    process = NotifierProcess(
        bench.city,
        bench.catalogue,
        channels=[],
        sent=bench.sent,
        retained=Retained(bench.publish, bench.city.id),
        clock=lambda: 0.0,
    )
    asyncio.run(process.run(given()))
    area = bench.city.operations_area("dt1")
    assert bench.published[f"advice/{area}/everyone"]["advice"]["vi"]["code"] == "none"


def test_publishing_goes_on_where_the_broker_was_away(
    bench: Bench, make_road: Make
) -> None:
    """What was not published stays due."""
    away = [True]

    async def publish(topic: str, payload: bytes, retain: bool) -> None:  # noqa: FBT001  # as above
        if away:
            away.pop()
            message = "the broker is away"
            raise NotifierUnavailable(message, 0.0)
        await bench.publish(topic, payload, retain)

    async def given() -> AsyncIterator[Record]:
        yield make_road("ql13-n-05", T0, "queue")
        await bench.heard.wait()

    process = NotifierProcess(
        bench.city,
        bench.catalogue,
        channels=[],
        sent=bench.sent,
        retained=Retained(publish, bench.city.id),
        clock=iter(range(100, 100_000, 2)).__next__,
    )
    asyncio.run(process.run(given()))
    assert "traffic/ql13-n-05" in bench.published
