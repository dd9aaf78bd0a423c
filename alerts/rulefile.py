"""Owns reading rules from YAML with the line of each mistake, and their JSON Schema."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from alerts.fields import Bound
from alerts.rule import (
    AqiWhat,
    AreaWhere,
    ConcentrationWhat,
    Rule,
    Schedule,
    SegmentWhere,
    StationWhere,
    Step,
)
from sensors.city import City
from sensors.city.mistake import Finding, Loc, Mistake
from sensors.city.source import Source, UnreadableError, read_yaml
from sensors.city.told import nearest, told

DEFAULT_RULES: Final = Path(__file__).parent / "rules"
MAX_BYTES: Final = 256 * 1024
MAX_RULES: Final = 1_000


class RuleError(ValueError):
    """Rules that cannot be used; the message lists every mistake with its line.

    Parameters
    ----------
    mistakes
        At least one.
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def load_rules(
    path: Path = DEFAULT_RULES, city: City | None = None
) -> tuple[Rule, ...]:
    """Read one rule file, or every ``*.yaml`` of a folder, one rule a file.

    Parameters
    ----------
    city
        When given, sites and areas that rules name must be in it.

    Raises
    ------
    RuleError
        With every mistake of every file.
    """
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    rules: dict[str, Rule] = {}
    mistakes = list(_too_many(path, files))
    for file in files[:MAX_RULES]:
        try:
            source, rule = _read(file)
        except RuleError as error:
            mistakes += error.mistakes
            continue
        found = [*_twice(rule, rules), *(_unknown(rule, city) if city else ())]
        mistakes += [source.locate(finding) for finding in found]
        rules[rule.id] = rule
    if mistakes:
        raise RuleError(mistakes)
    return tuple(rules.values())


def rules_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rule file, for editors."""
    return Rule.model_json_schema(by_alias=True, mode="validation")


def _read(path: Path) -> tuple[Source, Rule]:
    source = _source(path)
    mistakes = [source.locate(finding) for finding in source.findings]
    if not isinstance(source.data, dict):
        finding = Finding(
            (), "is not a rule", wanted="a mapping", way_out="Begin with id: NAME."
        )
        raise RuleError([source.locate(finding)])
    try:
        rule = Rule.model_validate(source.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        mistakes += [source.locate(_finding(detail)) for detail in details]
        raise RuleError(mistakes) from error
    if mistakes:
        raise RuleError(mistakes)
    return source, rule


def _source(path: Path) -> Source:
    try:
        _refuse_large(path)
        return read_yaml(path)
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise RuleError(
            [Mistake(str(path), 0, "", what, way_out="Check the path.")]
        ) from (error)
    except UnreadableError as error:
        found = error.finding
        raise RuleError(
            [
                Mistake(
                    str(path),
                    error.line,
                    "",
                    found.what,
                    wanted=found.wanted,
                    way_out=found.way_out.replace("a city", "a rule"),
                )
            ]
        ) from error


def _refuse_large(path: Path) -> None:
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableError(
            Finding((), "the file is too large", wanted="at most 256 kB")
        )


def _finding(detail: ErrorDetails) -> Finding:
    """Put one error of pydantic into words; ours carry theirs with them."""
    if detail["type"] == "rule":
        ours: Finding = detail["ctx"]["finding"]
        return Finding(
            (*detail["loc"], *ours.loc), ours.what, ours.got, ours.wanted, ours.way_out
        )
    if detail["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return _tag(detail)
    if detail["type"] == "duration":
        return Finding(
            detail["loc"],
            "is no duration",
            got=repr(detail["input"]),
            wanted="such as 90s, 10m, 1h30m or 2d, at most 7d",
            way_out="Put it in quotes if it is a number.",
        )
    found = told(detail, (), Rule)
    if detail["type"] == "extra_forbidden":
        way_out = nearest(str(detail["loc"][-1]), _KEYS) or found.way_out
        return replace(found, way_out=way_out)
    return found


_KEYS: Final = sorted(
    {
        field.alias or name
        for model in (
            Rule,
            Step,
            Schedule,
            Bound,
            AqiWhat,
            ConcentrationWhat,
            AreaWhere,
            SegmentWhere,
            StationWhere,
        )
        for name, field in model.model_fields.items()
    }
)


def _tag(detail: ErrorDetails) -> Finding:
    key = "kind" if detail["loc"][-1:] == ("what",) else "scope"
    wanted = (
        str(detail["ctx"].get("expected_tags", "")) or "one of those in docs/rules.md"
    )
    given = detail["input"].get(key) if isinstance(detail["input"], dict) else None
    words = wanted.replace("'", "").split(", ")
    return Finding(
        (*detail["loc"], key),
        "is missing" if given is None else "is not one that is known",
        got="" if given is None else repr(given),
        wanted=wanted,
        way_out=nearest(str(given), words) or f"Add {key}: with one of these words.",
    )


def _too_many(path: Path, files: list[Path]) -> Iterator[Mistake]:
    if not files:
        yield Mistake(
            str(path), 0, "", "no rule file in this folder", wanted="*.yaml files"
        )
    if len(files) > MAX_RULES:
        yield Mistake(
            str(path), 0, "", f"{len(files)} rule files", wanted=f"at most {MAX_RULES}"
        )


def _twice(rule: Rule, rules: dict[str, Rule]) -> Iterator[Finding]:
    if rule.id in rules:
        yield Finding(
            ("id",),
            "is the id of another rule of this folder",
            got=repr(rule.id),
            way_out="Give each rule an id of its own.",
        )


def _unknown(rule: Rule, city: City) -> Iterator[Finding]:
    """Say which sites and areas a rule names that the city does not have."""
    where = rule.where
    known_areas = [area.id for area in city.areas]
    for index, area in enumerate(where.areas):
        yield from _missing(("where", "areas", index), area, known_areas)
    if isinstance(where, AreaWhere):
        return
    if isinstance(where, SegmentWhere):
        known, key, named = [s.id for s in city.segments], "segments", where.segments
    else:
        known, key, named = [s.id for s in city.stations], "stations", where.stations
    for index, site in enumerate(named):
        yield from _missing(("where", key, index), site, known)


def _missing(loc: Loc, name: str, known: list[str]) -> Iterator[Finding]:
    if name not in known:
        yield Finding(
            loc,
            "is not in the city file",
            got=repr(name),
            way_out=nearest(name, known) or "Correct it, or add it to the city file.",
        )
