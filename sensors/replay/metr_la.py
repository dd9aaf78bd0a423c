"""Owns the format `metr-la`: mean speeds at Los Angeles loop stations every 5 minutes.

A wide CSV as published with T-GCN: the header has the station ids, row 0 is
[2012-03-01 00:00, 00:05) local time. The speeds are mi/h; 0 means missing or standing
and is left out, since nothing in the file tells the two apart.
"""

import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from sensors.city import City, history_city
from sensors.replay.history import History, HistoryError, Message, Step
from sensors.topic import Topic

NAME: Final = "metr-la"

_INTERVAL_S: Final = 300
_ZONE_KEY: Final = "America/Los_Angeles"
_ZONE: Final = ZoneInfo(_ZONE_KEY)
_START: Final = int(datetime(2012, 3, 1, tzinfo=_ZONE).timestamp())
_TICK_S: Final = 60
_encode: Final = msgspec.json.Encoder().encode


def read_metr_la(path: Path) -> History:
    """Return the history in a gzipped CSV file, which is read twice and never held.

    Raises
    ------
    HistoryError
        When a line is not of the format.
    OSError
        When the file cannot be read.
    """
    stations = _stations(path)
    city = _city(stations)
    measured = sum(
        sum(speed > 0 for speed in speeds) for speeds in _rows(path, len(stations))
    )
    return History(
        city=city,
        tick_s=_TICK_S,
        messages=measured,
        readings=measured,
        steps=lambda: _steps(path, city, stations),
    )


def _city(stations: Sequence[str]) -> City:
    return history_city(
        NAME,
        stations,
        kind="traffic",
        timezone=_ZONE_KEY,
        interval_s=_INTERVAL_S,
        units={"speed_arithmetic": "mi/h"},
        speed_mean="arithmetic",
        name_vi="Los Angeles (số liệu lịch sử)",
        name_en="Los Angeles (history)",
    )


def _stations(path: Path) -> tuple[str, ...]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        stations = tuple(file.readline().strip().split(","))
    if len(stations) < 2 or not all(name.isdigit() for name in stations):  # noqa: PLR2004  # one column is no table
        what = (
            f"the header is {','.join(stations)[:80]!r}, wanted the stations' numbers"
        )
        raise HistoryError.at(path, 1, what)
    return stations


def _rows(path: Path, width: int) -> Iterator[list[float]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        file.readline()
        for line, text in enumerate(file, start=2):
            try:
                speeds = [float(cell) for cell in text.split(",")]
            except ValueError as error:
                what = f"the row cannot be read ({error})"
                raise HistoryError.at(path, line, what) from error
            if len(speeds) != width:
                what = f"the row has {len(speeds)} speeds, the header {width} stations"
                raise HistoryError.at(path, line, what)
            yield speeds


def _steps(path: Path, city: City, stations: Sequence[str]) -> Iterator[Step]:
    topics = [str(Topic(city.id, "traffic", (name,))) for name in stations]
    for row, speeds in enumerate(_rows(path, len(stations)), start=1):
        end = _START + row * _INTERVAL_S
        time = datetime.fromtimestamp(end, UTC).astimezone(_ZONE).isoformat()
        messages = (
            Message(topic, _encode({"time": time, "lanes": [_lane(speed)]}))
            for topic, speed in zip(topics, speeds, strict=True)
            if speed > 0
        )
        yield Step(end, tuple(messages))


def _lane(speed: float) -> dict[str, float]:
    """Return the one lane that stands for a station's whole roadway."""
    return {"lane": 1, "speed": speed}
