"""`thoang quarantine`, as somebody types it."""

from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sensors.records import Refused
from stores.embedded import EmbeddedStore
from stores.record import Taken, Write
from stores.settings import StoreSettings
from thoang.commands.quarantine import app

TOPIC = "thoang/v1/c/air/a"


class Desk:
    """A store in a file, and what was published."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.published: list[tuple[str, bytes]] = []
        self.broken = False

    def use_data(self, folder: Path) -> None:
        """Work on the store in a folder."""
        self.path = folder / "store.db"

    def open_store(self) -> EmbeddedStore:
        """Open the store."""
        return EmbeddedStore(StoreSettings(path=self.path))

    def publish(self, topic: str, payload: bytes) -> None:
        """Note what would go out."""
        if self.broken:
            message = "the broker does not answer"
            raise ConnectionError(message)
        self.published.append((topic, payload))


def refused(key: str, *, stage: str = "decode", replayable: bool = True) -> Refused:
    return Refused(
        id=key,
        city="c",
        origin="live",
        device="",
        topic=TOPIC,
        stage=stage,
        reason="not_json",
        detail="byte 0 is [no] JSON\x1b[2J",
        time=1_700_000_000,
        count=1,
        payload=b"\xff{'pm25'\x1b[2J",
        length=13,
        sha256="e3b0",
        replayable=replayable,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "store.db")
    with closing(made.open_store()) as store:
        items = (
            refused("3f9a12"),
            refused("4b0000", stage="writer"),
            refused("5c0000", replayable=False),
        )
        store.commit(Write((Taken(items),)))
    return made


def ask(desk: Desk, *words: str) -> Result:
    return CliRunner().invoke(app, words, obj=desk)


def test_list(desk: Desk) -> None:
    """The list shows id, time, reason; nothing that a terminal would obey."""
    result = ask(desk, "list")
    assert result.exit_code == 0
    assert "3f9a12" in result.output
    assert "2023-11-14 22:13:20" in result.output
    assert "\x1b" not in result.output


def test_empty(desk: Desk) -> None:
    """An empty list says so."""
    assert "is empty" in ask(desk, "list", "--device", "other").output


def test_show(desk: Desk, tmp_path: Path) -> None:
    """One message is shown whole, and saved as it came."""
    saved = tmp_path / "message.json"
    result = ask(desk, "show", "3f9", "--save", str(saved))
    assert result.exit_code == 0
    assert "\\xff{'pm25'\\x1b[2J" in result.output
    assert "[no]" in result.output
    assert saved.read_bytes() == b"\xff{'pm25'\x1b[2J"


@pytest.mark.parametrize("command", ["show", "replay"])
def test_unknown(desk: Desk, command: str) -> None:
    """An id that is not there is an error with the way out."""
    result = ask(desk, command, "nothing")
    assert result.exit_code == 1
    assert "thoang quarantine list" in result.output


def test_replay(desk: Desk, tmp_path: Path) -> None:
    """A repaired message goes to the topic on which it came, and is marked."""
    repaired = tmp_path / "message.json"
    repaired.write_bytes(b'{"pm25": 9.1}')
    result = ask(desk, "replay", "3f9", "--payload", str(repaired))
    assert result.exit_code == 0
    assert desk.published == [(TOPIC, b'{"pm25": 9.1}')]
    assert "(replayed)" in "".join(ask(desk, "list").output.split("\n"))


def test_replay_of_a_record(desk: Desk) -> None:
    """A record that the writer could not read is no message to publish."""
    result = ask(desk, "replay", "4b")
    assert (result.exit_code, desk.published) == (1, [])


def test_replay_of_a_part(desk: Desk) -> None:
    """Of a message too large only the beginning is kept: it needs the whole."""
    result = ask(desk, "replay", "5c")
    assert (result.exit_code, desk.published) == (1, [])
    assert "--payload" in result.output


def test_not_published(desk: Desk) -> None:
    """What could not be published is not marked as replayed."""
    desk.broken = True
    assert ask(desk, "replay", "3f9").exit_code == 1
    assert "(replayed)" not in ask(desk, "list").output


def test_no_store(tmp_path: Path) -> None:
    """A store that cannot be opened is one line, not a stack trace."""
    result = ask(Desk(tmp_path / "nowhere" / "store.db"), "list")
    assert result.exit_code == 1
    assert "unable to open" in result.output


@pytest.mark.parametrize("words", [("list",), ("show", "3f9"), ("replay", "3f9")])
def test_the_data_of_another_run(
    desk: Desk, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """`--data` names its folder, in each of the commands."""
    there = Desk(tmp_path / "nowhere" / "store.db")
    assert ask(there, *words, "--data", str(desk.path.parent)).exit_code == 0
