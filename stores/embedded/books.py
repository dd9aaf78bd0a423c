"""Owns what was taken so far: positions, ticks, bridge runs, and counts by device."""

import sqlite3
from collections.abc import Mapping

import msgspec

from sensors.ledger import NONE, Counts, Ledger
from stores.cycle import Cycle
from stores.embedded.tables import KEPT
from stores.runs import Run, RunKey

_pack = msgspec.msgpack.Encoder()
_run = msgspec.msgpack.Decoder(Run)


class EmbeddedBooks:
    """What the file knows of what was taken (`stores.cycle.Books`).

    Parameters
    ----------
    db
        A connection within a transaction.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def offset(self, topic: str, partition: int, epoch: int) -> int:
        """Return the newest offset taken, -1 if none."""
        found = self._db.execute(
            'SELECT "offset" FROM position '
            'WHERE topic = ? AND "partition" = ? AND epoch = ?',
            (topic, partition, epoch),
        ).fetchone()
        return -1 if found is None else int(found[0])

    def tick(self, city: str, partition: int) -> int | None:
        """Return the newest tick of a city's partition [unix s]."""
        found = self._db.execute(
            'SELECT time FROM tick WHERE city = ? AND "partition" = ?',
            (city, partition),
        ).fetchone()
        return None if found is None else int(found[0])

    def run(self, key: RunKey) -> Run:
        """Return how far a bridge run has come."""
        found = self._db.execute(
            "SELECT state FROM run WHERE city = ? AND bridge = ? AND run = ? "
            'AND topic = ? AND "partition" = ?',
            key,
        ).fetchone()
        return Run() if found is None else _run.decode(found[0])

    def note(self, cycle: Cycle) -> None:
        """Keep how far a cycle came."""
        self._db.executemany(
            "INSERT OR REPLACE INTO position VALUES (?, ?, ?, ?)",
            [(*key, offset) for key, offset in cycle.offsets.items()],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO tick VALUES (?, ?, ?)",
            [(*key, time) for key, time in cycle.ticks.items()],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?)",
            [(*key, _pack.encode(run)) for key, run in cycle.runs.items()],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO city VALUES (?, ?)", cycle.origins.items()
        )


def add_counts(
    db: sqlite3.Connection, counts: Mapping[tuple[str, str], Counts]
) -> None:
    """Add to the counts of (city, device)."""
    names = ", ".join(KEPT)
    marks = ", ".join("?" for _ in KEPT)
    added = ", ".join(f"{name} = {name} + excluded.{name}" for name in KEPT)
    db.executemany(
        f"INSERT INTO counts (city, device, {names}) VALUES (?, ?, {marks}) "  # noqa: S608  # names of Counts
        f"ON CONFLICT DO UPDATE SET {added}",
        [
            (*key, *(getattr(each, name) for name in KEPT))
            for key, each in counts.items()
        ],
    )


def ledger(db: sqlite3.Connection, city: str | None) -> Ledger:
    """Return the ledger of a city, or of all."""
    names = ", ".join(KEPT)
    devices: dict[str, Counts] = {}
    for device, *kept in db.execute(
        f"SELECT device, {names} FROM counts WHERE ?1 IS NULL OR city = ?1 "  # noqa: S608  # names of Counts
        "ORDER BY device",
        (city,),
    ):
        counts = Counts(**dict(zip(KEPT, kept, strict=True)))
        devices[device] = devices.get(device, NONE) + counts
    states = db.execute("SELECT state FROM run WHERE ?1 IS NULL OR city = ?1", (city,))
    runs = [_run.decode(state) for (state,) in states]
    return Ledger(devices, sum(r.total for r in runs), sum(r.lost for r in runs))
