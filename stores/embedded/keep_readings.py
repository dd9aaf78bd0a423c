"""Keeps readings: looks up the rows that exist, writes what `stores.intake` decides."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sensors.ledger import Counts
from stores.cycle import CityOrigin
from stores.embedded.series import SeriesNumbers
from stores.intake import Decision, Grouped
from stores.merge import CONFLICTS, Held, Known, Losers, Lost
from stores.pool import Part, Pool

KINDS = ("air", "traffic")


def keep_readings(
    db: sqlite3.Connection,
    series: SeriesNumbers,
    where: CityOrigin,
    parts: Sequence[Part],
) -> list[Mapping[str, Counts]]:
    """Keep batches of one city; return what became of them, by device."""
    pool = Pool.of(parts)
    counts: list[Mapping[str, Counts]] = []
    for kind in KINDS:
        grouped = Grouped(pool, kind)
        if grouped.keys:
            places = _places(db, series, where.city, grouped)
            decision = grouped.decide(where.origin, _held(db, grouped, places))
            _write(db, grouped, places, decision)
            counts.append(decision.counts)
    return counts


def _places(
    db: sqlite3.Connection, series: SeriesNumbers, city: str, grouped: Grouped
) -> list[tuple[int, int]]:
    """Return (series, time) of each row."""
    measurement = grouped.measurement
    return [
        (
            series.of(
                db,
                measurement,
                (city, key.site, key.device, str(key.lane), str(key.period)),
            ),
            key.start,
        )
        for key in grouped.keys
    ]


def _held(
    db: sqlite3.Connection, grouped: Grouped, places: Sequence[tuple[int, int]]
) -> dict[int, Held]:
    """Return the rows that exist, by index of their key."""
    names = ", ".join(f'"{name}"' for name in grouped.measurement.field_names)
    query = (
        f"SELECT {names} FROM {grouped.measurement.name} "  # noqa: S608  # names from the schema
        "WHERE series = ? AND time = ?"
    )
    held: dict[int, Held] = {}
    for index, place in enumerate(places):
        fields = db.execute(query, place).fetchone()
        if fields is not None:
            losers = _losers(db, place) if fields[CONFLICTS] else {}
            held[index] = Held(fields, losers)
    return held


def _losers(db: sqlite3.Connection, place: tuple[int, int]) -> Losers:
    losers: defaultdict[int, list[Lost]] = defaultdict(list)
    for quantity, value, flag, revision, arrived in db.execute(
        "SELECT quantity, value, flag, revision, arrived FROM conflict "
        "WHERE series = ? AND time = ? ORDER BY value",
        place,
    ):
        losers[quantity].append(Lost(Known(value, flag, revision), arrived))
    return {quantity: tuple(lost) for quantity, lost in losers.items()}


def _write(
    db: sqlite3.Connection,
    grouped: Grouped,
    places: Sequence[tuple[int, int]],
    decision: Decision,
) -> None:
    marks = ", ".join("?" for _ in range(2 + len(grouped.measurement.fields)))
    db.executemany(
        f"INSERT OR REPLACE INTO {grouped.measurement.name} VALUES ({marks})",  # noqa: S608  # names from the schema
        [(*places[index], *fields) for index, fields in decision.rows.items()],
    )
    for index, losers in decision.losers.items():
        db.execute("DELETE FROM conflict WHERE series = ? AND time = ?", places[index])
        db.executemany(
            "INSERT INTO conflict VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (*places[index], quantity, *lost.known, lost.arrived)
                for quantity, all_lost in losers.items()
                for lost in all_lost
            ],
        )
