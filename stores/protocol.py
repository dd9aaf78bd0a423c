"""What a store is: one atomic commit, and the reads that page, API and restart need.

Every store (SQLite, InfluxDB) keeps this protocol and passes the same contract tests.
The calls block: asynchronous callers use a thread. Who writes what when is
`stores.writer`'s affair.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from sensors.ledger import Audit, Ledger
from sensors.reading import ReadingBatch
from stores.record import Outcome, Row, Write
from stores.shown import Loser, Newest, Quarantined
from streams.durable.machine import Saved
from streams.results import AirQuality, Congestion


class Writing(Protocol):
    """The side of a store that changes it."""

    def commit(self, write: Write) -> Outcome:
        """Take a write as one atomic unit, what was taken before skipped.

        Raises
        ------
        StoreUnavailableError
            If the store cannot take it now; nothing of it was taken.
        """

    def mark_sent(self, notice: str, channel: str, time: int) -> None:
        """Remember that a notice went out through a channel at `time` [unix s]."""

    def mark_replayed(self, refusal: str, time: int) -> None:
        """Remember that a refused message was put through again at `time` [unix s]."""

    def forget(
        self, measurement: str, city: str, site: str, start: int, end: int
    ) -> int:
        """Delete derived rows of a site in [start, end); return how many.

        For a recomputation whose areas changed. Readings are not to be forgotten.
        """

    def expire(self, now: int) -> int:
        """Delete what is older than its retention at `now` [unix s]; return rows."""

    def close(self) -> None:
        """Give back connections and files."""


class Reading(Protocol):
    """The side of a store that shows what it holds. Times are event time [unix s]."""

    def offsets(self, epoch: int) -> Mapping[tuple[str, int], int]:
        """Return the newest offset taken of each (topic, partition) of `epoch`."""

    def snapshots(self, stage: str, partitions: Iterable[int]) -> Mapping[int, Saved]:
        """Return the newest snapshot of each partition of a stage that has one."""

    def clock(self, city: str) -> int | None:
        """Return the newest tick of a city, its event time; None before the first."""

    def cities(self) -> Mapping[str, str]:
        """Return every city that has rows, and its origin."""

    def latest_air(
        self, city: str, averaging: str = "1h", *, provisional: bool = True
    ) -> Mapping[str, AirQuality]:
        """Return the newest valid result of each station."""

    def latest_congestion(self, city: str) -> Mapping[str, Congestion]:
        """Return the newest valid result of each segment."""

    def air_between(
        self, city: str, site: str | None, start: int, end: int, averaging: str = "1h"
    ) -> tuple[AirQuality, ...]:
        """Return valid results that start in [start, end), oldest first.

        Of one station, or of all where `site` is None.
        """

    def congestion_between(
        self, city: str, site: str | None, start: int, end: int
    ) -> tuple[Congestion, ...]:
        """Return valid results that start in [start, end), oldest first.

        Of one segment, or of all where `site` is None.
        """

    def readings(self, city: str, site: str, start: int, end: int) -> ReadingBatch:
        """Return the readings that stand, of intervals that start in [start, end).

        Ordered by start, then device and channel.
        """

    def newest_readings(self, city: str) -> Mapping[str, Newest]:
        """Return the newest readings of each site that ever reported."""

    def rows(  # the measurements that other packages hand in as rows
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

    def active_notices(self, city: str, now: int) -> tuple[Row, ...]:
        """Return the newest notice of each episode that holds at `now`, newest first.

        It holds while its field ``active`` is 1 and ``until`` is 0 or after `now`; a
        notice without an episode is one of its own.
        """

    def was_sent(self, notice: str, channel: str) -> bool:
        """Whether a notice already went out through a channel."""

    def ledger(self, city: str | None = None) -> Ledger:
        """Return the ledger of a city, or of all."""

    def audit(self, city: str | None = None) -> Audit:
        """Count stored and quarantined readings again from the rows themselves."""

    def conflicts(self, city: str, limit: int = 100) -> tuple[Loser, ...]:
        """Return readings that lost to another of their identity, newest first."""

    def quarantine(
        self, *, device: str | None = None, limit: int = 100
    ) -> tuple[Quarantined, ...]:
        """Return refused messages, newest first."""

    def quarantined(self, refusal: str) -> Quarantined | None:
        """Return one refused message by its id or an unambiguous beginning of it."""


class Store(Writing, Reading, Protocol):
    """A store."""
