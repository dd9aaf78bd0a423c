"""`thoang city`."""

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from sensors.city import city_schema
from thoang.commands.city import app

Write = Callable[[str], Path]


def test_a_good_file_is_ok_with_counts(small: str, write: Write) -> None:
    """Somebody sees at a glance that everything was read."""
    path = write(small)
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 0
    wanted = f"OK {path}: small, 3 areas, 1 station, 2 segments, 3 devices"
    assert result.stdout.startswith(wanted)


def test_each_mistake_is_a_line_and_the_exit_code_one(small: str, write: Write) -> None:
    """A script and a person both learn that the file is wrong, and where."""
    text = small.replace("lat: 11.05", "lat: 95.0").replace("kind: ward", "kind: [x]")
    path = write(text)
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 1
    told = result.stderr.splitlines()
    assert [line.split(":")[1] for line in told[:2]] == ["23", "34"]
    assert told[0].startswith(f"error {path}:23: areas[2] (new).kind: ")
    assert told[2] == f"{path}: 2 mistakes"


def test_a_warning_leaves_it_ok(small: str, write: Write) -> None:
    """What is odd is said, and stops nothing."""
    path = write(small.split("  - {id: t2,", maxsplit=1)[0])
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 0
    assert "no device observes this site" in result.stderr


def test_the_schema_is_printed_as_json() -> None:
    """Other programs can read it from the standard output."""
    result = CliRunner().invoke(app, ["schema"])
    assert json.loads(result.stdout) == city_schema()
