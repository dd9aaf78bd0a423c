"""Shows refused messages."""

import sqlite3
from typing import Any

from sensors.records import Refused, decode
from stores.shown import Quarantined

_SELECT = "SELECT record, times, replayed FROM quarantine"


def quarantine(
    db: sqlite3.Connection, device: str | None, limit: int
) -> tuple[Quarantined, ...]:
    """Return refused messages, newest first."""
    found = db.execute(
        f"{_SELECT} WHERE ?1 IS NULL OR device = ?1 ORDER BY number DESC LIMIT ?2",
        (device, limit),
    )
    return tuple(_shown(each) for each in found)


def quarantined(db: sqlite3.Connection, refusal: str) -> Quarantined | None:
    """Return one refused message by its id or an unambiguous beginning of it."""
    found = db.execute(
        f"{_SELECT} WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id = ?1 DESC LIMIT 2",
        (refusal,),
    ).fetchall()
    if not found:
        return None
    first = _shown(found[0])
    return first if len(found) == 1 or first.refused.id == refusal else None


def _shown(found: tuple[Any, ...]) -> Quarantined:
    record, times, replayed = found
    return Quarantined(decode(record, Refused), times, replayed)
