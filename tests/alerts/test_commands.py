"""The commands about rules and notices."""

import json
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import msgspec
import pytest
from typer.testing import CliRunner

from alerts.notice import Notice, compose
from alerts.rulefile import DEFAULT_RULES, rules_schema
from alerts.transition import Evidence, Telling, Transition
from alerts.words import Catalogue
from sensors.city import City
from thoang.commands.notices import make_app
from thoang.commands.rules import app

T0 = 1_795_359_600
ROOT = Path(__file__).parents[2]
CITY = str(ROOT / "cities" / "binh-duong.yaml")
runner = CliRunner()


def test_the_default_rules_pass_their_check() -> None:
    """With the city looked up."""
    result = runner.invoke(app, ["check", str(DEFAULT_RULES), "--city", CITY])
    assert result.exit_code == 0
    assert "7 rules" in result.output


def test_a_mistake_ends_the_check_with_one(tmp_path: Path) -> None:
    """And every mistake is a line."""
    text = (DEFAULT_RULES / "air-area.yaml").read_text()
    (tmp_path / "a.yaml").write_text(text.replace("for: 40m", "for: soon"))
    result = runner.invoke(app, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "a.yaml:26: for: is no duration" in result.output


def test_words_that_are_missing_are_found_before_anybody_is_told(
    tmp_path: Path,
) -> None:
    """A step without a word, a rule without texts."""
    text = (DEFAULT_RULES / "air-area.yaml").read_text()
    text = text.replace("text: air_area", "text: unsaid").replace(
        "name: bad", "name: odd"
    )
    (tmp_path / "a.yaml").write_text(text)
    result = runner.invoke(app, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "notices.unsaid.raise.headline" in result.output
    assert "step 'odd' has no word" in result.output


def test_the_schema_is_printed_as_json() -> None:
    """And is a schema."""
    result = runner.invoke(app, ["schema"])
    printed = json.loads(result.output)
    assert printed == rules_schema()
    jsonschema.Draft202012Validator.check_schema(printed)


@pytest.mark.parametrize("command", ["check", "schema"])
def test_every_command_shows_an_example(command: str) -> None:
    """In its help."""
    assert "thoang rules" in runner.invoke(app, [command, "--help"]).output


class Kept:
    """Notices as the store gives them."""

    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    now = T0 + 600

    def __init__(self, *notices: Notice) -> None:
        self._notices = notices

    def notices(self, limit: int, since: int) -> Sequence[Notice]:
        """Return them."""
        return [n for n in self._notices if n.known >= since][:limit]


@pytest.fixture
def late(real_city: City, catalogue: Catalogue) -> Notice:
    """Return a notice that became known too late."""
    transition = Transition(
        city="binh-duong",
        origin="live",
        rule="traffic-queue",
        rule_version="1",
        scope="segment",
        scope_id="ql13-n-05",
        episode="e",
        sequence=1,
        before="pending",
        after="firing",
        kind="raise",
        step="queue",
        severity="minor",
        previous="",
        time=T0 - 3_600,
        known=T0,
        since=T0 - 3_600,
        value=3,
        evidence=Evidence(quantity="level", averaging="5m"),
        reason="raised",
        telling=Telling(
            text="traffic_queue",
            audience="public",
            groups=("everyone",),
            channels=("log",),
            repeat=3_600,
        ),
    )
    return compose(transition, real_city, catalogue)


def test_notices_are_listed_in_the_readers_language(late: Notice) -> None:
    """With why they were not told."""
    commands = make_app(lambda: Kept(late))
    vi = runner.invoke(commands, ["list"], env={"COLUMNS": "300"}).output
    assert "Ùn ứ" in vi
    assert "không gửi vì biết quá muộn" in vi
    assert "mức độ nhẹ" in vi
    shown = ["list", "--language", "en", "--audience", "public"]
    assert "too late" in runner.invoke(commands, shown, env={"COLUMNS": "300"}).output


def test_ids_are_whole_in_a_narrow_terminal(late: Notice) -> None:
    """They are what the next command is given."""
    commands = make_app(lambda: Kept(late))
    output = runner.invoke(commands, ["list"], env={"COLUMNS": "40"}).output
    assert f"  {late.id}\n" in output
    assert "…" not in output


def test_a_loss_of_data_is_listed_as_such(late: Notice) -> None:
    """Not as an end."""
    lost = msgspec.structs.replace(late, kind="clear", reason="no_data")
    commands = make_app(lambda: Kept(lost))
    assert "Báo mất số liệu lúc" in runner.invoke(commands, ["list"]).output


def test_the_notices_of_another_run_are_asked_for_by_its_folder(
    late: Notice, tmp_path: Path
) -> None:
    """`--data` names it before the store is opened."""

    class Desk:
        """What the front door hands over."""

        folder: Path | None = None

        def use_data(self, folder: Path) -> None:
            """Remember it."""
            self.folder = folder

    desk = Desk()

    def source() -> Kept:
        assert desk.folder == tmp_path
        return Kept(late)

    words = ["list", "--data", str(tmp_path)]
    assert runner.invoke(make_app(source), words, obj=desk).exit_code == 0


def test_no_notices_are_said_to_be_none(late: Notice) -> None:
    """Rather than an empty table."""
    commands = make_app(lambda: Kept(late))
    none = runner.invoke(commands, ["list", "--since", "1m"]).output
    assert "Không có thông báo nào từ" in none
    operators = ["list", "--audience", "operators", "--language", "en"]
    assert "No notices since" in runner.invoke(commands, operators).output


def test_a_span_that_is_none_is_refused(late: Notice) -> None:
    """With the way to write one."""
    result = runner.invoke(make_app(lambda: Kept(late)), ["list", "--since", "long"])
    assert result.exit_code == 2
    assert "duration" in result.output
