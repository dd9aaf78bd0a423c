"""The air-quality rules of one partition: what is said of which hour and day, and when.

They advance by readings and ticks and open nothing. How an hour becomes a result is
`streams.air_reports`', which records they go in and out by `streams.machines`' affair.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from sensors.city import City, Station
from sensors.reading import ReadingBatch
from streams.air_reports import AirReports
from streams.calc.averaging import EIGHT_HOURS, local_day
from streams.calc.nowcast import HOURS as NOWCAST_HOURS
from streams.hours import HOUR_S, Hours
from streams.results import AirQuality
from streams.slots import pack, unpack

CATCH_UP_HOURS = 72
"""After a jump of the clock at most so many hours without data are told of."""

REMEMBER_S = 72 * HOUR_S
"""Longer than any late reading's reach: lateness, a day, 8-hour means."""


class AirQualityRules:
    """State and rules of the stations of one partition.

    Parameters
    ----------
    city
        The city; its grace, lateness, time zone and intervals are obeyed.
    stations
        The stations of this partition.
    """

    def __init__(self, city: City, stations: Sequence[Station]) -> None:
        self._city = city
        self._stations = tuple(stations)
        intervals = {d.id: d.interval_s for d in city.devices if d.kind == "air"}
        self._hours = Hours([s.id for s in self._stations], intervals)
        self._zone = ZoneInfo(city.timezone)
        self._reports = AirReports(city, self._stations, self._hours)
        self._touched: dict[int, set[int]] = {}
        self._closed: int | None = None
        self._day: int | None = None
        self._time = 0

    @property
    def sites(self) -> Container[str]:
        """Ids of the stations."""
        return self._hours.place

    def apply(self, readings: ReadingBatch, origin: str) -> list[AirQuality]:
        """Take readings; return the results of every hour and day they touch.

        Readings beyond the lateness are left to `recompute`.
        """
        self._reports.origin = origin
        taken = readings.take(readings.end >= self._time - self._city.lateness_s)
        if not len(taken):
            return []
        place = self._hours.place
        rows = np.array([place.get(site, -1) for site in taken.sites], np.intp)
        np.maximum.at(self._reports.observed, rows[taken.site], taken.end)
        touched = self._hours.slots.put(taken)
        series = self._hours.slots.series
        sites = {
            hour: {place[series[row].site] for row in set(found.tolist())}
            for hour, found in touched.items()
        }
        return self._touch(sites)

    def _touch(self, sites: Mapping[int, set[int]]) -> list[AirQuality]:
        """Amend closed hours at once; the running ones are summed up by the tick."""
        closed = {h: rows for h, rows in sites.items() if h <= (self._closed or -1)}
        for hour, rows in sites.items():
            if hour not in closed:
                self._touched.setdefault(hour, set()).update(rows)
        for hour in closed:
            self._hours.refresh(hour)
        return self._amended(closed)

    def tick(self, time: int) -> list[AirQuality]:
        """Advance event time [unix s]; return what closes by it and what runs."""
        if time <= self._time:
            return []
        self._time = self._reports.time = time
        for hour in self._touched:
            self._hours.refresh(hour)
        newest = (time - self._city.grace_s) // HOUR_S - 1
        results = [
            r for hour in self._closing(newest) for r in self._reports.hour(hour)
        ]
        if newest != self._closed:
            self._closed = newest
            results += self._close_days(newest)
        results += self._running()
        self._touched.clear()
        self._hours.forget((time - self._city.lateness_s) // HOUR_S - 1, newest)
        self._reports.revisions.forget(time - REMEMBER_S)
        return results

    def restate(self) -> list[AirQuality]:
        """Return the newest results again: last hours, running hour, last day."""
        if self._closed is None:
            return []
        hours = range(self._closed - NOWCAST_HOURS, self._closed + 1)
        results = [r for hour in hours for r in self._reports.hour(hour)]
        results += self._reports.hour(self._closed + 1, provisional=True)
        return (
            results if self._day is None else [*results, *self._reports.day(self._day)]
        )

    def _closing(self, newest: int) -> Iterable[int]:
        if self._closed is None:
            earliest = self._hours.earliest
            return range(newest if earliest is None else earliest, newest + 1)
        return range(max(self._closed + 1, newest - CATCH_UP_HOURS), newest + 1)

    def _amended(self, sites: Mapping[int, set[int]]) -> list[AirQuality]:
        closed = self._closed
        if closed is None:
            return []
        affected: dict[int, set[int]] = {}
        for hour, rows in sites.items():
            for later in range(hour, min(hour + NOWCAST_HOURS - 1, closed) + 1):
                affected.setdefault(later, set()).update(rows)
        results = [
            r for h in sorted(affected) for r in self._reports.hour(h, affected[h])
        ]
        return results + self._amended_days(sites)

    def _amended_days(self, sites: Mapping[int, set[int]]) -> list[AirQuality]:
        if self._day is None:
            return []
        affected: dict[int, set[int]] = {}
        for hour, rows in sites.items():
            # The last 7 hours of a day enter the next day's 8-hour means too.
            for later in (hour, hour + EIGHT_HOURS - 1):
                day = self._day_of(later * HOUR_S)
                if day <= self._day:
                    affected.setdefault(day, set()).update(rows)
        return [
            r for day in sorted(affected) for r in self._reports.day(day, affected[day])
        ]

    def _running(self) -> list[AirQuality]:
        """Return the running hours of the stations heard since the last tick."""
        hours = sorted(hour for hour in self._touched if hour > (self._closed or -1))
        return [
            result
            for hour in hours
            for result in self._reports.hour(
                hour, self._touched[hour], provisional=True
            )
        ]

    def _day_of(self, time: int) -> int:
        offset = datetime.fromtimestamp(time, UTC).astimezone(self._zone).utcoffset()
        return local_day(time, int(offset.total_seconds()) if offset else 0)

    def _close_days(self, newest: int) -> list[AirQuality]:
        """Return the daily index of the local day that ended last, once."""
        today = self._day_of((newest + 1) * HOUR_S)
        day = self._day_of(today - 1)
        if self._day is not None and day <= self._day:
            return []
        first, self._day = self._day is None, day
        earliest = self._hours.earliest
        if first and (earliest is None or earliest * HOUR_S >= today):
            return []
        return self._reports.day(day)

    def dump(self) -> bytes:
        """Return the whole state."""
        return pack(
            {
                "hours": self._hours.dump(),
                "revisions": self._reports.revisions.dump(),
                "origin": self._reports.origin,
                "observed": self._reports.observed.tolist(),
                "touched": {
                    hour: [self._stations[row].id for row in sorted(rows)]
                    for hour, rows in self._touched.items()
                },
                "closed": self._closed,
                "day": self._day,
                "time": self._time,
            }
        )

    def load(self, state: bytes) -> None:
        """Take over what `dump` returned."""
        kept = unpack(state)
        self._hours.load(kept["hours"])
        self._reports.revisions.load(kept["revisions"])
        self._reports.origin = kept["origin"]
        self._time = self._reports.time = kept["time"]
        self._closed, self._day = kept["closed"], kept["day"]
        place = self._hours.place
        self._touched = {
            hour: {place[site] for site in sites if site in place}
            for hour, sites in kept["touched"].items()
        }
        for site, end in zip(kept["hours"]["sites"], kept["observed"], strict=True):
            if site in place:
                self._reports.observed[place[site]] = end
