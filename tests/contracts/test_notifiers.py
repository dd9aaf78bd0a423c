"""What every channel keeps: a new one adds itself to `CHANNELS`."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from alerts.notice import Notice
from alerts.notifiers import (
    FileNotifier,
    MqttNotifier,
    NoticeRefused,
    Notifier,
    NotifierUnavailable,
    WebhookNotifier,
    WebhookSettings,
)

T0 = 1_795_359_600
WORDS = {"vi": "Bụi mịn ở mức xấu 😷\u202e\x00", "en": "Fine dust is bad"}


def notice(sequence: int = 1, **changes: object) -> Notice:
    """Return a notice, with what a test changes of it."""
    made = Notice(
        id=f"air-area.thuan-an.449fe7f43177edf9.{sequence}",
        city="lab",
        origin="live",
        kind="raise" if sequence == 1 else "change",
        references=(),
        rule="air-area",
        rule_version="1",
        episode="449fe7f43177edf9",
        sequence=sequence,
        audience="public",
        groups=("everyone",),
        channels=("mqtt", "webhook", "log"),
        scope="area",
        scope_id="thuan-an",
        areas=("thuan-an", "lai-thieu"),
        above=("binh-duong",),
        step="bad",
        severity="Moderate",
        urgency="Immediate",
        certainty="Observed",
        status="Test",
        headline=WORDS,
        body=WORDS,
        advice={"vi": {"everyone": WORDS["vi"]}, "en": {"everyone": WORDS["en"]}},
        source=WORDS,
        cause="pm25",
        value=93_400_000,
        averaging="running",
        stations_used=6,
        stations_of=7,
        sites=("cn3",),
        since=T0 - 2_400,
        time=T0,
        known=T0 + 60,
        until=T0 + 12_600,
        next_update=T0 + 10_860,
        active=True,
        reason="raised",
        told=True,
    )
    return msgspec.structs.replace(made, **changes)


class World:
    """What a channel reaches: it takes messages, or is away, or refuses.

    Parameters
    ----------
    folder
        Where files go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.away = False
        self.refuses = False
        self.ids: list[str] = []
        self.waits: list[float] = []

    async def publish(self, topic: str, payload: bytes, retain: bool) -> None:  # noqa: FBT001  # the signature that channels are handed
        """Be an MQTT broker."""
        if self.away:
            message = "the broker is away"
            raise NotifierUnavailable(message, 5.0)
        assert retain
        assert topic.startswith("thoang/v1/lab/out/notices/")
        self.ids += [each["id"] for each in json.loads(payload)["notices"]]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Be a webhook's receiver."""
        if self.refuses:
            return httpx.Response(401)
        if self.away:
            return httpx.Response(503)
        self.ids.append(request.headers["Idempotency-Key"])
        assert json.loads(request.content)["id"] == self.ids[-1]
        return httpx.Response(204)

    async def sleep(self, seconds: float) -> None:
        """Be the time between tries."""
        self.waits.append(seconds)

    def read(self) -> list[str]:
        """Return the ids that arrived."""
        file = self.folder / "notices.jsonl"
        lines = file.read_bytes().splitlines() if file.is_file() else []
        return self.ids + [json.loads(line)["id"] for line in lines]


def mqtt(world: World) -> Notifier:
    """Build the MQTT channel."""
    return MqttNotifier(world.publish)


def webhook(world: World) -> Notifier:
    """Build the webhook channel."""
    return WebhookNotifier(
        WebhookSettings.model_validate({"url": "http://127.0.0.1:9/hook"}),
        httpx.AsyncClient(transport=httpx.MockTransport(world.answer)),
        random.Random(1),  # noqa: S311  # spreads retries
        sleep=world.sleep,
    )


def file(world: World) -> Notifier:
    """Build the file channel; away means that its folder cannot be written."""
    folder = world.folder / "missing" if world.away else world.folder
    return FileNotifier(folder / "notices.jsonl")


Build = Callable[[World], Notifier]
CHANNELS: dict[str, Build] = {"mqtt": mqtt, "webhook": webhook, "log": file}


