"""Counts readings again from the rows themselves, to check the ledger."""

import sqlite3
from collections import Counter
from collections.abc import Iterable

from sensors.ledger import NONE, Audit, Finding
from stores.embedded.books import ledger
from stores.embedded.retention import stored_in
from stores.schema import MEASUREMENTS


def audit(db: sqlite3.Connection, city: str | None) -> Audit:
    """Recount what is stored and quarantined, and compare with the ledger."""
    said = ledger(db, city)
    stored, quarantined = _stored(db, city), _quarantined(db, city)
    wrong: list[Finding] = []
    for device in sorted({*said.devices, *stored, *quarantined}):
        counts = said.devices.get(device, NONE)
        for what, ours, found in (
            ("stored", counts.stored - counts.expired, stored[device]),
            ("quarantined", counts.quarantined, quarantined[device]),
        ):
            if ours != found:
                wrong.append(Finding(what, device, ours, found))
    return Audit(said, stored.total(), quarantined.total(), tuple(wrong))


def _stored(db: sqlite3.Connection, city: str | None) -> Counter[str]:
    counted: Counter[str] = Counter()
    for measurement in MEASUREMENTS.values():
        if measurement.raw:
            _add(
                counted,
                db.execute(
                    f"SELECT s.device, sum({stored_in(measurement)}) "  # noqa: S608  # names from the schema
                    f"FROM series s JOIN {measurement.name} r ON r.series = s.series "
                    "WHERE s.measurement = ?2 AND (?1 IS NULL OR s.city = ?1) "
                    "GROUP BY s.device",
                    (city, measurement.name),
                ),
            )
    _add(
        counted,
        db.execute(
            "SELECT s.device, count(*) FROM conflict c JOIN series s "
            "ON s.series = c.series WHERE ?1 IS NULL OR s.city = ?1 GROUP BY s.device",
            (city,),
        ),
    )
    return counted


def _quarantined(db: sqlite3.Connection, city: str | None) -> Counter[str]:
    counted: Counter[str] = Counter()
    _add(
        counted,
        db.execute(
            "SELECT device, sum(count) FROM quarantine WHERE ?1 IS NULL OR city = ?1 "
            "GROUP BY device",
            (city,),
        ),
    )
    return counted


def _add(counted: Counter[str], found: Iterable[tuple[str, int]]) -> None:
    for device, number in found:
        counted[device] += number
