"""Owns the state machine of one rule in one scope: one observation in, changes out.

Steps are nested: a step is on only while all milder ones are. It knows nothing of
sites, averages or words; times are those of observations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from alerts.condition import Edge
from alerts.seen import HOUR_S
from alerts.transition import Kind, State


class Memory(msgspec.Struct, array_like=True):
    """What is remembered of one rule in one scope.

    Parameters
    ----------
    last, value
        Newest observation [unix s] and what it said.
    state
        The state.
    on
        How many steps are on, from the mildest.
    raised
        For each step, start of the unbroken raised observations [unix s], or 0.
    calm
        For each step, start of the unbroken clear observations [unix s], or 0.
    eased
        For each step, the first observation after the last raised one, or 0.
    since
        Start of the episode [unix s], or 0.
    sequence
        Notices so far in the episode.
    told, heard
        When people were last told [unix s], and by which of these notices; 0 if never.
    """

    last: int = 0
    value: int = 0
    state: State = "unknown"
    on: int = 0
    raised: list[int] = []
    calm: list[int] = []
    eased: list[int] = []
    since: int = 0
    sequence: int = 0
    told: int = 0
    heard: int = 0

    def fit(self, steps: int) -> None:
        """Make room for `steps` steps; steps that are gone are off."""
        for times in (self.raised, self.calm, self.eased):
            times[:] = (times + [0] * steps)[:steps]
        self.on = min(self.on, steps)


class Change(NamedTuple):
    """A change of state, and how many steps were on before and are on after it."""

    before: State
    after: State
    kind: Kind
    was_on: int
    on: int
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The durations of a rule.

    Parameters
    ----------
    edges
        Steps, mild to bad.
    clear_for, keep_firing
        As in `alerts.rule.Rule` [s].
    gap
        Longest time between two observations of one run [s].
    hour_gap
        The same where an hour ends between them: a running mean is unknown until
        some of the new hour is measured [s].
    """

    edges: Sequence[Edge]
    clear_for: int
    keep_firing: int
    gap: int
    hour_gap: int

    def broken(self, last: int, time: int) -> bool:
        """Say whether too much time lies between two observations."""
        turned = (last - 1) // HOUR_S != (time - 1) // HOUR_S
        return time - last > (self.hour_gap if turned else self.gap)


def observe(
    memory: Memory, policy: Policy, time: int, value: int, *, begin: bool = True
) -> Change | None:
    """Take one observation newer than the last; return the change it makes.

    Parameters
    ----------
    begin
        Whether the schedule lets an alert begin or worsen now.
    """
    _runs(memory, policy, time, value, broken=policy.broken(memory.last, time))
    memory.last, memory.value = time, value
    was = memory.on
    memory.on = _steps_on(memory, policy, time, begin=begin)
    return _settle(memory, time, was)


def _runs(
    memory: Memory, policy: Policy, time: int, value: int, *, broken: bool
) -> None:
    """Continue, begin or end the raised and the calm run of each step."""
    for i, edge in enumerate(policy.edges):
        if value > edge.raise_over:
            if broken or not memory.raised[i]:
                memory.raised[i] = time
            memory.eased[i] = 0
        else:
            memory.raised[i] = 0
            memory.eased[i] = memory.eased[i] or time
        if value < edge.clear_under:
            if broken or not memory.calm[i]:
                memory.calm[i] = time
        else:
            memory.calm[i] = 0


def _steps_on(memory: Memory, policy: Policy, time: int, *, begin: bool) -> int:
    on = memory.on
    while on and _over(memory, policy, on - 1, time):
        on -= 1
    if begin:
        for i in range(len(policy.edges) - 1, on - 1, -1):
            start = memory.raised[i]
            if start and time - start >= policy.edges[i].for_s:
                return i + 1
    return on


def _over(memory: Memory, policy: Policy, step: int, time: int) -> bool:
    calm, eased = memory.calm[step], memory.eased[step]
    return (
        calm > 0
        and time - calm >= policy.clear_for
        and eased > 0
        and time - eased >= policy.keep_firing
    )


def _settle(memory: Memory, time: int, was: int) -> Change | None:
    before, on = memory.state, memory.on
    if was and not on:
        return _end(memory, was, "cleared")
    if on and not was:
        _begin(memory, time)
        memory.state = "firing"
        return Change(before, "firing", "raise", was, on, "raised")
    if on != was:
        memory.state = "firing"
        reason = "worse" if on > was else "better"
        return Change(before, "firing", "change", was, on, reason)
    return _quiet(memory, time)


def _begin(memory: Memory, time: int) -> None:
    _forget(memory, min((t for t in memory.raised if t), default=time))


def _forget(memory: Memory, since: int) -> None:
    memory.since = since
    memory.sequence = memory.told = memory.heard = 0


def _end(memory: Memory, was: int, reason: str) -> Change:
    before, memory.state = memory.state, "resolved"
    return Change(before, "resolved", "clear", was, 0, reason)


def _quiet(memory: Memory, time: int) -> Change | None:
    """Settle the states that nobody is told of."""
    before = memory.state
    if memory.on:
        raised = memory.raised[0] > 0
        easing = memory.calm[0] > 0
        after: State = "recovering" if easing and not raised else "firing"
        reason = "falling" if after == "recovering" else "again"
    elif any(memory.raised):
        after, reason = "pending", "raised"
        _begin(memory, time)
    else:
        after = "normal"
        reason = {
            "pending": "not_sustained",
            "no_data": "data_again",
            "resolved": "settled",
        }.get(before, "first_data")
        _forget(memory, 0)
    if after == before:
        return None
    memory.state = after
    return Change(before, after, "", memory.on, memory.on, reason)


def lose(memory: Memory, reason: str) -> Change:
    """End whatever holds: nothing is known any more, or the rule is another."""
    before, was = memory.state, memory.on
    for times in (memory.raised, memory.calm, memory.eased):
        times[:] = [0] * len(times)
    memory.state, memory.on = ("no_data" if reason == "no_data" else "unknown"), 0
    return Change(before, memory.state, "clear" if was else "", was, 0, reason)
