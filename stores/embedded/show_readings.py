"""Shows readings: as a batch, the newest of each site, those that lost."""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from sensors.reading import COLUMNS, QUANTITIES, ReadingBatch
from stores.embedded.show_rows import Shelf
from stores.merge import FIXED
from stores.record import Row
from stores.schema import MEASUREMENTS
from stores.shown import Loser, Newest

_KINDS: Final = ("air", "traffic")
_CODES: Final = {
    kind: tuple(q.code for q in QUANTITIES if q.kind == kind) for kind in _KINDS
}


def readings(
    db: sqlite3.Connection, city: str, site: str, start: int, end: int
) -> ReadingBatch:
    """Return the readings that stand, of intervals that start in [start, end)."""
    found: list[tuple[Any, ...]] = []
    for kind in _KINDS:
        found += _cells(db, kind, (city, site, start, end))
    devices = {
        name: index for index, name in enumerate(dict.fromkeys(f[0] for f in found))
    }
    columns = {
        "site": [0] * len(found),
        "device": [devices[each[0]] for each in found],
        "redelivered": [False] * len(found),
    }
    names = ("channel", "period", "end", "quantity", "value", "flag", "revision")
    for place, name in enumerate(names, start=1):
        columns[name] = [each[place] for each in found]
    arrays: dict[str, Any] = {
        name: np.array(columns[name], dtype) for name, dtype in COLUMNS.items()
    }
    return ReadingBatch(sites=(site,), devices=tuple(devices), **arrays)


def _cells(
    db: sqlite3.Connection, kind: str, where: Sequence[object]
) -> list[tuple[Any, ...]]:
    """Return (device, channel, period, end, quantity, value, flag, revision) each."""
    measurement = MEASUREMENTS[f"reading_{kind}"]
    names = ", ".join(f'r."{name}"' for name in measurement.field_names[FIXED:])
    cells: list[tuple[Any, ...]] = []
    for device, lane, period, time, *fields in db.execute(
        f"SELECT s.device, CAST(s.lane AS INTEGER), CAST(s.period AS INTEGER), r.time, "  # noqa: S608  # names from the schema
        f"{names} FROM series s JOIN {measurement.name} r ON r.series = s.series "
        "WHERE s.measurement = ? AND s.city = ? AND s.site = ? "
        "AND r.time >= ? AND r.time < ? AND r.valid = 1 "
        "ORDER BY r.time, s.device, 2, 3",
        (measurement.name, *where),
    ):
        place = device, lane, period, time + period
        values = zip(_CODES[kind], fields[::3], fields[1::3], fields[2::3], strict=True)
        cells += (
            (*place, code, value, flag, revision or 0)
            for code, value, flag, revision in values
            if value is not None
        )
    return cells


def newest_readings(db: sqlite3.Connection, city: str) -> dict[str, Newest]:
    """Return the newest readings of each site that ever reported."""
    newest: dict[str, Newest] = {}
    for kind in _KINDS:
        for row in Shelf(f"reading_{kind}").newest(db, city):
            found = _newest(row, kind)
            other = newest.get(row.tags["site"], found)
            newest[row.tags["site"]] = _newer(other, found)
    return newest


def _newest(row: Row, kind: str) -> Newest:
    names = (QUANTITIES[code].name for code in _CODES[kind])
    values = {name: int(row.fields[name]) for name in names if name in row.fields}
    return Newest(row.time + int(row.tags["period"]), row.tags["device"], values)


def _newer(one: Newest, other: Newest) -> Newest:
    """Return the newer; of the same age both together, the first device's values."""
    if one.end != other.end:
        return max(one, other, key=lambda each: each.end)
    return one._replace(values={**other.values, **one.values})


def conflicts(db: sqlite3.Connection, city: str, limit: int) -> tuple[Loser, ...]:
    """Return readings that lost to another of their identity, newest first."""
    found = db.execute(
        "SELECT s.site, s.device, CAST(s.lane AS INTEGER), c.quantity, "
        "c.time + CAST(s.period AS INTEGER), CAST(s.period AS INTEGER), c.value, "
        "c.flag, c.revision, c.arrived FROM conflict c "
        "JOIN series s ON s.series = c.series WHERE s.city = ? "
        "ORDER BY c.time DESC, c.series, c.quantity, c.value LIMIT ?",
        (city, limit),
    )
    return tuple(
        Loser(site, device, lane, QUANTITIES[code].name, *rest)
        for site, device, lane, code, *rest in found
    )
