"""Owns putting a pydantic error into words for people who write city files."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from sensors.city.fields import SLUG_PATTERN
from sensors.city.mistake import Finding, Loc

_SHOWN: Final = 60


def told(detail: ErrorDetails, loc: Loc, model: type[BaseModel]) -> Finding:
    """Turn one error of `model` at `loc` into a finding with a way out."""
    kind = detail["type"]
    wanted, way_out = _WORDS.get(kind, _as_pydantic_says)(detail)
    if kind == "extra_forbidden":
        way_out = _spelling(str(detail["loc"][-1]), model, detail["loc"])
    return Finding(
        loc=(*loc, *detail["loc"]),
        what=_WHAT.get(kind, "not allowed"),
        got="" if kind == "missing" else shown(detail["input"]),
        wanted=wanted,
        way_out=way_out,
    )


def shown(value: object) -> str:
    """Show a value in a message: short, and containers by their size only."""
    if isinstance(value, dict):
        return f"a mapping of {len(value)} keys"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def nearest(word: str, words: Iterable[str]) -> str:
    """Ask "did you mean" with the nearest of `words`, or say nothing."""
    close = get_close_matches(word, list(words), n=1)
    return f"Did you mean {close[0]!r}?" if close else ""


def _spelling(key: str, model: type[BaseModel], loc: Loc) -> str:
    fields = model.model_fields if len(loc) == 1 else {}
    return nearest(key, fields) or "Remove it, or correct its spelling."


_Words = Callable[[ErrorDetails], tuple[str, str]]


def _as_pydantic_says(detail: ErrorDetails) -> tuple[str, str]:
    return detail["msg"].removeprefix("Input should be ").removeprefix("Value "), ""


def _missing(detail: ErrorDetails) -> tuple[str, str]:
    return "", f"Add the key {str(detail['loc'][-1])!r}."


def _no_words(_detail: ErrorDetails) -> tuple[str, str]:
    return "", ""


def _text(detail: ErrorDetails) -> tuple[str, str]:
    value = detail["input"]
    scalar = isinstance(value, bool | int | float) or hasattr(value, "isoformat")
    return "a text", "Put it in quotes." if scalar else "Write a text."


def _pattern(detail: ErrorDetails) -> tuple[str, str]:
    if _context(detail).get("pattern") == SLUG_PATTERN:
        wanted = "lower-case letters a-z, digits and single hyphens, such as 'dt1'"
        return wanted, "Rename it; ids appear in topics and addresses."
    return f"a text like {_context(detail).get('pattern')}", ""


def _choice(detail: ErrorDetails) -> tuple[str, str]:
    expected = str(_context(detail).get("expected", ""))
    words = expected.replace("'", "").replace(" or ", ", ").split(", ")
    return expected, nearest(str(detail["input"]), words)


def _union(detail: ErrorDetails) -> tuple[str, str]:
    tags = str(_context(detail).get("expected_tags", "")) or "a key 'kind'"
    return tags, "Write kind: polygon, circle or members."


def _at_least(detail: ErrorDetails) -> tuple[str, str]:
    return f"at least {_context(detail).get('min_length')}", ""


def _at_most(detail: ErrorDetails) -> tuple[str, str]:
    return f"at most {_context(detail).get('max_length')} characters", ""


def _date(_detail: ErrorDetails) -> tuple[str, str]:
    return "a day such as 2025-07-01", ""


def _zone(_detail: ErrorDetails) -> tuple[str, str]:
    return "an IANA name such as Asia/Ho_Chi_Minh", "See `timedatectl list-timezones`."


def _context(detail: ErrorDetails) -> Mapping[str, Any]:
    return detail.get("ctx", {})


_WHAT: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that is known here",
    "string_type": "is not a text",
    "string_pattern_mismatch": "is not written as it must be",
    "string_too_short": "is empty",
    "string_too_long": "is too long",
    "too_short": "has too few items",
    "too_long": "has too many items",
    "literal_error": "is not one of the words allowed here",
    "time_zone": "is not a time zone",
    "greater_than": "is out of range",
    "greater_than_equal": "is out of range",
    "less_than": "is out of range",
    "less_than_equal": "is out of range",
    "finite_number": "is not a finite number",
    "union_tag_invalid": "is not a kind of shape",
    "union_tag_not_found": "does not say its kind",
    "model_type": "is not a mapping",
    "tuple_type": "is not a list",
}

_WORDS: Final[Mapping[str, _Words]] = {
    "missing": _missing,
    "extra_forbidden": _no_words,
    "string_type": _text,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _at_least,
    "string_too_long": _at_most,
    "too_short": _at_least,
    "literal_error": _choice,
    "union_tag_invalid": _union,
    "union_tag_not_found": _union,
    "date_from_datetime_parsing": _date,
    "date_type": _date,
    "time_zone": _zone,
}
