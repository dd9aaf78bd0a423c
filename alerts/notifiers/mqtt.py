"""Owns what goes out over MQTT, retained: notices by area, air, traffic and advice.

Topics are `sensors.topic`'s; the connection is the caller's, who passes in `publish`.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

import msgspec

from alerts.advice import Advice
from alerts.notice import Notice
from sensors.topic import Kind, Topic
from streams.results import AirQuality, Congestion

KEPT: Final = 50
"""Notices at most in one area's message."""

_OF_INDEX: Final = (
    "standard",
    "nowcast",
    "sub",
    "aqi",
    "category",
    "dominant",
    "beyond_scale",
)
"""What only a station that may publish an index says."""

Publish = Callable[[str, bytes, bool], Awaitable[None]]
"""Publish ``(topic, payload, retain)``; it returns when the broker has confirmed, and
raises `NotifierUnavailable` when it cannot."""


class MqttNotifier:
    """Publishes each area's standing notices as one retained message.

    Parameters
    ----------
    publish
        Publishes one message.
    known
        Notices that stood before this process began, oldest first, so that a restart
        forgets none.
    channel
        The channel's name.
    """

    leaves_machine = False

    def __init__(
        self, publish: Publish, known: Iterable[Notice] = (), channel: str = "mqtt"
    ) -> None:
        self._publish = publish
        self.channel = channel
        self._standing: dict[str, dict[str, Notice]] = {}
        self._due: dict[str, None] = {}
        for notice in known:
            self._keep(notice)

    async def send(self, notice: Notice) -> None:
        """Publish the notices of every area that this one concerns."""
        self._keep(notice)
        for area in (*notice.areas, *notice.above):
            await self._show(notice.city, area, notice.known)

    async def expire(self, city: str, areas: Sequence[str], now: int) -> None:
        """Publish `areas`, and those where a notice no longer holds, without it."""
        self._due |= dict.fromkeys(areas)
        for area, standing in self._standing.items():
            if _drop(standing, now):
                self._due[area] = None
        for area in list(self._due):
            await self._show(city, area, now)
            del self._due[area]

    async def _show(self, city: str, area: str, now: int) -> None:
        topic = _topic(city, "out/notices", area)
        await self._publish(topic, self._payload(city, area, now), True)  # noqa: FBT003  # retained

    def _keep(self, notice: Notice) -> None:
        """Let a notice replace the one before it of its episode, and drop old ones."""
        for area in (*notice.areas, *notice.above):
            standing = self._standing.setdefault(area, {})
            before = standing.get(notice.episode)
            if before is not None and before.sequence > notice.sequence:
                continue
            standing.pop(notice.episode, None)
            standing[notice.episode] = notice
            _drop(standing, notice.known)
            while len(standing) > KEPT:
                del standing[next(iter(standing))]

    def _payload(self, city: str, area: str, now: int) -> bytes:
        newest_first = list(self._standing.get(area, {}).values())[::-1]
        return msgspec.json.encode(
            {
                "v": 1,
                "city": city,
                "area": area,
                "time": now,
                "notices": newest_first,
            }
        )


def _drop(standing: dict[str, Notice], now: int) -> bool:
    """Drop what no longer holds at `now` [unix s]; say whether there was any."""
    gone = [episode for episode, notice in standing.items() if notice.until <= now]
    for episode in gone:
        del standing[episode]
    return bool(gone)


class Retained:
    """Publishes the newest results and advice, retained.

    Parameters
    ----------
    publish
        Publishes one message.
    city
        Id of the city.
    """

    def __init__(self, publish: Publish, city: str) -> None:
        self._publish = publish
        self._city = city

    async def air(self, record: AirQuality) -> None:
        """Publish a station's newest hour; values as numbers of their unit.

        A reference station publishes concentrations and nothing of the index.
        """
        await self._put(("out/air", record.site), air_payload(record))

    async def traffic(self, record: Congestion) -> None:
        """Publish a segment's newest evaluation."""
        await self._put(("out/traffic", record.site), msgspec.to_builtins(record))

    async def advice(
        self, area: str, group: str, origin: str, words: dict[str, Advice]
    ) -> None:
        """Publish an area's advice for a group, in every language."""
        body = {
            "v": 1,
            "city": self._city,
            "origin": origin,
            "area": area,
            "group": group,
            "advice": words,
        }
        await self._put(("out/advice", area, group), body)

    async def _put(self, place: tuple[Any, ...], body: dict[str, Any]) -> None:
        topic = _topic(self._city, place[0], *place[1:])
        await self._publish(topic, msgspec.json.encode(body), True)  # noqa: FBT003  # retained


def air_payload(record: AirQuality) -> dict[str, Any]:
    """Return a station's hour as MQTT subscribers get it."""
    body: dict[str, Any] = msgspec.to_builtins(record)
    for name in ("means", "nowcast"):
        body[name] = {k: v / 1_000_000 for k, v in body[name].items()}
    if record.station_class == "reference":
        for name in _OF_INDEX:
            del body[name]
    return body


def _topic(city: str, kind: Kind, *names: str) -> str:
    return str(Topic(city, kind, names))
