"""Owns the tables of the SQLite file: made from the schema, and brought up to date.

A measurement's rows are (series, time, fields); a series is one set of tags. Tables
beside them keep what no measurement holds: positions, runs, counts, the quarantine.
"""

import sqlite3
from typing import Final

from sensors.ledger import COUNTED
from stores.record import StoreFormatError
from stores.schema import AREAS, MEASUREMENTS, TAGS, Measurement

VERSION: Final = 1
"""Of the file's layout, kept in its ``user_version``."""

_TYPES: Final = {"int": "INTEGER", "float": "REAL", "str": "TEXT"}
KEPT: Final = tuple(name for name in COUNTED if name != "lost")
"""Counts that are kept by device."""

_BESIDE: Final = (
    f"""CREATE TABLE IF NOT EXISTS series (
        series INTEGER PRIMARY KEY, measurement TEXT NOT NULL,
        {", ".join(f"{tag} TEXT NOT NULL DEFAULT ''" for tag in TAGS)},
        UNIQUE (measurement, {", ".join(TAGS)}))""",
    """CREATE TABLE IF NOT EXISTS position (
        topic TEXT, "partition" INTEGER, epoch INTEGER, "offset" INTEGER NOT NULL,
        PRIMARY KEY (topic, "partition", epoch)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS city (
        city TEXT PRIMARY KEY, origin TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS tick (
        city TEXT, "partition" INTEGER, time INTEGER NOT NULL,
        PRIMARY KEY (city, "partition")) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS run (
        city TEXT, bridge TEXT, run INTEGER, topic TEXT, "partition" INTEGER,
        state BLOB NOT NULL,
        PRIMARY KEY (city, bridge, run, topic, "partition")) WITHOUT ROWID""",
    f"""CREATE TABLE IF NOT EXISTS counts (
        city TEXT, device TEXT,
        {", ".join(f"{name} INTEGER NOT NULL DEFAULT 0" for name in KEPT)},
        PRIMARY KEY (city, device)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS conflict (
        series INTEGER, time INTEGER, quantity INTEGER, value INTEGER,
        flag INTEGER NOT NULL, revision INTEGER NOT NULL, arrived INTEGER NOT NULL,
        PRIMARY KEY (series, time, quantity, value)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS quarantine (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, city TEXT NOT NULL,
        device TEXT NOT NULL, count INTEGER NOT NULL, times INTEGER NOT NULL,
        replayed INTEGER NOT NULL DEFAULT 0, record BLOB NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS quarantine_device ON quarantine (device, number)",
    """CREATE TABLE IF NOT EXISTS snapshot (
        stage TEXT, "partition" INTEGER, epoch INTEGER NOT NULL,
        "offset" INTEGER NOT NULL, state BLOB NOT NULL,
        PRIMARY KEY (stage, "partition"))""",
    """CREATE TABLE IF NOT EXISTS sent (
        notice TEXT, channel TEXT, time INTEGER NOT NULL,
        PRIMARY KEY (notice, channel)) WITHOUT ROWID""",
)


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables that are missing and add the columns that are new.

    Raises
    ------
    StoreFormatError
        If a newer program made the file.
    """
    found = int(db.execute("PRAGMA user_version").fetchone()[0])
    if found > VERSION:
        message = (
            f"the store's layout has version {found}; this program knows {VERSION}. "
            "Update Thoáng, or start with another data folder"
        )
        raise StoreFormatError(message)
    for statement in _BESIDE:
        db.execute(statement)
    for measurement in MEASUREMENTS.values():
        _make(db, measurement)
    if found != VERSION:
        db.execute(f"PRAGMA user_version = {VERSION}")


def _make(db: sqlite3.Connection, measurement: Measurement) -> None:
    """Make a measurement's table, or add the fields that its schema gained."""
    columns = {field.name: _TYPES[field.kind] for field in measurement.fields}
    areas = f"{AREAS} TEXT NOT NULL DEFAULT ''," if measurement.with_areas else ""
    declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {measurement.name} ("
        f"series INTEGER NOT NULL, time INTEGER NOT NULL, {areas} {declared}, "
        "PRIMARY KEY (series, time)) WITHOUT ROWID"
    )
    there = {row[1] for row in db.execute(f"PRAGMA table_info({measurement.name})")}
    for name in columns.keys() - there:
        db.execute(
            f'ALTER TABLE {measurement.name} ADD COLUMN "{name}" {columns[name]}'
        )