@pytest.fixture(params=CHANNELS, ids=str)
def build(request: pytest.FixtureRequest) -> Build:
    """Return the builder of each channel in turn."""
    return CHANNELS[request.param]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a world in which everything works."""
    return World(tmp_path)


def run(work: Awaitable[None]) -> None:
    """Run one piece of asynchronous work."""

    async def whole() -> None:
        await work

    asyncio.run(whole())


def test_a_notice_arrives_with_its_id(build: Build, world: World) -> None:
    """Odd characters included."""
    run(build(world).send(notice()))
    assert notice().id in world.read()


def test_the_same_notice_again_is_the_same_notice(build: Build, world: World) -> None:
    """A repeat after a crash carries the id by which it is known."""
    channel = build(world)
    run(channel.send(notice()))
    run(channel.send(notice()))
    assert set(world.read()) == {notice().id}


def test_what_may_work_later_is_told_so(build: Build, world: World) -> None:
    """With how long to wait; nothing else escapes."""
    world.away = True
    with pytest.raises(NotifierUnavailable) as caught:
        run(build(world).send(notice()))
    assert caught.value.retry_after > 0
    assert str(caught.value)


def test_a_channel_has_the_name_that_rules_use(build: Build, world: World) -> None:
    """And says whether it leaves the machine."""
    channel = build(world)
    assert CHANNELS[channel.channel] is build
    assert isinstance(channel.leaves_machine, bool)


def test_taking_back_what_no_longer_holds_is_harmless(
    build: Build, world: World
) -> None:
    """In a channel that keeps nothing too, and again."""
    channel = build(world)
    run(channel.send(notice()))
    before = world.read()
    for _ in range(2):
        run(channel.expire("lab", ["thuan-an"], notice().until))
    assert world.read() == before


def test_a_webhook_that_refuses_is_not_asked_again(world: World) -> None:
    """A wrong token does not become right by waiting."""
    world.refuses = True
    with pytest.raises(NoticeRefused, match="401"):
        run(webhook(world).send(notice()))
    assert world.waits == []


def test_a_webhook_is_tried_a_bounded_number_of_times(world: World) -> None:
    """Waits grow and are spread."""
    world.away = True
    with pytest.raises(NotifierUnavailable):
        run(webhook(world).send(notice()))
    assert len(world.waits) == 3
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(world.waits))


def test_a_webhook_says_nothing_of_its_token() -> None:
    """Neither settings nor errors show it."""
    settings = WebhookSettings.model_validate(
        {"url": "http://127.0.0.1:9/hook", "token": "hush"}
    )
    assert "hush" not in repr(settings)


def test_a_webhook_leaves_the_machine_unless_it_may_have_everything(
    world: World,
) -> None:
    """Simulated notices stay inside by default."""
    assert webhook(world).leaves_machine
    asked = WebhookSettings.model_validate(
        {"url": "http://127.0.0.1:9/hook", "every_origin": True}
    )
    client = httpx.AsyncClient(transport=httpx.MockTransport(world.answer))
    open_to_all = WebhookNotifier(asked, client, random.Random(1))  # noqa: S311  # as above
    assert not open_to_all.leaves_machine


def test_mqtt_keeps_what_stands_in_every_area_concerned(world: World) -> None:
    """One retained message an area, with the newest notice of each episode."""
    kept: dict[str, dict[str, object]] = {}

    async def publish(topic: str, payload: bytes, retain: bool) -> None:  # noqa: FBT001  # as above
        assert retain
        kept[topic.rpartition("/")[2]] = json.loads(payload)

    before = notice(1, id="other.1", episode="other")
    channel = MqttNotifier(publish, known=[before])
    run(channel.send(notice(1)))
    run(channel.send(notice(2)))
    assert set(kept) == {"thuan-an", "lai-thieu", "binh-duong"}
    shown = kept["lai-thieu"]["notices"]
    assert isinstance(shown, list)
    assert [each["id"] for each in shown] == [notice(2).id, "other.1"]
    late = notice(3, known=T0 + 99_999, until=T0 + 199_999)
    run(channel.send(late))
    shown = kept["lai-thieu"]["notices"]
    assert isinstance(shown, list)
    assert [each["id"] for each in shown] == [late.id]
    assert world.read() == []


def test_mqtt_takes_back_a_notice_when_it_no_longer_holds(world: World) -> None:
    """Without another one; where the broker was away, later."""
    kept: dict[str, list[str]] = {}
    times: list[int] = []

    async def publish(topic: str, payload: bytes, retain: bool) -> None:  # noqa: FBT001  # as above
        await world.publish(topic, payload, retain)
        body = json.loads(payload)
        times.append(body["time"])
        kept[body["area"]] = [each["id"] for each in body["notices"]]

    channel = MqttNotifier(publish)
    until = notice().until
    run(channel.expire("lab", ["elsewhere", "thuan-an"], T0))
    assert kept == {"elsewhere": [], "thuan-an": []}
    run(channel.send(notice()))
    told = dict(kept)
    run(channel.expire("lab", [], until - 1))
    assert kept == told
    world.away = True
    with pytest.raises(NotifierUnavailable):
        run(channel.expire("lab", [], until))
    world.away = False
    run(channel.expire("lab", [], until + 60))
    assert set(map(len, kept.values())) == {0}
    assert times[-3:] == [until + 60] * 3
