"""Takes a write into the SQLite file, within one transaction."""

import sqlite3
from collections import defaultdict

from sensors.ledger import COUNTED, NONE, Counts
from stores.cycle import Cycle
from stores.embedded.books import EmbeddedBooks, add_counts, ledger
from stores.embedded.keep_readings import keep_readings
from stores.embedded.keep_rows import keep_refused, keep_rows, keep_snapshots
from stores.embedded.series import SeriesNumbers
from stores.record import Outcome, Row, Write


def take(
    db: sqlite3.Connection, series: SeriesNumbers, write: Write, lateness: int
) -> Outcome:
    """Take a write, what was taken before skipped."""
    books = EmbeddedBooks(db)
    cycle = Cycle(books, lateness)
    cycle.sort(write)
    counts = _keep(db, series, cycle)
    books.note(cycle)
    add_counts(db, counts)
    keep_rows(db, series, _ledger_rows(db, cycle))
    return Outcome(cycle.taken, cycle.skipped, sum(counts.values(), NONE))


def _keep(
    db: sqlite3.Connection, series: SeriesNumbers, cycle: Cycle
) -> dict[tuple[str, str], Counts]:
    counts: defaultdict[tuple[str, str], Counts] = defaultdict(lambda: NONE)
    for where, parts in cycle.parts.items():
        for by_device in keep_readings(db, series, where, parts):
            for device, each in by_device.items():
                counts[where.city, device] += each
    for key, each in keep_refused(db, cycle.refused).items():
        counts[key] += each
    keep_rows(db, series, cycle.rows)
    keep_snapshots(db, cycle.snapshots)
    return dict(counts)


def _ledger_rows(db: sqlite3.Connection, cycle: Cycle) -> list[Row]:
    """Return the total of each city whose event time went on, for the panels."""
    newest: dict[str, int] = {}
    for (city, _), time in cycle.ticks.items():
        newest[city] = max(time, newest.get(city, time))
    rows: list[Row] = []
    for city, time in newest.items():
        total = ledger(db, city).total
        fields = {name: int(getattr(total, name)) for name in (*COUNTED, "in_flight")}
        rows.append(
            Row(
                "ledger",
                {"city": city},
                time,
                {**fields, "origin": cycle.origins[city]},
            )
        )
    return rows
