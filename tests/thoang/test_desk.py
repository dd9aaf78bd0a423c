"""Which run the commands of operators work on."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from thoang.cli import app
from thoang.desk import Desk
from thoang.settings import SettingsError


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """Return the folder of a run with ports of its own."""
    status = {"ports": {"mqtt": 1999, "web": 8123}}
    (tmp_path / "status.json").write_text(json.dumps(status))
    return tmp_path


def test_a_folder_that_is_named_comes_before_the_settings(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its store, and the ports that its run took."""
    monkeypatch.setenv("THOANG_DATA_DIR", str(run_folder / "elsewhere"))
    desk = Desk()
    assert desk.settings.mqtt.port == 1883
    desk.use_data(run_folder)
    assert desk.settings.store_path.parent == run_folder
    assert (desk.settings.mqtt.port, desk.settings.web.port) == (1999, 8123)


def test_a_folder_without_a_store_says_how_to_name_another(run_folder: Path) -> None:
    """The message names the option."""
    desk = Desk()
    desk.use_data(run_folder)
    with pytest.raises(SettingsError, match="--data"):
        desk.open_store()


@pytest.mark.parametrize(
    "words",
    [
        ["notices", "list"],
        ["ledger"],
        ["quarantine", "list"],
        ["recompute", "--site=dt1", "--from=2026-11-20T00+07", "--to=2026-11-21T00+07"],
    ],
    ids=lambda words: str(words[0]),
)
def test_each_command_takes_the_folder(
    words: list[str], run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And looks for the store there."""
    desk = Desk()
    monkeypatch.setattr("thoang.cli._desk", desk)
    result = CliRunner().invoke(app, [*words, "--data", str(run_folder)], obj=desk)
    assert isinstance(result.exception, SettingsError)
    assert str(run_folder) in str(result.exception)
