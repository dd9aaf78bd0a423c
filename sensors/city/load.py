"""Owns reading and writing a city file: from path to checked City and back."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from sensors.city.boundaries import read_boundaries
from sensors.city.checks import mistakes_of, warnings_of
from sensors.city.city import City
from sensors.city.draft import draft_of
from sensors.city.file import BOUNDARIES_PATTERN, CityFile
from sensors.city.geometry import Rings
from sensors.city.mistake import CityError, Finding, Mistake
from sensors.city.source import Source, UnreadableError, read_yaml


def load_city(path: str | Path) -> City:
    """Read and check a city file and the boundaries that it names.

    Parameters
    ----------
    path
        A YAML file of at most 8 MB.

    Returns
    -------
    City
        Frozen, with its warnings.

    Raises
    ------
    CityError
        With every mistake of the file: line, what, got, wanted, the way out.
    """
    source = _read(Path(path))
    draft = draft_of(source.data)
    boundaries, unread = _boundaries(Path(path), source.data)
    findings = [*source.findings, *draft.findings, *unread]
    findings += mistakes_of(draft, boundaries)
    if findings:
        raise CityError(_by_line(source, findings))
    warnings = tuple(_by_line(source, warnings_of(draft)))
    return City(draft.city_file(), boundaries or {}, warnings)


def dump_city(city: City, path: str | Path) -> None:
    """Write a city, its boundaries left out, as a file that `load_city` reads.

    Meant for the derived city of a history, which has none. Comments are not kept.
    """
    data = city.file.model_dump(mode="json", exclude_defaults=True)
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    Path(path).write_text(text, encoding="utf-8")


def city_schema() -> dict[str, Any]:
    """Return the JSON Schema of a city file, for editors and for other programs."""
    schema = CityFile.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
    }


def _read(path: Path) -> Source:
    try:
        return read_yaml(path)
    except UnreadableError as error:
        found = error.finding
        mistake = Mistake(
            file=str(path),
            line=error.line,
            where="",
            what=found.what,
            got=found.got,
            wanted=found.wanted,
            way_out=found.way_out,
        )
        raise CityError([mistake]) from error


def _boundaries(
    path: Path, data: object
) -> tuple[Mapping[str, Rings] | None, tuple[Finding, ...]]:
    """Read what `boundaries` names: None and a finding where that cannot be read."""
    name = data.get("boundaries") if isinstance(data, dict) else None
    if name is None:
        return {}, ()
    if not isinstance(name, str) or re.fullmatch(BOUNDARIES_PATTERN, name) is None:
        return None, ()
    try:
        return read_boundaries(path.parent / name), ()
    except ValueError as error:
        way_out = "Put the GeoJSON file beside the city file."
        finding = Finding(("boundaries",), str(error), repr(name), way_out=way_out)
        return None, (finding,)


def _by_line(source: Source, findings: Iterable[Finding]) -> list[Mistake]:
    mistakes = [source.locate(finding) for finding in findings]
    return sorted(mistakes, key=lambda mistake: mistake.line)
