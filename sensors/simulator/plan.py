"""Owns what is sent when, and what was: where the fill is coarse, where to go on.

A plan is fixed before its first message goes out. Whatever was interrupted is sent
again exactly as it was, so that nothing overlaps and every repeat is a duplicate.
"""

from typing import Final

import msgspec

from sensors.simulator.feed import COARSE_S

MINUTE_S: Final = 60
FINE_S: Final = 900
"""The end of a fill goes by minutes for at least this long [s]."""
ANCHOR_S: Final = 7200
"""A fill of at least this long ends in the episodes as the first one did [s]."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What was promised and done; kept in `simulator.json`.

    Parameters
    ----------
    city, seed
        For whom.
    confirmed
        Everything up to this event time was received downstream [unix s].
    planned
        Up to this event time the way of sending is settled [unix s].
    until
        Where event time stops [unix s]; None for a run in real time.
    coarse
        Spans (start, end] that go by five minutes [unix s].
    anchors
        Ends of fills [unix s].
    """

    v: int = 1
    city: str
    seed: int
    confirmed: int
    planned: int
    until: int | None = None
    coarse: tuple[tuple[int, int], ...] = ()
    anchors: tuple[int, ...] = ()

    def is_coarse(self, end: int) -> bool:
        """Whether the readings ending at `end` [unix s] go by five minutes."""
        return any(start < end <= last for start, last in self.coarse)

    def next_after(self, time: int) -> int:
        """Return the event time after `time` at which something is sent [unix s]."""
        step = COARSE_S if self.is_coarse(time + 1) else MINUTE_S
        return time + step

    def extended(self, now: int, hours: int) -> "Plan":
        """Return the plan that goes on to `now` [unix s, a full minute].

        A gap of more than `FINE_S` is filled by five minutes except for its end; one
        longer than `hours` [h] is left open but for its last `hours`.
        """
        if now <= self.planned:
            return self
        begin = max(_up(self.planned, COARSE_S), _down(now - 3600 * hours, COARSE_S))
        edge = _down(now - FINE_S, COARSE_S)
        changes: dict[str, object] = {"planned": now}
        if begin > _up(self.planned, COARSE_S):
            changes["confirmed"] = begin
        if edge > begin:
            changes["coarse"] = (*self.coarse, (begin, edge))
        if now - begin >= ANCHOR_S:
            changes["anchors"] = (*self.anchors, now)
        return msgspec.structs.replace(self, **changes)


def first_fill(city: str, seed: int, now: int, hours: int) -> Plan:
    """Return the plan that fills the last `hours` [h] before `now` [unix s]."""
    start = _down(now - 3600 * hours, COARSE_S)
    empty = Plan(city=city, seed=seed, confirmed=start, planned=start)
    return empty.extended(now, hours)


def soak(city: str, seed: int, start: int, days: float) -> Plan:
    """Return the plan of `days` [d] from `start` [unix s], all by minutes."""
    begin = _down(start, COARSE_S)
    until = begin + _down(int(days * 86_400), MINUTE_S)
    return Plan(city=city, seed=seed, confirmed=begin, planned=until, until=until)


def _down(time: int, step: int) -> int:
    return time // step * step


def _up(time: int, step: int) -> int:
    return -(-time // step) * step
