"""Keeps rows, snapshots and refused messages."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from sensors.ledger import NONE, Counts
from sensors.records import Refused, encode
from stores.cycle import device_of
from stores.embedded.series import SeriesNumbers
from stores.layout import fields_of, measurement_of, tags_of
from stores.record import Row, Snapshot
from stores.schema import AREAS, Measurement


def keep_rows(
    db: sqlite3.Connection, series: SeriesNumbers, rows: Iterable[Row]
) -> None:
    """Keep rows; one of the same or a higher revision replaces the one before."""
    latest: defaultdict[str, dict[tuple[int, int], Row]] = defaultdict(dict)
    for row in rows:
        number = series.of(db, measurement_of(row.measurement), tags_of(row))
        known = latest[row.measurement]
        before = known.get((number, row.time))
        if before is None or _revision(row) >= _revision(before):
            known[number, row.time] = row
    for name, known in latest.items():
        measurement = measurement_of(name)
        db.executemany(
            _upsert(measurement),
            [(*key, *_areas(row), *fields_of(row)) for key, row in known.items()],
        )


def _revision(row: Row) -> int:
    return int(row.fields.get("revision", 0))


def _areas(row: Row) -> tuple[str, ...]:
    with_areas = measurement_of(row.measurement).with_areas
    return (row.tags.get(AREAS, ""),) if with_areas else ()


@cache
def _upsert(measurement: Measurement) -> str:
    areas = (AREAS,) if measurement.with_areas else ()
    names = ("series", "time", *areas, *measurement.field_names)
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" for _ in names)
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in names[2:])
    return (
        f"INSERT INTO {measurement.name} ({columns}) VALUES ({marks}) "  # noqa: S608  # names from the schema
        f"ON CONFLICT DO UPDATE SET {changed} WHERE excluded.revision >= revision"
    )


def keep_snapshots(db: sqlite3.Connection, snapshots: Iterable[Snapshot]) -> None:
    """Keep snapshots that are newer than the ones kept."""
    db.executemany(
        "INSERT INTO snapshot VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        'epoch = excluded.epoch, "offset" = excluded."offset", state = excluded.state '
        'WHERE (excluded.epoch, excluded."offset") >= (epoch, "offset")',
        [(each.stage, each.partition, *each.saved) for each in snapshots],
    )


def keep_refused(
    db: sqlite3.Connection, refused: Iterable[Refused]
) -> dict[tuple[str, str], Counts]:
    """Keep refused messages once each; return what became of them."""
    counts: defaultdict[tuple[str, str], Counts] = defaultdict(lambda: NONE)
    for each in refused:
        device = device_of(each)
        counts[each.city, device] += _keep_one(db, each, device)
    return dict(counts)


def _keep_one(db: sqlite3.Connection, refused: Refused, device: str) -> Counts:
    number = refused.count
    found = db.execute("SELECT 1 FROM quarantine WHERE id = ?", (refused.id,))
    if found.fetchone() is None:
        db.execute(
            "INSERT INTO quarantine (id, city, device, count, times, record) "
            "VALUES (?, ?, ?, ?, 1, ?)",
            (refused.id, refused.city, device, number, encode(refused)),
        )
        return Counts(received=number, quarantined=number)
    if refused.redelivered:
        return Counts(redelivered=number)
    db.execute("UPDATE quarantine SET times = times + 1 WHERE id = ?", (refused.id,))
    return Counts(received=number, duplicate=number)
