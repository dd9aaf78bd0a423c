"""Owns reading what the page needs from a store (`stores.protocol.Reading`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from alerts.notice import Notice
from alerts.rows import notice_of
from sensors.ledger import Ledger
from stores.protocol import Reading
from stores.record import Row, StoreUnavailableError
from stores.shown import Newest
from streams.calc.averaging import DAY_S, HOUR_S
from streams.results import AirQuality, Congestion
from web.source import Check

FUTURE = 1 << 40
"""Later than every result [unix s]."""

NOTICES_MOST = 500
"""How many notices are looked through at most."""

Processes = Callable[[int], Sequence[Check]]
"""The state of the processes at an instant [unix s]."""


def no_processes(_now: int) -> Sequence[Check]:
    """Know of no process."""
    return ()


@dataclass(eq=False)
class StoreSource:
    """What the page needs, read from a store.

    Parameters
    ----------
    store
        The store.
    city
        Id of the city.
    notice_of
        Turns a row of ``notice`` into the notice; `alerts` knows how.
    processes
        The state of the processes that feed the store, where somebody knows it.
    """

    store: Reading
    city: str
    notice_of: Callable[[Row], Notice] = notice_of
    processes: Processes = no_processes
    _hours: dict[str, tuple[object, Sequence[AirQuality]]] = field(
        default_factory=dict, init=False, repr=False
    )

    def air(self, since: int) -> Mapping[str, Sequence[AirQuality]]:
        """Return each station's hourly results ending after `since`, oldest first.

        One query tells what is newest; the hours before it are read again only when
        that changed, which is once a tick while readings come.
        """
        found: dict[str, Sequence[AirQuality]] = {}
        for site, newest in self.store.latest_air(self.city).items():
            key = (newest.start, newest.revision, newest.tick, since // HOUR_S)
            known, hours = self._hours.get(site, (None, ()))
            if known != key:
                hours = self.air_of(site, since)
                self._hours[site] = key, hours
            found[site] = hours
        return found

    def air_of(self, site: str, since: int) -> Sequence[AirQuality]:
        """Return one station's hourly results ending after `since`, oldest first."""
        found = self.store.air_between(self.city, site, since - HOUR_S, FUTURE)
        return [result for result in found if result.end > since]

    def days_of(self, site: str, since: int) -> Sequence[AirQuality]:
        """Return one station's daily results ending after `since`, oldest first."""
        found = self.store.air_between(self.city, site, since - DAY_S, FUTURE, "1d")
        return [result for result in found if result.end > since]

    def roads(self) -> Mapping[str, Congestion]:
        """Return each road segment's newest result."""
        return self.store.latest_congestion(self.city)

    def roads_of(self, site: str, since: int) -> Sequence[Congestion]:
        """Return one road segment's results ending after `since`, oldest first."""
        found = self.store.congestion_between(self.city, site, since - HOUR_S, FUTURE)
        return [result for result in found if result.end > since]

    def readings(self) -> Mapping[str, Newest]:
        """Return each site's newest readings."""
        return self.store.newest_readings(self.city)

    def notices(self, since: int) -> Sequence[Notice]:
        """Return the notices whose time is after `since` [unix s], newest first."""
        rows = self.store.rows("notice", self.city, start=since, limit=NOTICES_MOST)
        newest: dict[str, Notice] = {}
        for row in rows:
            notice = self.notice_of(row)
            newest.setdefault(notice.id, notice)
        return list(newest.values())

    def ledger(self) -> Ledger:
        """Return where every reading ended, by device and in total."""
        return self.store.ledger(self.city)

    def checks(self, now: int) -> Sequence[Check]:
        """Return the state of the store and of the processes that write to it."""
        try:
            tick = self.store.clock(self.city)
        except StoreUnavailableError as error:
            return (Check("store", ok=False, detail=str(error)),)
        return (
            Check("store", ok=True),
            Check("clock", ok=tick is not None, at=tick or 0),
            *self.processes(now),
        )
