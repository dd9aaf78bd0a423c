"""The command line of the simulator."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from thoang.commands.simulate import HELP, simulate
from thoang.settings import Settings


@pytest.fixture
def app() -> typer.Typer:
    """Return a command line with nothing else on it."""
    made = typer.Typer(rich_markup_mode="rich")
    made.command(help=HELP)(simulate)
    return made


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the simulator's files out of the working folder."""
    monkeypatch.setenv("THOANG_DATA_DIR", str(tmp_path))
    assert Settings.read().data_dir == tmp_path


def test_help_has_an_example(app: typer.Typer) -> None:
    """Whoever asks for help sees a command that works."""
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    assert "thoang simulate --speed max" in result.output


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--start", "tomorrow"], "--start: 'tomorrow' is no ISO 8601 time"),
        (["--start", "2026-01-05T00:00"], "has no offset from UTC; wanted"),
        (["--hours", "-1"], "--hours: Input should be greater than or equal to 0"),
        (["--city", "none.yaml"], "none.yaml"),
        (["--mqtt", "mqtt://127.0.0.1:1"], "127.0.0.1:1"),
        (["--mqtt", "http://x"], "wanted mqtt://HOST:PORT"),
    ],
)
def test_what_cannot_be_done_is_said(
    app: typer.Typer, city_file: Path, given: list[str], told: str
) -> None:
    """One sentence names the option or the broker, and nothing is sent."""
    result = CliRunner().invoke(app, ["--city", str(city_file), *given])
    assert result.exit_code in {1, 2}
    assert told in result.output
