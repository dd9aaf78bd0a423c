"""A small city with a device of every sort, and a way to decode one message."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from sensors.batch import Columns
from sensors.city import City, Device, history_city
from sensors.decoders.thoang_v1 import Decoder
from sensors.reading import QUANTITIES
from sensors.records import Refused

NOW = 1_769_821_500  # 2026-01-31T08:05:00+07:00
TIME = "2026-01-31T08:05:00+07:00"


def small_city(**changes: Any) -> City:
    """Return a city of one station and one segment with five devices."""
    air = history_city(
        "small",
        ["st1"],
        kind="air",
        timezone="Asia/Ho_Chi_Minh",
        interval_s=300,
        quantities=["pm25", "o3"],
    ).file
    road = history_city(
        "small",
        ["road"],
        kind="traffic",
        timezone="Asia/Ho_Chi_Minh",
        interval_s=60,
    ).file
    devices = (
        Device(id="a1", kind="air", site="st1", interval_s=300, period_s=300),
        Device(
            id="a-ppb",
            kind="air",
            site="st1",
            units={"o3": "ppb"},
            interval_s=300,
            period_s=300,
        ),
        Device(
            id="a-start",
            kind="air",
            site="st1",
            interval_s=3600,
            period_s=3600,
            time_marks="start",
        ),
        Device(id="t1", kind="traffic", site="road", interval_s=60, period_s=60),
        Device(
            id="t-lane",
            kind="traffic",
            site="road",
            lane=2,
            speed_mean="harmonic",
            units={"speed_harmonic": "mi/h", "occupancy": "%"},
            interval_s=300,
            period_s=300,
        ),
    )
    changes = {"segments": road.segments, "devices": devices, **changes}
    return City(air.model_copy(update=changes))


@dataclass
class Decoded:
    """What one message became."""

    columns: Columns
    refused: list[Refused]
    tick: int | None

    @property
    def values(self) -> dict[str, int]:
        """Values by the name of their quantity."""
        names = [QUANTITIES[code].name for code in self.columns.quantity]
        return dict(zip(names, self.columns.value, strict=True))

    @property
    def reasons(self) -> dict[str, int]:
        """Refused values by reason."""
        return {refused.reason: refused.count for refused in self.refused}


@dataclass
class Desk:
    """Decodes messages of the small city, each into columns of its own."""

    city: City = field(default_factory=small_city)

    def __post_init__(self) -> None:
        self.decoder = Decoder(self.city)

    def decode(
        self,
        topic: str | bytes,
        payload: bytes | str,
        *,
        now: int | None = NOW,
        redelivered: bool = False,
        wall: int | None = None,
    ) -> Decoded:
        """Decode one message; a topic without a slash at its head is the city's own."""
        if isinstance(topic, str) and not topic.startswith(("thoang/", "/")):
            topic = f"thoang/v1/small/{topic}"
        columns, refused = Columns(), list[Refused]()
        tick = self.decoder.decode(
            topic,
            payload if isinstance(payload, bytes) else payload.encode(),
            now=now,
            redelivered=redelivered,
            into=columns,
            refusals=refused,
            wall=wall,
        )
        return Decoded(columns, refused, tick)


@pytest.fixture(scope="session")
def desk() -> Desk:
    """Return one decoder for all tests: it keeps nothing of a message."""
    return Desk()
