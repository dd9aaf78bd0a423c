"""Owns the format `beijing-multisite`: UCI Beijing Multi-Site Air Quality, hourly CSV.

A row is one station's hour h of local time (UTC+8), read as [h:00, h+1:00). ``NA`` is
left out. The dew point is no quantity of ours and is left out too.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec

from sensors.city import City, history_city, slug
from sensors.replay.history import History, HistoryError, Message, Step
from sensors.topic import Topic

NAME: Final = "beijing-multisite"

_HOUR_S: Final = 3600
_ZONE: Final = timezone(timedelta(hours=8))
_HEADER: Final = (
    "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,"
    "TEMP,PRES,DEWP,RAIN,wd,WSPM,station"
)
_HOUR: Final = ("year", "month", "day", "hour")
_NUMBERS: Final = MappingProxyType(
    {
        "PM2.5": "pm25",
        "PM10": "pm10",
        "SO2": "so2",
        "NO2": "no2",
        "CO": "co",
        "O3": "o3",
        "TEMP": "temperature",
        "PRES": "pressure",
        "RAIN": "rain",
        "WSPM": "wind_speed",
    }
)
_WINDS: Final = (
    *("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE"),
    *("S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"),
)
_MISSING: Final = "NA"
_encode: Final = msgspec.json.Encoder().encode


class _Row(NamedTuple):
    end: int
    station: str
    payload: bytes
    readings: int


def read_beijing(path: Path) -> History:
    """Return the history in a gzipped CSV file.

    The file has one station after the other, so all rows are read at once: about
    10 MB for four months of twelve stations.

    Raises
    ------
    HistoryError
        When a line is not of the format.
    OSError
        When the file cannot be read.
    """
    rows = sorted(_rows(path), key=lambda row: row.end)
    if not rows:
        raise HistoryError.at(path, 1, "it has no rows")
    city = _city(dict.fromkeys(row.station for row in rows))
    return History(
        city=city,
        tick_s=_HOUR_S,
        messages=len(rows),
        readings=sum(row.readings for row in rows),
        steps=lambda: _steps(city, rows),
    )


def _city(stations: Iterable[str]) -> City:
    return history_city(
        NAME,
        sorted(stations),
        kind="air",
        timezone="Asia/Shanghai",
        interval_s=_HOUR_S,
        quantities=(*_NUMBERS.values(), "wind_direction"),
        name_vi="Bắc Kinh (số liệu lịch sử)",
        name_en="Beijing (history)",
    )


def _rows(path: Path) -> Iterator[_Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        header = ",".join(reader.fieldnames or ())
        if header != _HEADER:
            what = f"the header is {header[:120]!r}, wanted {_HEADER!r}"
            raise HistoryError.at(path, 1, what)
        for row in reader:
            try:
                yield _row(row)
            except (KeyError, TypeError, ValueError) as error:
                what = f"the row cannot be read ({error})"
                raise HistoryError.at(path, reader.line_num, what) from error


def _row(row: dict[str, str]) -> _Row:
    year, month, day, hour = (int(row[part]) for part in _HOUR)
    start = datetime(year, month, day, hour, tzinfo=_ZONE)
    end = start + timedelta(hours=1)
    values = {
        name: float(row[column])
        for column, name in _NUMBERS.items()
        if row[column] != _MISSING
    }
    if row["wd"] != _MISSING:
        values["wind_direction"] = 22.5 * _WINDS.index(row["wd"])
    payload = _encode({"time": end.isoformat(), "values": values})
    seconds = int(end.astimezone(UTC).timestamp())
    return _Row(seconds, row["station"], payload, len(values))


def _steps(city: City, rows: Iterable[_Row]) -> Iterator[Step]:
    messages: list[Message] = []
    topics: dict[str, str] = {}
    end = 0
    for row in rows:
        if row.end != end and messages:
            yield Step(end, tuple(messages))
            messages = []
        end = row.end
        if row.station not in topics:
            topics[row.station] = str(Topic(city.id, "air", (slug(row.station),)))
        messages.append(Message(topics[row.station], row.payload))
    yield Step(end, tuple(messages))
