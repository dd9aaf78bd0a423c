"""Owns what goes out over MQTT, retained: notices by area, air, traffic and advice.

Topics are `sensors.topic`'s; the connection is the caller's, who passes in `publish`.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import msgspec

from alerts.advice import Advice
from alerts.notice import Notice
from sensors.topic import Kind, Topic
from streams.results import AirQuality, Congestion

KEPT: Final = 50
"""Notices at most in one area's message."""

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
        for notice in known:
            self._keep(notice)

    async def send(self, notice: Notice) -> None:
        """Publish the notices of every area that this one concerns."""
        self._keep(notice)
        for area in (*notice.areas, *notice.above):
            topic = _topic(notice.city, "out/notices", area)
            await self._publish(topic, self._payload(area, notice), True)  # noqa: FBT003  # retained

    def _keep(self, notice: Notice) -> None:
        """Let a notice replace the one before it of its episode, and drop old ones."""
        for area in (*notice.areas, *notice.above):
            standing = self._standing.setdefault(area, {})
            before = standing.get(notice.episode)
            if before is not None and before.sequence > notice.sequence:
                continue
            standing.pop(notice.episode, None)
            standing[notice.episode] = notice
            for episode in [e for e, n in standing.items() if n.until <= notice.known]:
                del standing[episode]
            while len(standing) > KEPT:
                del standing[next(iter(standing))]

    def _payload(self, area: str, notice: Notice) -> bytes:
        newest_first = list(self._standing[area].values())[::-1]
        return msgspec.json.encode(
            {
                "v": 1,
                "city": notice.city,
                "area": area,
                "time": notice.known,
                "notices": newest_first,
            }
        )


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

        A reference station publishes concentrations and no index.
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
        body |= {"aqi": None, "category": None, "dominant": None, "sub": {}}
    return body


def _topic(city: str, kind: Kind, *names: str) -> str:
    return str(Topic(city, kind, names))
