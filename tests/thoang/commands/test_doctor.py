"""What `thoang doctor` prints and how it ends."""

from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from thoang.commands.doctor import doctor


def examined(*arguments: str) -> Result:
    """Run the command with these arguments."""
    app = typer.Typer()
    app.command()(doctor)
    return CliRunner().invoke(app, list(arguments))


def test_fit_machine_exits_with_nothing_wrong(tmp_path: Path) -> None:
    """Every point is named, and nothing is left behind."""
    result = examined("--data", str(tmp_path / "data"))
    assert result.exit_code == 0, result.output
    for point in ("Python", "numpy", "Kafka broker", "port 8000", "city file", "clock"):
        assert point in result.output
    assert not (tmp_path / "data").exists()


def test_problem_exits_with_one(tmp_path: Path) -> None:
    """A wrong city file would stop a run."""
    result = examined("--data", str(tmp_path), "--city", str(tmp_path / "none.yaml"))
    assert result.exit_code == 1
    assert "problem" in result.output
