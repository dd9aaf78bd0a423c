"""Owns writing a change of state down as a transition; who is told is not its."""

from typing import NamedTuple

from alerts.memory import Change, Memory
from alerts.sight import Look
from alerts.transition import Transition, episode_id
from alerts.watch import Watch
from sensors.city import City


class Place(NamedTuple):
    """Where and when something changed.

    Parameters
    ----------
    watch, scope
        The rule and the scope.
    city
        The city.
    now
        The tick at which it became known [unix s].
    """

    watch: Watch
    scope: str
    city: City
    now: int


def transition_of(
    place: Place, change: Change, look: Look, memory: Memory, time: int
) -> Transition:
    """Return the record of a change that became so at `time` [unix s]."""
    watch, scope, city, now = place
    rule, value, since = watch.rule, look.found.value, memory.since
    shown = rule.steps[(change.on or change.was_on) - 1] if change.kind else None
    return Transition(
        city=city.id,
        origin=city.origin,
        rule=rule.id,
        rule_version=watch.version,
        scope=rule.where.scope,
        scope_id=scope,
        episode=episode_id(city.id, rule.id, scope, since) if since else "",
        sequence=memory.sequence if change.kind else 0,
        before=change.before,
        after=change.after,
        kind=change.kind,
        step=shown.name if shown else "",
        severity=shown.severity if shown else "",
        previous=rule.steps[change.was_on - 1].name if change.was_on else "",
        # A device whose clock is ahead has readings that end after the tick.
        time=min(time, now),
        known=now,
        since=min(since, now),
        value=-value if rule.what.kind == "speed_ratio" else value,
        evidence=look.evidence,
        reason=change.reason,
        telling=watch.telling,
        heard=memory.heard,
    )
