"""Documents say what the program does: commands, settings, links, sources, numbers."""

import ast
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel, SecretStr
from typer.testing import CliRunner

from alerts.evaluator import Evaluator
from alerts.notice import compose
from alerts.rulefile import load_rules
from alerts.words import load_catalogue
from sensors.batch import Columns, Sorter
from sensors.bridge.output import partition_of
from sensors.decoders.thoang_v1 import Decoder
from sensors.reading import BY_NAME, MICRO, ReadingBatch
from sensors.records import Refused
from streams.air_quality import AirQualityRules
from streams.results import AirQuality
from thoang.cli import app
from thoang.settings import CITY, RULES, Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PACKAGES = ("alerts", "sensors", "stores", "streams", "thoang", "web")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

HOUR_S = 3_600
EIGHT = 1_795_248_000
"""The hour of docs/architecture.md begins [unix s]."""


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


pages = pytest.mark.parametrize("page", PAGES, ids=_name)


# -- commands


def _commands(text: str, program: str) -> Iterator[str]:
    """Yield the commands of a page: lines of code blocks, and code within sentences."""
    pattern = rf"^(?: {{4}}|ExecStart=)?(?:\S*/)?({program} .*)$"
    within = re.compile(rf"`({program} [^`]+)`")
    for match in re.finditer(pattern, text, re.MULTILINE):
        if not match.group(0).startswith(program) or _fenced(text, match.start()):
            yield from re.split(r" && |  +#", match.group(1))[:1]
    yield from (" ".join(found.split()) for found in within.findall(text))


def _fenced(text: str, at: int) -> bool:
    return text.count("\n```", 0, at) % 2 == 1


@pages
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    """Whoever types what a document says gets no "No rule to make target"."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for command in _commands(page.read_text(encoding="utf-8"), "make"):
        named = [word for word in shlex.split(command)[1:] if "=" not in word]
        assert set(named) <= targets, command


def _leaf(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that words name, and the words behind it."""
    command: Any = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pages
def test_every_thoang_command_that_is_named_exists(page: Path) -> None:
    """Each `thoang …` in a document is a command with options of these names."""
    for text in _commands(page.read_text(encoding="utf-8"), "thoang"):
        words = shlex.split(text)[1:]
        command, rest = _leaf(words)
        known = {name for each in command.params for name in each.opts}
        known |= {name for each in command.params for name in each.secondary_opts}
        assert rest != words or words[:1] in (["--help"], ["…"]), text
        used = {word.split("=")[0] for word in rest if word.startswith("--")}
        assert used <= known | {"--help"}, text


