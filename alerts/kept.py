"""Owns what the evaluator keeps over a restart, and what a change of rules does to it.

Keyed by rule id and scope. It reads no file and opens no socket.
"""

import msgspec

from alerts.memory import Memory
from alerts.seen import Segment, Station
from alerts.transition import Evidence, Telling, Transition, episode_id
from alerts.watch import Watch
from sensors.city import City
from sensors.records import VERSION, decode, encode


class KeptStep(msgspec.Struct, array_like=True, frozen=True):
    """What a notice needs of a step that may be gone."""

    name: str
    severity: str


class KeptRule(msgspec.Struct, kw_only=True):
    """What is kept of a rule: enough to end its alerts when it is gone.

    Parameters
    ----------
    version, fingerprint, subject
        As `alerts.rule.Rule` computes them.
    scope, quantity, steps, telling
        What transitions carry.
    memories
        By scope.
    """

    version: str
    fingerprint: str
    subject: str
    scope: str
    quantity: str
    steps: list[KeptStep]
    telling: Telling
    memories: dict[str, Memory]

    @classmethod
    def of(cls, watch: Watch, memories: dict[str, Memory]) -> "KeptRule":
        """Return what is kept of a rule and its memories."""
        rule = watch.rule
        return cls(
            version=watch.version,
            fingerprint=watch.fingerprint,
            subject=watch.subject,
            scope=rule.where.scope,
            quantity=getattr(rule.what, "quantity", rule.what.kind),
            steps=[KeptStep(step.name, step.severity) for step in rule.steps],
            telling=watch.telling,
            memories=memories,
        )


class Closing(msgspec.Struct, kw_only=True):
    """An alert that a change of the rules ends."""

    rule: str
    version: str
    scope: str
    scope_id: str
    quantity: str
    step: KeptStep
    telling: Telling
    memory: Memory
    reason: str

    def transition(self, city: City, now: int) -> Transition:
        """Return the end of the alert."""
        memory, station = self.memory, city.station(self.scope_id)
        return Transition(
            city=city.id,
            origin=city.origin,
            rule=self.rule,
            rule_version=self.version,
            scope=self.scope,
            scope_id=self.scope_id,
            episode=episode_id(city.id, self.rule, self.scope_id, memory.since),
            sequence=memory.sequence + 1,
            before=memory.state,
            after="resolved",
            kind="clear",
            step=self.step.name,
            severity=self.step.severity,
            previous=self.step.name,
            time=now,
            known=now,
            since=memory.since,
            value=memory.value,
            evidence=Evidence(
                quantity=self.quantity,
                end=memory.last,
                station_class="" if station is None else station.station_class,
            ),
            reason=self.reason,
            telling=self.telling,
            heard=memory.heard,
        )


class Kept(msgspec.Struct, kw_only=True):
    """Everything that an evaluator remembers."""

    v: int = VERSION
    city: str
    first: int
    now: int
    stations: dict[str, Station]
    segments: dict[str, Segment]
    rules: dict[str, KeptRule]
    closing: list[Closing]


def pack(state: Kept) -> bytes:
    """Write the state."""
    return encode(state)


def unpack(state: bytes) -> Kept:
    """Read a state.

    Raises
    ------
    sensors.records.UnknownVersionError
        If it is of a version that this program does not know.
    """
    return decode(state, Kept)


def migrate(
    rule: str, old: KeptRule, watch: Watch | None
) -> tuple[dict[str, Memory], list[Closing]]:
    """Return the memories that go on, and the alerts that end.

    - The same condition: everything goes on, also pending alerts.
    - Another condition on the same subject (what and where): what fires goes on firing
      under the same episode, on the step of the same name or the nearest milder one,
      and nobody is told; durations begin again. So an edit makes no storm, and the next
      readings are judged by the new condition.
    - Another subject, or no such rule any more: what fires ends once, with the reason.
    """
    if watch is None or watch.subject != old.subject:
        reason = "rule_removed" if watch is None else "rule_changed"
        return {}, _ended(rule, old, reason, set())
    names = [step.name for step in watch.rule.steps]
    going_on: dict[str, Memory] = {}
    for scope, memory in old.memories.items():
        if scope not in watch.scopes:
            continue
        if watch.fingerprint != old.fingerprint:
            _begin_again(memory, old, names)
        memory.fit(len(watch.policies[scope].edges))
        going_on[scope] = memory
    return going_on, _ended(rule, old, "rule_changed", set(watch.scopes))


def _begin_again(memory: Memory, old: KeptRule, names: list[str]) -> None:
    held = [step.name for step in old.steps[: memory.on]]
    memory.on = max((names.index(n) + 1 for n in held if n in names), default=0) or min(
        memory.on, 1
    )
    for times in (memory.raised, memory.calm, memory.eased):
        times[:] = [0] * len(times)
    if memory.state == "pending":
        memory.state, memory.since = "normal", 0
    elif memory.on:
        memory.state = "firing"


def _ended(rule: str, old: KeptRule, reason: str, going_on: set[str]) -> list[Closing]:
    return [
        Closing(
            rule=rule,
            version=old.version,
            scope=old.scope,
            scope_id=scope,
            quantity=old.quantity,
            step=old.steps[memory.on - 1],
            telling=old.telling,
            memory=memory,
            reason=reason,
        )
        for scope, memory in sorted(old.memories.items())
        if memory.on and scope not in going_on
    ]
