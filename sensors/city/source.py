"""Owns reading bounded, safe YAML with the line of every node; knows no city."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from sensors.city.mistake import Finding, Loc, Mistake

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_DEPTH: Final = 20
MAX_NODES: Final = 1_000_000

# libyaml where PyYAML was built with it, some ten times faster.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableError(ValueError):
    """The file is not bounded, safe YAML; `finding` and `line` say why and where."""

    def __init__(self, finding: Finding, line: int = 0) -> None:
        self.finding = finding
        self.line = line
        super().__init__(finding.what)


@dataclass(frozen=True, slots=True)
class Source:
    """A document as plain data, and the line of each of its nodes.

    Parameters
    ----------
    name
        The file's path as given.
    data
        Mappings, lists and scalars.
    lines
        Line from 1 by place; a key's own line for a mapping's value.
    findings
        Mistakes of writing that leave the rest readable: keys given twice.
    """

    name: str
    data: Any
    lines: Mapping[Loc, int]
    findings: tuple[Finding, ...] = ()

    def locate(self, finding: Finding) -> Mistake:
        """Give a finding its line and its place in words."""
        loc = self._known(finding.loc)
        return Mistake(
            file=self.name,
            line=self.lines.get(loc, 1),
            where=self._words(finding.loc),
            what=finding.what,
            got=finding.got,
            wanted=finding.wanted,
            way_out=finding.way_out,
        )

    def _known(self, loc: Loc) -> Loc:
        """Follow `loc` as far as the document goes, passing over what is not in it."""
        here: Loc = ()
        for step in loc:
            if (*here, step) in self.lines:
                here = (*here, step)
        return here

    def _words(self, loc: Loc) -> str:
        words = ""
        here: Any = self.data
        for rank, step in enumerate(loc, 1):
            inner = _child(here, step)
            if isinstance(step, int):
                name = inner.get("id") if isinstance(inner, dict) else None
                words += f"[{step}]" + (f" ({name})" if isinstance(name, str) else "")
            elif inner is not here or rank == len(loc):
                words += f".{step}" if words else step
            here = inner
        return words


def _child(data: Any, step: str | int) -> Any:  # noqa: ANN401  # a document is anything
    if isinstance(data, dict) and step in data:
        return data[step]
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    # A step that names a kind of shape, or a key that is missing.
    return data


@dataclass(slots=True)
class _Reader:
    """Builds data from parser events: no alias, no tag, bounded depth and size."""

    loader: Any
    lines: dict[Loc, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def document(self) -> Any:  # noqa: ANN401  # a document is anything
        event = self._next()
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            raise UnreadableError(
                Finding((), "the file is empty", way_out="Write a city into it.")
            )
        data = self._node(event, ())
        self._next()
        self._refuse_more(self._next())
        return data

    def _refuse_more(self, event: yaml.Event) -> None:
        if not isinstance(event, yaml.StreamEndEvent):
            what = "the file holds more than one document"
            way_out = "Remove the line '---' and what follows it."
            raise UnreadableError(Finding((), what, way_out=way_out), _line(event))

    def _next(self) -> yaml.Event:
        event: yaml.Event = self.loader.get_event()
        return event

    def _node(self, event: yaml.Event, loc: Loc) -> Any:  # noqa: ANN401  # as above
        _refuse_magic(event)
        self.lines.setdefault(loc, _line(event))
        self._refuse_excess(event, loc)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return [
                self._node(item, (*loc, index))
                for index, item in enumerate(self._until(yaml.SequenceEndEvent))
            ]
        return self._mapping(loc)

    def _refuse_excess(self, event: yaml.Event, loc: Loc) -> None:
        if len(loc) > MAX_DEPTH or len(self.lines) > MAX_NODES:
            what = "the file is nested too deeply or holds too many values"
            wanted = f"at most {MAX_DEPTH} levels and {MAX_NODES} values"
            raise UnreadableError(Finding((), what, wanted=wanted), _line(event))

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := self._next(), end):
            yield event

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._until(yaml.MappingEndEvent):
            key = self._key(event, loc)
            place = (*loc, key)
            if key in found:
                self.findings.append(_given_twice(place, self.lines[place]))
            self.lines[place] = _line(event)
            found[key] = self._node(self._next(), place)
        return found

    def _key(self, event: yaml.Event, loc: Loc) -> str:
        _refuse_magic(event)
        if not isinstance(event, yaml.ScalarEvent):
            finding = Finding(loc, "a key must be a word", way_out="Quote the key.")
            raise UnreadableError(finding, _line(event))
        return str(event.value)

    def _scalar(self, event: yaml.ScalarEvent) -> Any:  # noqa: ANN401  # as above
        tag = self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        try:
            return self.loader.construct_object(yaml.ScalarNode(tag, event.value))
        except ValueError:
            # It looks like a day or number and is none, as 2025-02-30: a text, then.
            return str(event.value)


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 0 if mark is None else int(mark.line) + 1


def _given_twice(place: Loc, line: int) -> Finding:
    what = f"the key is given twice, first in line {line}"
    return Finding(place, what, way_out="Keep one of them.")


def _refuse_magic(event: yaml.Event) -> None:
    """Refuse what makes YAML more than text: aliases grow, tags make objects."""
    if getattr(event, "anchor", None) or getattr(event, "tag", None):
        what = "anchors (&), aliases (*) and tags (!) are not read"
        way_out = "Write the value out where it is meant, in quotes if it begins so."
        raise UnreadableError(Finding((), what, way_out=way_out), _line(event))


def read_yaml(path: Path) -> Source:
    """Read a YAML file of at most 8 MB, safely, keeping the line of every node.

    Raises
    ------
    UnreadableError
        When the file is missing, too large, not UTF-8, not YAML, nested too deeply,
        or uses anchors, aliases or tags.
    """
    text = _text(path)
    loader = _LOADER(text)
    reader = _Reader(loader)
    try:
        data = reader.document()
    except yaml.MarkedYAMLError as error:
        raise UnreadableError(_not_yaml(error), _mark_line(error)) from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(Finding((), f"not YAML: {error}")) from error
    finally:
        loader.dispose()
    return Source(str(path), data, reader.lines, tuple(reader.findings))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise UnreadableError(
                Finding((), "the file is too large", wanted="at most 8 MB")
            )
        return raw.decode("utf-8")
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise UnreadableError(Finding((), what, way_out="Check the path.")) from error
    except UnicodeDecodeError as error:
        what = f"not UTF-8 at byte {error.start}"
        way_out = "Save the file as UTF-8."
        raise UnreadableError(Finding((), what, way_out=way_out)) from error


def _mark_line(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return 0 if mark is None else int(mark.line) + 1


def _not_yaml(error: yaml.MarkedYAMLError) -> Finding:
    what = f"not YAML: {error.problem or error.context}"
    return Finding((), what, way_out="Check indentation, colons, brackets and quotes.")
