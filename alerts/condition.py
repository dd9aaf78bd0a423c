"""Owns what a rule's bounds mean as whole numbers; higher is always worse inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from alerts.fields import seconds
from sensors.reading import MICRO
from streams.calc.level import LEVELS

if TYPE_CHECKING:
    from alerts.fields import Bound
    from alerts.rule import Rule

RANKED: Final = LEVELS[:5]
"""The levels that can be compared: free … jam."""


def badness(kind: str, bound: Bound) -> int:
    """Return the edge of `bound` as a whole number.

    A rising bound is met by values above it, a clearing one by values below it;
    ``at_least`` and ``at_most`` are moved by one so that both are strict.

    Raises
    ------
    ValueError
        With what is wanted instead, when the value is of another sort.
    """
    worse = _number(kind, bound)
    toward = {"above": 0, "below": 0, "at_least": -1, "at_most": 1}[bound.operator]
    if kind == "speed_ratio":
        return -worse - toward
    return worse + toward


def _number(kind: str, bound: Bound) -> int:
    value = bound.value
    if kind == "level":
        if bound.operator in {"above", "below"} or value not in RANKED:
            message = f"at_least or at_most, and one of {', '.join(RANKED)}"
            raise ValueError(message)
        return RANKED.index(str(value))
    if kind == "silence":
        if not isinstance(value, str):
            message = "a duration such as 30m"
            raise ValueError(message)
        return seconds(value)
    if isinstance(value, str) or not 0 <= value <= 1_000_000:  # noqa: PLR2004  # units
        message = "a number from 0 to 1000000"
        raise ValueError(message)
    return round(float(value) * MICRO)


@dataclass(frozen=True, slots=True)
class Edge:
    """One step as the evaluator uses it.

    Parameters
    ----------
    raise_over, clear_under
        A value above the first is raised, below the second clear.
    for_s
        Time that readings of the raised state must span [s].
    """

    raise_over: int
    clear_under: int
    for_s: int


def edges(rule: Rule, length_m: float | None = None) -> tuple[Edge, ...]:
    """Return the steps that apply to a scope (of `length_m`), mild to bad."""
    found = []
    for step in rule.steps:
        limit = step.longer_than_m
        if limit is not None and (length_m is None or length_m <= limit):
            break
        found.append(
            Edge(
                badness(rule.what.kind, step.raise_),
                badness(rule.what.kind, step.clear),
                rule.for_ if step.for_ is None else step.for_,
            )
        )
    return tuple(found)
