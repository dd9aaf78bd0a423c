"""Deletes what is older than its retention, and what a recomputation replaces."""

import sqlite3
from collections.abc import Collection
from typing import NamedTuple

from sensors.ledger import NONE, Counts
from stores.embedded.books import add_counts
from stores.embedded.connect import Connections
from stores.layout import measurement_of
from stores.record import StoreFormatError
from stores.schema import MEASUREMENTS, Measurement
from stores.settings import StoreSettings

DAY = 86_400
"""Seconds of a day."""


def stored_in(measurement: Measurement) -> str:
    """Return SQL for how many readings a row of readings `r` holds."""
    flags = (name for name in measurement.field_names if name.endswith("_flag"))
    return " + ".join(f'(r."{name}" IS NOT NULL)' for name in flags)


def expire(connections: Connections, settings: StoreSettings, now: int) -> int:
    """Delete what is older than its retention at `now`; return rows.

    A transaction a series, so that the writer never waits long.
    """
    with connections.reading() as db:
        series = _not_spared(db, settings.kept_cities)
    gone = 0
    for each in series:
        raw = MEASUREMENTS[each.measurement].raw
        days = settings.raw_days if raw else settings.derived_days
        if days is not None:
            with connections.writing() as db:
                gone += _expire(db, each, now - days * DAY)
    return gone


class _Series(NamedTuple):
    number: int
    measurement: str
    city: str
    device: str


def _not_spared(db: sqlite3.Connection, kept: Collection[str]) -> list[_Series]:
    """Return the series of the cities that retention does not pass over."""
    replays = db.execute("SELECT city FROM city WHERE origin = 'replay'")
    spared = {*kept, *(city for (city,) in replays)}
    found = db.execute("SELECT series, measurement, city, device FROM series")
    return [each for each in map(_Series._make, found) if each.city not in spared]


def _expire(db: sqlite3.Connection, series: _Series, before: int) -> int:
    """Delete the rows of a series that start before a time."""
    place = series.number, before
    if MEASUREMENTS[series.measurement].raw:
        _count_expired(db, series, place)
    return db.execute(
        f"DELETE FROM {series.measurement} WHERE series = ? AND time < ?",  # noqa: S608  # names from the schema
        place,
    ).rowcount


def _count_expired(
    db: sqlite3.Connection, series: _Series, place: tuple[int, int]
) -> None:
    """Delete the losers of readings that expire, and count all of them."""
    (readings,) = db.execute(
        f"SELECT coalesce(sum({stored_in(MEASUREMENTS[series.measurement])}), 0) "  # noqa: S608  # names from the schema
        f"FROM {series.measurement} r WHERE series = ? AND time < ?",
        place,
    ).fetchone()
    losers = db.execute("DELETE FROM conflict WHERE series = ? AND time < ?", place)
    expired = Counts(expired=int(readings) + losers.rowcount)
    if expired != NONE:
        add_counts(db, {(series.city, series.device): expired})


def forget(
    db: sqlite3.Connection, measurement: str, where: tuple[str, str, int, int]
) -> int:
    """Delete derived rows of (city, site, start, end)."""
    if measurement_of(measurement).raw:
        message = f"{measurement} holds readings: they are never forgotten, only expire"
        raise StoreFormatError(message)
    city, site, start, end = where
    return db.execute(
        f"DELETE FROM {measurement} WHERE time >= ? AND time < ? AND series IN "  # noqa: S608  # names from the schema
        "(SELECT series FROM series WHERE measurement = ? AND city = ? AND site = ?)",
        (start, end, measurement, city, site),
    ).rowcount
