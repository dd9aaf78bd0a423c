"""Owns the numbers of series: one for every set of tags of a measurement."""

import sqlite3
from collections.abc import Sequence

from stores.schema import Measurement


class SeriesNumbers:
    """Numbers of series, remembered once they are committed or made.

    After a rollback call `forget`: what was made in it is not there.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], int] = {}

    def forget(self) -> None:
        """Ask the file again."""
        self._known.clear()

    def of(
        self, db: sqlite3.Connection, measurement: Measurement, tags: Sequence[str]
    ) -> int:
        """Return the number of a series, made if it is new; tags in schema order."""
        key = measurement.name, *tags
        number = self._known.get(key)
        if number is None:
            number = _find(db, measurement, tags) or _make(db, measurement, tags)
            self._known[key] = number
        return number


def _find(
    db: sqlite3.Connection, measurement: Measurement, tags: Sequence[str]
) -> int | None:
    same = " AND ".join(f"{tag} = ?" for tag in measurement.tags)
    found = db.execute(
        f"SELECT series FROM series WHERE measurement = ? AND {same}",  # noqa: S608  # names from the schema
        (measurement.name, *tags),
    ).fetchone()
    return None if found is None else int(found[0])


def _make(db: sqlite3.Connection, measurement: Measurement, tags: Sequence[str]) -> int:
    names = ", ".join(measurement.tags)
    marks = ", ".join("?" for _ in measurement.tags)
    made = db.execute(
        f"INSERT INTO series (measurement, {names}) VALUES (?, {marks})",  # noqa: S608  # names from the schema
        (measurement.name, *tags),
    )
    return int(made.lastrowid or 0)