def _leaves(command: Any, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if getattr(command, "invoke_without_command", True) or not name:
        yield name
    for word, below in getattr(command, "commands", {}).items():
        yield from _leaves(below, (*name, word))


@pytest.mark.parametrize(
    "words",
    [words for words in _leaves(typer.main.get_command(app)) if words],
    ids=" ".join,
)
def test_every_command_shows_an_example(words: tuple[str, ...]) -> None:
    """The help of each command has a line that one can type."""
    shown = CliRunner().invoke(app, [*words, "--help"])
    assert shown.exit_code == 0
    assert "Example:" in shown.output


def test_the_readme_begins_with_what_it_is_a_picture_and_two_commands() -> None:
    """The first screen of README has one screenshot, `make run` and `make test`."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = readme.splitlines()[:16]
    assert "    make run" in first
    assert "    make test" in first
    assert len(re.findall(r"^!\[", readme, re.MULTILINE)) == 1


# -- links, settings, sources


@pages
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    """No document links to a file that is not there."""
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not link.startswith(("http://", "https://", "#")):
            assert (page.parent / link.partition("#")[0]).exists(), link


def test_every_decision_is_in_the_list_of_decisions() -> None:
    """docs/decisions/README.md names each page, by its own title."""
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    for page in folder.glob("[0-9]*.md"):
        number, _, title = (
            page.read_text(encoding="utf-8").partition("\n")[0].partition(" · ")
        )
        assert f"| [{number.removeprefix('# ')}]({page.name}) | {title} |" in listed


def _settings(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, object]]:
    """Yield every setting by its variable, and its default."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _settings(kind, f"{prefix}{name.upper()}__")
        else:
            yield prefix + name.upper(), field.get_default()


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    """The table in docs/operating.md and thoang/settings.py have the same settings."""
    rows = re.findall(r"^\| `(THOANG_\w+)` \| ([^|]+) \|", OPERATING, re.MULTILINE)
    settings = dict(_settings(Settings, "THOANG_"))
    assert [name for name, _ in rows] == list(settings)
    for name, shown in rows:
        assert shown in _shown(settings[name]), name


def _shown(default: object) -> tuple[str, ...]:
    """Return how a default may be written."""
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if default is None:
        return "none", "as the city file says", "`thoang.sqlite` in the data folder"
    if default == "":
        return ("empty",)
    if isinstance(default, bool):
        return (f"`{str(default).lower()}`",)
    if isinstance(default, Path) and default.is_absolute():
        return (f"`{default.relative_to(ROOT).as_posix()}`",)
    return (f"`{default}`",)


KEY = re.compile(r"\[([A-Z][A-Z0-9]{2,}(?:-[A-Z0-9]+)*|[A-Z]{2}[0-9]*-[A-Z0-9]+)\]")


def _written(module: Path) -> str:
    """Return what a module says to people: strings of documentation, and comments."""
    text = module.read_text(encoding="utf-8")
    strings = [
        str(node.value.value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    comments = re.findall(r"^\s*#.*$|\s#\s.*$", text, re.MULTILINE)
    return "\n".join([*strings, *comments])


def test_every_source_that_is_cited_is_in_the_bibliography_and_no_other() -> None:
    """Keys such as VN1459 lead to docs/references.md, and none there is idle."""
    bibliography = ROOT / "docs" / "references.md"
    known = set(
        re.findall(
            rf"^\| {KEY.pattern} \|", bibliography.read_text("utf-8"), re.MULTILINE
        )
    )
    texts = [
        _written(file) for name in PACKAGES for file in (ROOT / name).rglob("*.py")
    ]
    texts += [page.read_text("utf-8") for page in PAGES if page != bibliography]
    assert known == {key for text in texts for key in KEY.findall(text)}


# -- the one reading of docs/architecture.md


def _decoded(payloads: list[bytes]) -> tuple[dict[int, ReadingBatch], list[Refused]]:
    city = Settings(city=CITY, origin="simulated", clock="messages").load_city()
    columns, refusals = Columns(), list[Refused]()
    decoder = Decoder(city)
    for payload in payloads:
        decoder.decode(
            "thoang/v1/binh-duong/air/dt1-air",
            payload,
            now=EIGHT + HOUR_S,
            redelivered=False,
            into=columns,
            refusals=refusals,
        )
    return Sorter(city.devices, partition_of).split(columns), refusals


def test_the_message_of_the_architecture_becomes_the_reading_it_shows() -> None:
    """241 bytes of station ĐT1 are twelve readings of partition 1."""
    shown = re.search(r"^\{\"time\".*$", ARCHITECTURE, re.MULTILINE)
    assert shown is not None
    payload = shown.group(0).encode()
    hour = (ROOT / "docs" / "one-hour.jsonl").read_bytes().splitlines()
    assert payload in hour
    assert len(payload) == 241
    batches, refusals = _decoded([payload])
    assert not refusals
    assert list(batches) == [1]
    batch = batches[1]
    assert len(batch) == 12
    first = (batch.end[0], batch.period[0], batch.value[0], batch.flag[0])
    assert first == (1_795_250_100, 300, 114_200_000, 1)
    assert batch.quantity[0] == BY_NAME["pm25"].code
    assert (batch.start[0] - EIGHT) // 300 == 6


def _past() -> list[bytes]:
    """Return messages of the eleven hours before, each hour of one value."""
    table = ARCHITECTURE.split("newest first:")[1].split("->")[0]
    newest, *before = (round(float(number) * MICRO) for number in table.split())
    assert newest == 105_283_333
    assert len(before) == 11
    return [
        b'{"time":%d,"values":{"pm25":%d.%06d}}' % (end, *divmod(mean, MICRO))
        for back, mean in enumerate(before)
        for end in range(
            EIGHT - (back + 1) * HOUR_S + 300, EIGHT - back * HOUR_S + 1, 300
        )
    ]


def _dated(payload: bytes) -> bytes:
    """Write the time of a message as devices do."""

    def written(match: re.Match[bytes]) -> bytes:
        return datetime.fromtimestamp(int(match.group(1)), UTC).isoformat().encode()

    return re.sub(rb'"time":(\d+)', lambda m: b'"time":"' + written(m) + b'"', payload)


def _closed_hour() -> AirQuality:
    """Return what the air rules say of the hour when it closes."""
    city = Settings(city=CITY, origin="simulated", clock="messages").load_city()
    station = city.station("dt1")
    assert station is not None
    rules = AirQualityRules(city, [station])
    hour = (ROOT / "docs" / "one-hour.jsonl").read_bytes().splitlines()
    for payloads in ([_dated(each) for each in _past()], hour):
        batches, refusals = _decoded(payloads)
        assert not refusals
        rules.apply(batches[1], "simulated")
    results = rules.tick(EIGHT + HOUR_S + city.grace_s)
    return next(r for r in results if r.start == EIGHT and r.averaging == "1h")


def test_the_hour_of_the_architecture_has_the_index_it_shows() -> None:
    """Mean 105.283333, NowCast 85.675916, VN_AQI 154, bad, final."""
    result = _closed_hour()
    assert result.means["pm25"] == 105_283_333
    assert result.nowcast["pm25"] == 85_675_916
    judged = (result.aqi, result.category, result.dominant, result.revision)
    assert judged == (154, "bad", "pm25", 1)


def test_the_notice_of_the_architecture_is_the_one_that_goes_out() -> None:
    """The rule air-station raises the episode, and the notice has the words, shown."""
    city = Settings(city=CITY, origin="simulated", clock="messages").load_city()
    rules = [rule for rule in load_rules(RULES) if rule.id == "air-station"]
    now = EIGHT + HOUR_S + city.grace_s
    transitions = Evaluator(rules, city).step(now, [_closed_hour()], [])
    raised = next(each for each in transitions if each.kind == "raise")
    notice = compose(raised, city, load_catalogue())
    assert f"episode {raised.episode}" in ARCHITECTURE
    assert f"`{notice.id}`" in ARCHITECTURE
    assert f"**{notice.headline['vi']}**" in ARCHITECTURE
    assert notice.body["vi"] in ARCHITECTURE
