"""The clock that a bridge keeps."""

import logging
from pathlib import Path

import pytest

from sensors.bridge.clock import ClockFile


def test_time_is_there_after_a_restart(tmp_path: Path) -> None:
    """The newest time is read again, by whoever comes next."""
    path = tmp_path / "new" / "clock.json"
    clock = ClockFile(path, "small")
    assert clock.read() is None
    for time in (None, 60, 120, 120):
        clock.keep(time)
    assert ClockFile(path, "small").read() == 120
    assert [each.name for each in path.parent.iterdir()] == ["clock.json"]


def test_time_of_another_city_says_nothing(tmp_path: Path) -> None:
    """A folder that was another city's does not lend its time."""
    ClockFile(tmp_path / "clock.json", "small").keep(60)
    assert ClockFile(tmp_path / "clock.json", "large").read() is None


@pytest.mark.parametrize("content", ["", "[]", '{"city": "small"}', '{"time": "x"}'])
def test_damaged_file_is_told(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named, and the next tick says the time."""
    path = tmp_path / "clock.json"
    path.write_text(content, "utf-8")
    with caplog.at_level(logging.WARNING):
        assert ClockFile(path, "small").read() is None
    assert "clock.json is damaged" in caplog.text
