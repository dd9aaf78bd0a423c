import csv
import gzip
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sensors.city import load_city
from thoang.commands import compute, replay

RUN = CliRunner()


@pytest.fixture
def app() -> typer.Typer:
    """Return an application of the two commands, as the front door mounts them."""
    app = typer.Typer(rich_markup_mode="rich")
    app.command("replay", help=replay.HELP)(replay.replay)
    app.command("compute", help=compute.HELP)(compute.compute_history)
    return app


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Return a small traffic history."""
    path = tmp_path / "metr.csv.gz"
    path.write_bytes(gzip.compress(b"11,22\n60,50\n59,0\n"))
    return path


def test_compute(app: typer.Typer, history: Path, tmp_path: Path) -> None:
    """The table is written, and how many rows of how many readings is said."""
    out = tmp_path / "out.csv"
    got = RUN.invoke(
        app, ["compute", str(history), "--format", "metr-la", "--output", str(out)]
    )
    assert got.exit_code == 0, got.output
    assert "wrote 4 rows" in got.output
    assert "from 3 readings" in got.output
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["speed"] for row in rows] == ["96.56", "94.95", "80.47", ""]


def test_the_derived_city(app: typer.Typer, history: Path, tmp_path: Path) -> None:
    """Printed or written, the city is one that `load_city` reads, and the same."""
    out = tmp_path / "city.yaml"
    base = ["replay", str(history), "--format", "metr-la"]
    written = RUN.invoke(app, [*base, "--city-out", str(out)])
    assert written.exit_code == 0, written.output
    assert "now: thoang run --city" in written.output
    assert [segment.id for segment in load_city(out).segments] == ["11", "22"]
    printed = RUN.invoke(app, [*base, "--print-city"])
    assert printed.stdout == out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--format", "pems"], "use one of beijing-multisite, metr-la"),
        (["--format", "beijing-multisite"], "line 1: the header is"),
        (["--format", "metr-la", "--mqtt", "nowhere"], "wanted mqtt://HOST:PORT"),
        (["--format", "metr-la", "--speed", "fast"], "wanted max or a number above 0"),
        (["--format", "metr-la", "--speed", "0"], "wanted max or a number above 0"),
    ],
)
def test_mistakes(
    app: typer.Typer, history: Path, options: list[str], told: str
) -> None:
    """A mistake ends with one sentence and a way out, never with a traceback."""
    got = RUN.invoke(app, ["replay", str(history), *options], env={"COLUMNS": "400"})
    assert got.exit_code in {1, 2}
    assert told in got.output
    assert got.exception is None or isinstance(got.exception, SystemExit)


@pytest.mark.parametrize("command", ["replay", "compute"])
def test_help_has_an_example(app: typer.Typer, command: str) -> None:
    """Each command's help shows how it is used."""
    got = RUN.invoke(app, [command, "--help"])
    assert "Example:" in got.output
    assert "--format" in got.output
