"""Owns the record of a change of an alert's state; who is told what is `notice`'s."""

import hashlib
from typing import Final, Literal

import msgspec

from sensors.records import VERSION

LATE_S = 900
"""A transition known later than this [s] is recorded and not told."""

UNSEEN: Final = frozenset({"no_data", "rule_changed", "rule_removed"})
"""Reasons of an end after which nobody knows whether the danger is over."""

State = Literal[
    "unknown", "normal", "pending", "firing", "recovering", "resolved", "no_data"
]
Kind = Literal["", "raise", "change", "update", "clear"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a transition rests on.

    Parameters
    ----------
    sites
        The sites whose readings decided, worst first.
    quantity
        ``pm25`` …, ``aqi``, ``level``, ``speed_ratio``, ``silence``.
    averaging
        ``1h`` (closed hour), ``running`` (up to the newest reading), ``nowcast``,
        ``rise``, ``5m`` (roads), ``age``.
    start, end
        The interval that the value stands for [unix s].
    used, of
        Valid stations used, of how many there are.
    station_class
        ``regulatory``, ``reference``, ``mixed``; empty for roads.
    """

    sites: tuple[str, ...] = ()
    quantity: str = ""
    averaging: str = ""
    start: int = 0
    end: int = 0
    used: int = 0
    of: int = 0
    station_class: str = ""


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says about its notices, carried so that each explains itself."""

    text: str
    audience: str
    groups: tuple[str, ...]
    channels: tuple[str, ...]
    repeat: int


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the state of one rule in one scope.

    Parameters
    ----------
    rule, rule_version
        The rule's id and `Rule.version`.
    scope, scope_id
        ``station``, ``segment`` or ``area`` and which.
    episode
        Id of the episode, fixed by rule, scope and its start; empty outside one.
    sequence
        Number of the notice within the episode, from 1; 0 where nobody is told.
    before, after
        The states.
    kind
        ``raise``, ``change`` (of severity), ``update`` (still so), ``clear``, or empty
        where nobody is told.
    step, severity
        The step that holds from now on (of a clear: that held), and its severity.
    previous
        The step before a change.
    time
        When it became so, event time [unix s]; never after `known`.
    known
        The tick at which it was found [unix s].
    since
        Start of the episode [unix s]; 0 outside one.
    value
        [10⁻⁶ of the unit]; of a level its rank (free is 0), of silence [s].
    reason
        Code: ``raised``, ``worse``, ``better``, ``cleared``, ``still``, ``no_data``,
        ``rule_changed``, ``rule_removed``, ``first_data``, ``data_again``,
        ``not_sustained``, ``falling``, ``again``, ``settled``.
    heard
        Sequence of the newest earlier notice of the episode that people were told, 0 if
        none.
    """

    v: int = VERSION
    city: str
    origin: str
    rule: str
    rule_version: str
    scope: str
    scope_id: str
    episode: str
    sequence: int
    before: State
    after: State
    kind: Kind
    step: str
    severity: str
    previous: str
    time: int
    known: int
    since: int
    value: int
    evidence: Evidence
    reason: str
    telling: Telling
    heard: int = 0

    @property
    def unseen(self) -> bool:
        """Whether it ends an alert though its cause may go on: it is no all-clear."""
        return self.kind == "clear" and self.reason in UNSEEN

    @property
    def late(self) -> bool:
        """Whether it was found too late to tell anybody."""
        return self.known - self.time > LATE_S


def episode_id(city: str, rule: str, scope_id: str, since: int) -> str:
    """Name the episode of a rule in a scope that began at `since` [unix s]."""
    whole = "\x1f".join((city, rule, scope_id, str(since)))
    return hashlib.blake2b(whole.encode(), digest_size=8).hexdigest()
