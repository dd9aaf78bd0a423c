"""What stops `thoang run` at the start, and what it prints."""

import io
import socket
import sys
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from thoang.commands.run import Asked, city_run, run_command
from thoang.supervisor.console import RunConsole
from thoang.supervisor.lock import claimed
from thoang.supervisor.plan import CityRun, Wiring
from thoang.supervisor.process import Event, Process


async def never(_bootstrap: str, _epoch: int) -> bool:
    """Be never drained."""
    return False


def started(*arguments: str) -> Result:
    """Run the command with these arguments."""
    app = typer.Typer()
    app.command()(run_command(lambda _run: Wiring((), never)))
    return CliRunner().invoke(app, list(arguments))


def test_windows_is_told_the_way_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """WSL or Docker, exit status 2."""
    monkeypatch.setattr(sys, "platform", "win32")
    result = started()
    assert result.exit_code == 2
    assert "WSL" in result.output
    assert "docker compose up" in result.output


def test_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    """The message says which process has it."""
    with claimed(tmp_path):
        result = started("--data", str(tmp_path))
    assert result.exit_code == 2
    assert "in use by another `thoang run`" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mqtt", "broker"), "wanted mqtt://"),
        (("--city", "/no/such/city.yaml"), "city.yaml"),
    ],
)
def test_wrong_input_is_one_clear_message(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    """Nothing is started, no traceback is shown."""
    result = started("--data", str(tmp_path / "data"), *arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "data").exists()


def test_taken_port_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next free port is taken, and that is said."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        asked = Asked(
            city=None,
            data=tmp_path,
            port=port,
            simulator=True,
            mqtt="",
            kafka="kafka.lan:9092",
            broker_memory_mb=250,
            open_page=False,
        )
        run = city_run(asked)
    assert run.web_port != port
    assert f"port {port} is taken" in capsys.readouterr().out
    assert len({run.web_port, run.mqtt_port, run.kafka_port}) == 3
    assert run.bootstrap == "kafka.lan:9092"


def told(folder: Path, *events: Event) -> str:
    """Return what a run prints of events."""
    run = CityRun(Path("city.yaml"), folder, 8001, 1883, 9092)
    out = io.StringIO()
    console = RunConsole(Console(file=out, width=200), run, open_page=False)
    process = Process("kafka", ("x",), _never, loss="the records are gone")
    console.know([process])
    console.begin()
    for event in events:
        console.say(event)
    console.stopping()
    console.stopped()
    return out.getvalue()


async def _never() -> bool:
    return False


def test_first_address_is_the_page(tmp_path: Path) -> None:
    """Scripts and people find the page at the first http address that is printed."""
    text = told(
        tmp_path, Event("ready", "mqtt", seconds=0.3), Event("ready", "web", seconds=1)
    )
    assert text[text.index("http") :].startswith("http://127.0.0.1:8001\n")
    assert str(tmp_path / "logs") in text


def test_page_is_announced_once(tmp_path: Path) -> None:
    """A page that comes back is not announced as new."""
    text = told(tmp_path, *[Event("ready", "web", seconds=1)] * 2)
    assert text.count("http://") == 1


def test_death_of_a_broker_is_told_in_words(tmp_path: Path) -> None:
    """What happened, what is lost, and what happens next."""
    text = told(tmp_path, Event("died", "kafka", "was killed by signal 9", 0.2))
    assert "was killed by signal 9; starts again in 0.2 s" in text
    assert "the records are gone" in text


def test_swap_is_one_line_before_and_one_after(tmp_path: Path) -> None:
    """Or one that says that it was put off."""
    text = told(
        tmp_path,
        Event("swapping", "kafka", "it holds 251 MB"),
        Event("swapped", "kafka", "251 MB given back, 30 MB used", 4.0),
        Event("postponed", "kafka", "not drained within 60 s"),
    )
    assert "it holds 251 MB; MQTT keeps what arrives meanwhile" in text
    assert "swapped it in 4.0 s: 251 MB given back" in text
    assert "swap put off: not drained" in text
