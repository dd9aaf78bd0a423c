"""Shows rows and results."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from stores.layout import measurement_of
from stores.record import Row
from stores.schema import AREAS, Measurement


class Shelf:
    """How the rows of one measurement are asked for.

    Parameters
    ----------
    name
        Name of the measurement.
    """

    def __init__(self, name: str) -> None:
        self._measurement: Measurement = measurement_of(name)
        fields = (f'r."{field}"' for field in self._measurement.field_names)
        tags = (f"s.{tag}" for tag in self._measurement.tags)
        areas = (f"r.{AREAS}",) if self._measurement.with_areas else ()
        self._select = (
            f"SELECT r.time, {', '.join((*tags, *areas, *fields))} FROM series s "  # noqa: S608  # names from the schema
            f"JOIN {name} r ON r.series = s.series"
        )

    def newest(
        self, db: sqlite3.Connection, city: str, where: str = "1", *given: object
    ) -> tuple[Row, ...]:
        """Return the newest valid row of each series of a city, of those `where`."""
        name = self._measurement.name
        found = db.execute(
            f"{self._select} AND r.time = (SELECT max(time) FROM {name} r "  # noqa: S608  # names from the schema
            f"WHERE r.series = s.series AND r.valid = 1 AND {where}) "
            "WHERE s.measurement = ? AND s.city = ? ORDER BY r.time DESC, s.series",
            (*given, name, city),
        )
        return self._rows(found)

    def between(
        self,
        db: sqlite3.Connection,
        city: str,
        site: str | None,
        start: int,
        end: int,
        *,
        limit: int = -1,
        newest_first: bool = False,
    ) -> tuple[Row, ...]:
        """Return the valid rows in [start, end) of a site, or of all."""
        order = "DESC" if newest_first else "ASC"
        given = [self._measurement.name, city, start, end]
        found = db.execute(
            f"{self._select} WHERE s.measurement = ? AND s.city = ? "
            "AND r.time >= ? AND r.time < ? AND r.valid = 1 "
            f"{'' if site is None else 'AND s.site = ? '}"
            f"ORDER BY r.time {order}, s.series LIMIT ?",
            (*given, *(() if site is None else (site,)), limit),
        )
        return self._rows(found)

    def _rows(self, found: Iterable[Sequence[Any]]) -> tuple[Row, ...]:
        return tuple(self._row(each) for each in found)

    def _row(self, found: Sequence[Any]) -> Row:
        measurement = self._measurement
        names = (*measurement.tags, *((AREAS,) if measurement.with_areas else ()))
        time, tags, fields = (
            found[0],
            found[1 : 1 + len(names)],
            found[1 + len(names) :],
        )
        filled = zip(measurement.field_names, fields, strict=True)
        return Row(
            measurement.name,
            dict(zip(names, tags, strict=True)),
            time,
            {name: value for name, value in filled if value is not None},
        )
