import gzip
import json
from pathlib import Path

import pytest

from sensors.batch import Columns
from sensors.decoders.thoang_v1 import Decoder
from sensors.reading import QUANTITIES
from sensors.records import Refused
from sensors.replay import History, HistoryError, Message, open_history, timeline


def _bodies(history: History) -> list[tuple[str, dict[str, object]]]:
    return [
        (message.topic, json.loads(message.payload))
        for step in history.steps()
        for message in step.messages
    ]


def test_beijing_rows(beijing: Path) -> None:
    """Every row becomes a message of its hour's end, in order of time, NA left out."""
    history = open_history(beijing, "beijing-multisite")
    bodies = _bodies(history)
    topic = "thoang/v1/beijing-multisite/air/"
    assert [name.removeprefix(topic) for name, _ in bodies] == [
        "aotizhongxin",
        "changping",
        "aotizhongxin",
        "changping",
    ]
    assert bodies[0][1] == {
        "time": "2016-11-01T01:00:00+08:00",
        "values": {
            "pm25": 4,
            "pm10": 31,
            "so2": 5,
            "no2": 43,
            "co": 300,
            "o3": 24,
            "temperature": 1.8,
            "pressure": 1033.2,
            "rain": 0,
            "wind_speed": 1.1,
            "wind_direction": 292.5,
        },
    }
    assert bodies[3][1] == {"time": "2016-11-01T06:00:00+08:00", "values": {}}
    assert (history.messages, history.readings) == (4, 11 + 10 + 8)


def test_beijing_city(beijing: Path) -> None:
    """The derived city has the file's stations, and its clock in the messages."""
    city = open_history(beijing, "beijing-multisite").city
    assert [station.id for station in city.stations] == ["aotizhongxin", "changping"]
    assert {station.station_class for station in city.stations} == {"regulatory"}
    assert (city.origin, city.clock, city.timezone) == (
        "replay",
        "messages",
        "Asia/Shanghai",
    )


def test_metr_la_rows(metr_la: Path) -> None:
    """Every speed above 0 becomes a message of its five minutes' end."""
    history = open_history(metr_la, "metr-la")
    bodies = _bodies(history)
    assert bodies[0] == (
        "thoang/v1/metr-la/traffic/11",
        {"time": "2012-03-01T00:05:00-08:00", "lanes": [{"lane": 1, "speed": 60.5}]},
    )
    assert len(bodies) == history.messages == history.readings == 7
    assert [step.end % 300 for step in history.steps()] == [0, 0, 0]


def test_metr_la_speeds_are_miles(metr_la: Path) -> None:
    """The derived city says mi/h and arithmetic, so the bridge converts."""
    history = open_history(metr_la, "metr-la")
    columns, refused = _decoded(history)
    assert refused == []
    assert columns.value[0] == 97_365_312
    assert {QUANTITIES[code].name for code in columns.quantity} == {"speed_arithmetic"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "the header is ''"),
        (b"a,b\n1,2\n", "the header is 'a,b'"),
        (b"not gzip at all", "cannot be read as a gzipped CSV"),
    ],
)
@pytest.mark.parametrize("name", ["beijing-multisite", "metr-la"])
def test_other_files(tmp_path: Path, name: str, text: bytes, told: str) -> None:
    """A file of another format is refused with the line and the way out."""
    path = tmp_path / "other.csv.gz"
    path.write_bytes(text if text.startswith(b"not") else gzip.compress(text))
    with pytest.raises(HistoryError) as caught:
        open_history(path, name)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_broken_row(beijing: Path, metr_la: Path) -> None:
    """A row that cannot be read is named by its line."""
    for path, name, old, new, line in [
        (beijing, "beijing-multisite", b"2016,11,1,1,", b"2016,11,1,one,", 3),
        (beijing, "beijing-multisite", b",one,", b",1,", None),
        (metr_la, "metr-la", b"60,50,40.00", b"60,50", 3),
        (metr_la, "metr-la", b"60,50", b"60,fast,40", 3),
    ]:
        text = gzip.decompress(path.read_bytes()).replace(old, new)
        path.write_bytes(gzip.compress(text))
        if line is None:
            open_history(path, name)
            continue
        with pytest.raises(HistoryError, match=f"line {line}: the row"):
            open_history(path, name)


def test_an_empty_history(beijing: Path) -> None:
    """A file of a header alone is no history."""
    header = gzip.decompress(beijing.read_bytes()).splitlines()[0]
    beijing.write_bytes(gzip.compress(header + b"\n"))
    with pytest.raises(HistoryError, match="it has no rows"):
        open_history(beijing, "beijing-multisite")


def test_no_such_file_or_format(tmp_path: Path) -> None:
    """A missing file and an unknown format are told apart."""
    with pytest.raises(HistoryError, match="No such file"):
        open_history(tmp_path / "none.csv.gz", "metr-la")
    with pytest.raises(HistoryError, match="use one of beijing-multisite, metr-la"):
        open_history(tmp_path / "none.csv.gz", "pems")


@pytest.mark.history
@pytest.mark.parametrize(
    ("file", "name", "messages"),
    [
        ("beijing-multisite-2016-11--2017-02.csv.gz", "beijing-multisite", 34_560),
        ("los-angeles-loop-speed-2012-03-01--04.csv.gz", "metr-la", 207 * 1152),
    ],
)
def test_the_real_histories(
    histories: Path, file: str, name: str, messages: int
) -> None:
    """Every value of the real histories becomes a reading, and none is refused."""
    history = open_history(histories / file, name)
    columns, refused = _decoded(history)
    assert refused == []
    assert history.messages == len(columns.count) == messages
    assert len(columns) == history.readings


def _decoded(history: History) -> tuple[Columns, list[Refused]]:
    decoder, columns, refused = Decoder(history.city), Columns(), list[Refused]()
    now: int | None = None
    for event in timeline(
        history.steps(), tick_s=history.tick_s, grace_s=history.city.grace_s
    ):
        if not isinstance(event, Message):
            now = event.time
            continue
        decoder.decode(
            event.topic,
            event.payload,
            now=now,
            redelivered=False,
            into=columns,
            refusals=refused,
        )
    return columns, refused
