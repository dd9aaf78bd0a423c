"""The repository keeps to what was agreed, and holds nothing that is somebody's own."""

import re
import subprocess
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
BINARY = {".png", ".gz", ".msgpack"}

SECRETS = (
    "-----BEGIN [A-Z ]*PRIVATE" + " KEY-----",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.",
    r"\bglpat-[A-Za-z0-9_-]{20}\b",
    r"(?i)\b(password|passwd|secret|token|api_key)\s*[:=]\s*['\"][^'\"\s{}$<>]{12,}['\"]",
)
OF_A_MACHINE = (r"(?<![\w.$-])/(home|Users|root|work|mnt)/[\w.-]+",)
CLOCK = r"\btime\.time\(\)|\btime\.time_ns\(|\b(date|datetime)\.(now|utcnow|today)\("
EDGES = ("sensors/bridge/", "sensors/simulator/run.py", "thoang/")


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  # git of whoever tests
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to it")
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


@cache
def texts() -> dict[str, str]:
    """Return the text files by name."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in tracked()
        if path.suffix not in BINARY
    }


def found(pattern: str, *, but: str = "") -> list[str]:
    """Return where a pattern stands, as file: text."""
    return [
        f"{name}: {match.group(0)[:80]}"
        for name, text in texts().items()
        if name != but
        for match in re.finditer(pattern, text)
    ]


@pytest.mark.parametrize("pattern", SECRETS)
def test_there_is_no_secret(pattern: str) -> None:
    """No key, token or password is in a file."""
    assert found(pattern) == []


@pytest.mark.parametrize("pattern", OF_A_MACHINE)
def test_there_is_no_path_of_a_machine(pattern: str) -> None:
    """No file names a folder of whoever wrote it."""
    assert found(pattern) == []


def test_every_text_is_composed_unicode_with_lines_that_end_in_a_line_feed() -> None:
    """Vietnamese is written in NFC, and no file has carriage returns."""
    wrong = [
        name
        for name, text in texts().items()
        if "\r" in text or unicodedata.normalize("NFC", text) != text
    ]
    assert wrong == []


def test_no_tests_folder_is_a_package() -> None:
    """An __init__.py below tests/ would shadow the package of the same name."""
    assert [n for n in texts() if re.match(r"tests/.*__init__\.py$", n)] == []


def test_only_edges_and_entry_points_read_the_clock() -> None:
    """After the bridge, time is what readings and ticks say."""
    packages = ("sensors/", "streams/", "stores/", "alerts/", "web/")
    wrong = [
        name
        for name, text in texts().items()
        if name.startswith(packages) and not name.startswith(EDGES)
        if re.search(CLOCK, text)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["run", "dev"])
def test_requirements_name_no_index_and_no_place(name: str) -> None:
    """The locked lists hold names, versions, hashes and comments only."""
    lines = texts()[f"requirements/{name}.txt"].splitlines()
    line = r"[a-z0-9.-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    #.*"
    assert [each for each in lines if not re.fullmatch(line, each)] == []
    assert [each for each in lines if "://" in each or each.startswith("-")] == []


def _locked(name: str) -> dict[str, set[str]]:
    """Return the pinned versions by package; one may have several, by marker."""
    pinned: dict[str, set[str]] = {}
    text = texts()[f"requirements/{name}.txt"]
    for package, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE):
        pinned.setdefault(package, set()).add(version)
    return pinned


def _wanted(name: str) -> list[Requirement]:
    """Return what pyproject.toml asks for."""
    described = tomllib.loads(texts()["pyproject.toml"])
    project = described["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["embedded"]]
    if name == "dev":
        groups = [*extras.values(), described["dependency-groups"]["dev"]]
        wanted += [each for group in groups for each in group]
    return [Requirement(each) for each in wanted]


@pytest.mark.parametrize("name", ["run", "dev"])
def test_locked_versions_are_those_that_pyproject_asks_for(name: str) -> None:
    """Whoever changes a dependency runs `make lock`."""
    pinned = _locked(name)
    for requirement in _wanted(name):
        versions = pinned.get(requirement.name.lower(), set())
        assert versions, f"{requirement.name} is not in requirements/{name}.txt"
        assert all(requirement.specifier.contains(v) for v in versions), requirement


def test_a_run_and_the_tests_have_the_same_versions() -> None:
    """What a run installs is what was tested."""
    run, dev = _locked("run"), _locked("dev")
    assert {name: dev.get(name) for name in run} == run
