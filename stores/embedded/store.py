"""The store in one SQLite file (`stores.protocol.Store`)."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from sensors.ledger import Audit, Ledger
from sensors.reading import ReadingBatch
from stores.embedded import books, recount, retention, show_readings, show_refused
from stores.embedded.commit import take
from stores.embedded.connect import Connections
from stores.embedded.series import SeriesNumbers
from stores.embedded.show_rows import Shelf
from stores.embedded.tables import prepare
from stores.layout import measurement_of
from stores.record import Outcome, Row, Write
from stores.rows import air_of, congestion_of
from stores.schema import MEASUREMENTS
from stores.settings import StoreSettings
from stores.shown import Loser, Newest, Quarantined
from streams.durable.machine import Saved
from streams.results import AirQuality, Congestion

_SHELVES: Final = {name: Shelf(name) for name in MEASUREMENTS}
Result = TypeVar("Result", AirQuality, Congestion)
_EVER: Final = 1 << 62
"""Later than every time."""


class EmbeddedStore:
    """A store in one SQLite file, for any number of threads and reading processes.

    Parameters
    ----------
    settings
        Where it is and how long it keeps what.

    Raises
    ------
    StoreUnavailableError
        If the file cannot be opened.
    StoreFormatError
        If the file is not ours, or a newer program made it.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self._connections = Connections(settings.path, settings.busy_s)
        self._series = SeriesNumbers()
        with self._connections.writing() as db:
            prepare(db)

    def close(self) -> None:
        """Give back connections and files."""
        self._connections.close()

    def commit(self, write: Write) -> Outcome:
        """Take a write as one atomic unit, what was taken before skipped."""
        try:
            with self._connections.writing() as db:
                return take(db, self._series, write, self._settings.lateness_s)
        except BaseException:
            self._series.forget()
            raise

    def mark_sent(self, notice: str, channel: str, time: int) -> None:
        """Remember that a notice went out through a channel."""
        with self._connections.writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO sent VALUES (?, ?, ?)", (notice, channel, time)
            )

    def mark_replayed(self, refusal: str, time: int) -> None:
        """Remember that a refused message was put through again."""
        with self._connections.writing() as db:
            db.execute(
                "UPDATE quarantine SET replayed = ? WHERE id = ?", (time, refusal)
            )

    def forget(
        self, measurement: str, city: str, site: str, start: int, end: int
    ) -> int:
        """Delete derived rows of a site in [start, end); return how many."""
        with self._connections.writing() as db:
            return retention.forget(db, measurement, (city, site, start, end))

    def expire(self, now: int) -> int:
        """Delete what is older than its retention at `now`; return rows."""
        return retention.expire(self._connections, self._settings, now)

    def offsets(self, epoch: int) -> Mapping[tuple[str, int], int]:
        """Return the newest offset taken of each (topic, partition) of `epoch`."""
        with self._connections.reading() as db:
            found = db.execute(
                'SELECT topic, "partition", "offset" FROM position WHERE epoch = ?',
                (epoch,),
            )
            return {(topic, number): offset for topic, number, offset in found}

    def snapshots(self, stage: str, partitions: Iterable[int]) -> Mapping[int, Saved]:
        """Return the newest snapshot of each partition of a stage that has one."""
        wanted = set(partitions)
        with self._connections.reading() as db:
            found = db.execute(
                'SELECT "partition", epoch, "offset", state FROM snapshot '
                "WHERE stage = ?",
                (stage,),
            )
            return {number: Saved(*rest) for number, *rest in found if number in wanted}

    def clock(self, city: str) -> int | None:
        """Return the newest tick of a city; None before the first."""
        with self._connections.reading() as db:
            found = db.execute("SELECT max(time) FROM tick WHERE city = ?", (city,))
            newest: int | None = found.fetchone()[0]
            return newest

    def cities(self) -> Mapping[str, str]:
        """Return every city that has rows, and its origin."""
        with self._connections.reading() as db:
            return dict(db.execute("SELECT city, origin FROM city ORDER BY city"))

    def latest_air(
        self, city: str, averaging: str = "1h", *, provisional: bool = True
    ) -> Mapping[str, AirQuality]:
        """Return the newest valid result of each station."""
        which = "1" if provisional else "r.provisional = 0"
        with self._connections.reading() as db:
            rows = _SHELVES["air_quality"].newest(db, city, which)
        results = (air_of(row) for row in rows if row.tags["averaging"] == averaging)
        return _by_site(results)

    def latest_congestion(self, city: str) -> Mapping[str, Congestion]:
        """Return the newest valid result of each segment."""
        with self._connections.reading() as db:
            rows = _SHELVES["congestion"].newest(db, city)
        return _by_site(congestion_of(row) for row in rows)

    def air_between(
        self, city: str, site: str | None, start: int, end: int, averaging: str = "1h"
    ) -> tuple[AirQuality, ...]:
        """Return valid results that start in [start, end), oldest first."""
        with self._connections.reading() as db:
            rows = _SHELVES["air_quality"].between(db, city, site, start, end)
        return tuple(air_of(row) for row in rows if row.tags["averaging"] == averaging)

    def congestion_between(
        self, city: str, site: str | None, start: int, end: int
    ) -> tuple[Congestion, ...]:
        """Return valid results that start in [start, end), oldest first."""
        with self._connections.reading() as db:
            rows = _SHELVES["congestion"].between(db, city, site, start, end)
        return tuple(congestion_of(row) for row in rows)

    def readings(self, city: str, site: str, start: int, end: int) -> ReadingBatch:
        """Return the readings that stand, of intervals that start in [start, end)."""
        with self._connections.reading() as db:
            return show_readings.readings(db, city, site, start, end)

    def newest_readings(self, city: str) -> Mapping[str, Newest]:
        """Return the newest readings of each site that ever reported."""
        with self._connections.reading() as db:
            return show_readings.newest_readings(db, city)

    def rows(
        self,
        measurement: str,
        city: str,
        *,
        start: int | None = None,
        end: int | None = None,
        site: str | None = None,
        limit: int = 1_000,
    ) -> tuple[Row, ...]:
        """Return valid rows of a measurement in [start, end), newest first."""
        span = -_EVER if start is None else start, _EVER if end is None else end
        with self._connections.reading() as db:
            return _SHELVES[measurement_of(measurement).name].between(
                db, city, site, *span, limit=limit, newest_first=True
            )

    def active_notices(self, city: str, now: int) -> tuple[Row, ...]:
        """Return the newest notice of each episode that holds at `now`."""
        with self._connections.reading() as db:
            rows = _SHELVES["notice"].newest(db, city)
        episodes: dict[object, Row] = {}
        for row in sorted(
            rows, key=lambda each: (each.time, each.fields.get("sequence", 0))
        ):
            episodes[row.fields.get("episode", row.tags["id"])] = row
        holding = [row for row in episodes.values() if _holds(row, now)]
        return tuple(sorted(holding, key=lambda row: row.time, reverse=True))

    def was_sent(self, notice: str, channel: str) -> bool:
        """Whether a notice already went out through a channel."""
        with self._connections.reading() as db:
            found = db.execute(
                "SELECT 1 FROM sent WHERE notice = ? AND channel = ?",
                (notice, channel),
            )
            return found.fetchone() is not None

    def ledger(self, city: str | None = None) -> Ledger:
        """Return the ledger of a city, or of all."""
        with self._connections.reading() as db:
            return books.ledger(db, city)

    def audit(self, city: str | None = None) -> Audit:
        """Count stored and quarantined readings again from the rows themselves."""
        with self._connections.reading() as db:
            return recount.audit(db, city)

    def conflicts(self, city: str, limit: int = 100) -> tuple[Loser, ...]:
        """Return readings that lost to another of their identity, newest first."""
        with self._connections.reading() as db:
            return show_readings.conflicts(db, city, limit)

    def quarantine(
        self, *, device: str | None = None, limit: int = 100
    ) -> tuple[Quarantined, ...]:
        """Return refused messages, newest first."""
        with self._connections.reading() as db:
            return show_refused.quarantine(db, device, limit)

    def quarantined(self, refusal: str) -> Quarantined | None:
        """Return one refused message by its id or an unambiguous beginning of it."""
        with self._connections.reading() as db:
            return show_refused.quarantined(db, refusal)


def _by_site(results: Iterable[Result]) -> dict[str, Result]:
    """Return the newest result of each site."""
    newest: dict[str, Result] = {}
    for result in sorted(results, key=lambda each: each.start):
        newest[result.site] = result
    return newest


def _holds(row: Row, now: int) -> bool:
    until = int(row.fields.get("until", 0))
    return row.fields.get("active") == 1 and (until == 0 or until > now)
