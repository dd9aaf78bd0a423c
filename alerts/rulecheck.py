"""Owns whether the parts of one rule fit each other; sites are left to `rulefile`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.condition import badness
from sensors.city.mistake import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alerts.fields import Bound
    from alerts.rule import Rule, Step

SCOPES: Final = {
    "aqi": ("station", "area"),
    "concentration": ("station", "area"),
    "rise": ("station", "area"),
    "level": ("segment",),
    "speed_ratio": ("segment",),
    "silence": ("station", "segment"),
}
FALLING: Final = {"speed_ratio"}
"""Conditions whose lower values are worse."""


def findings(rule: Rule) -> Iterator[Finding]:
    """Say what in a rule does not fit together, mistakes of its parts first."""
    yield from _scope(rule)
    steps = enumerate(rule.steps)
    broken = [found for i, step in steps for found in _step(rule, i, step)]
    yield from broken
    if not broken:
        yield from _order(rule)
    yield from _durations(rule)


def _scope(rule: Rule) -> Iterator[Finding]:
    kind, scope = rule.what.kind, rule.where.scope
    if scope not in SCOPES[kind]:
        yield Finding(
            ("where", "scope"),
            f"a rule on {kind} cannot be scoped so",
            got=scope,
            wanted=" or ".join(SCOPES[kind]),
            way_out="Change where.scope or what.kind.",
        )
    nowcast = getattr(rule.what, "average", "") == "nowcast"
    if nowcast and getattr(rule.what, "quantity", "") not in {"pm25", "pm10"}:
        yield Finding(
            ("what", "average"),
            "NowCast is defined for particles only",
            wanted="mean, or quantity pm25 or pm10",
            way_out="Write average: mean.",
        )


def _step(rule: Rule, index: int, step: Step) -> Iterator[Finding]:
    for key, bound in (("raise", step.raise_), ("clear", step.clear)):
        yield from _bound(rule, ("steps", index, key), bound, up=key == "raise")
    if step.longer_than_m is not None and rule.where.scope != "segment":
        yield Finding(
            ("steps", index, "longer_than_m"),
            "only segments have a length",
            way_out="Remove it.",
        )


def _bound(
    rule: Rule, loc: tuple[str | int, ...], bound: Bound, *, up: bool
) -> Iterator[Finding]:
    kind = rule.what.kind
    rising = up != (kind in FALLING)
    if bound.rising != rising:
        yield Finding(
            (*loc, bound.operator),
            "looks the wrong way",
            got=bound.operator,
            wanted="above or at_least" if rising else "below or at_most",
            way_out=f"For {kind}, {'lower' if kind in FALLING else 'higher'} is worse.",
        )
        return
    try:
        badness(kind, bound)
    except ValueError as error:
        yield Finding(
            (*loc, bound.operator),
            "cannot be compared with",
            got=repr(bound.value),
            wanted=str(error),
        )


def _order(rule: Rule) -> Iterator[Finding]:
    kind = rule.what.kind
    last: tuple[int, int] | None = None
    names = [step.name for step in rule.steps]
    for index, step in enumerate(rule.steps):
        raised, clear = badness(kind, step.raise_), badness(kind, step.clear)
        if clear > raised + 1:
            yield Finding(
                ("steps", index, "clear"),
                "clears while it is still raised",
                got=str(step.clear),
                wanted=f"not beyond raise {step.raise_}",
                way_out="Leave a gap between the two: that is what stops flapping.",
            )
        length = step.for_ if step.for_ is not None else rule.for_
        if last is not None and (raised < last[0] or (raised, length) == last):
            yield Finding(
                ("steps", index, "raise"),
                "is not worse than the step before it, so one is never reached",
                way_out="Order steps from mild to bad, by value or by `for`.",
            )
        if step.name in names[:index]:
            yield Finding(
                ("steps", index, "name"), "is used twice", got=repr(step.name)
            )
        last = (raised, length)


def _durations(rule: Rule) -> Iterator[Finding]:
    if rule.repeat < 600:  # noqa: PLR2004  # ten minutes: less is a flood
        yield Finding(("repeat",), "is too short", wanted="at least 10m")
    if rule.no_data_after < 60:  # noqa: PLR2004  # one tick
        yield Finding(("no_data_after",), "is too short", wanted="at least 1m")
    cover = getattr(rule.what, "cover", 1_800)
    if not 60 <= cover <= 3_600:  # noqa: PLR2004  # within the hour
        yield Finding(("what", "cover"), "is out of range", wanted="1m to 1h")
