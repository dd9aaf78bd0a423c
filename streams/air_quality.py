"""The air-quality rules of one partition: hourly VN_AQI, NowCast, the daily index.

It advances by readings and ticks and returns results; it opens nothing. Which records
they come in and go out by is `streams.machines`' affair.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from sensors.city import City, Station
from sensors.reading import ReadingBatch
from streams.calc.aqi import vn
from streams.calc.aqi.index import Index
from streams.calc.averaging import day_mean, local_day, peak, trailing
from streams.calc.fixed import MISSING, Int64
from streams.calc.nowcast import nowcast
from streams.hours import FULL_S, HOUR_S, NAMES, PROVISIONAL_S, Hours
from streams.results import AirQuality
from streams.revisions import Revisions
from streams.slots import pack, unpack

NOWCAST_HOURS = 12
DAY_HOURS = 24
DAY_HOURS_LEAST = 18
EIGHT_HOURS = 8
CATCH_UP_HOURS = 72
"""After a jump of the clock at most so many hours without data are told of."""

REMEMBER_S = 72 * HOUR_S
"""Longer than any late reading's reach: lateness, a day, 8-hour means."""

_PARTICLES = tuple(NAMES.index(name) for name in vn.PARTICLES)
_GASES = tuple((name, NAMES.index(name)) for name in vn.GASES)


class Seen(NamedTuple):
    """What an hour comes to: the index, and by row what leads to it.

    Parameters
    ----------
    casts
        NowCast of each of `vn.PARTICLES` [10⁻⁶ µg/m³].
    means, covered, flags
        By quantity, in the order of `NAMES`; `covered` in [s].
    """

    judged: Index
    casts: list[list[int]]
    means: list[list[int]]
    covered: list[list[int]]
    flags: list[list[int]]


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
        self._expected = [[n in s.quantities for n in NAMES] for s in self._stations]
        self._revisions = Revisions()
        self._origin: str = city.origin
        self._observed = np.zeros(len(self._stations), np.int64)
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
        self._origin = origin
        taken = readings.take(readings.end >= self._time - self._city.lateness_s)
        if not len(taken):
            return []
        place = self._hours.place
        rows = np.array([place.get(site, -1) for site in taken.sites], np.intp)
        np.maximum.at(self._observed, rows[taken.site], taken.end)
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
        self._time = time
        for hour in self._touched:
            self._hours.refresh(hour)
        newest = (time - self._city.grace_s) // HOUR_S - 1
        results = [r for hour in self._closing(newest) for r in self._hour(hour)]
        if newest != self._closed:
            self._closed = newest
            results += self._close_days(newest)
        results += self._running()
        self._touched.clear()
        self._hours.forget((time - self._city.lateness_s) // HOUR_S - 1, newest)
        self._revisions.forget(time - REMEMBER_S)
        return results

    def restate(self) -> list[AirQuality]:
        """Return the newest results again: last hours, running hour, last day."""
        if self._closed is None:
            return []
        hours = range(self._closed - NOWCAST_HOURS, self._closed + 1)
        results = [r for hour in hours for r in self._hour(hour)]
        results += self._hour(self._closed + 1, provisional=True)
        return results if self._day is None else [*results, *self._daily(self._day)]

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
        results = [r for h in sorted(affected) for r in self._hour(h, affected[h])]
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
        return [r for day in sorted(affected) for r in self._daily(day, affected[day])]

    def _running(self) -> list[AirQuality]:
        """Return the running hours of the stations heard since the last tick."""
        hours = sorted(hour for hour in self._touched if hour > (self._closed or -1))
        return [
            result
            for hour in hours
            for result in self._hour(hour, self._touched[hour], provisional=True)
        ]

    def _hour(
        self, hour: int, rows: Iterable[int] | None = None, *, provisional: bool = False
    ) -> list[AirQuality]:
        chosen = range(len(self._stations)) if rows is None else sorted(rows)
        if not chosen:
            return []
        found = self._seen(hour, PROVISIONAL_S if provisional else FULL_S)
        return [self._record(hour, row, found, provisional) for row in chosen]

    def _seen(self, hour: int, least_s: int) -> Seen:
        summary = self._hours.at(hour)
        valid = summary.valid(least_s)
        window = np.empty((len(valid), len(_PARTICLES), NOWCAST_HOURS), np.int64)
        window[..., 0] = valid[:, _PARTICLES]
        window[..., 1:] = self._hours.before(hour, NOWCAST_HOURS - 1, _PARTICLES)
        found = nowcast(window)
        means = {name: valid[:, place] for name, place in _GASES}
        casts = {name: found[:, row] for row, name in enumerate(vn.PARTICLES)}
        shown = valid if least_s == FULL_S else summary.valid(1)
        return Seen(
            judged=vn.hourly(means, casts),
            casts=found.tolist(),
            means=shown.tolist(),
            covered=summary.covered.tolist(),
            flags=summary.flag.tolist(),
        )

    def _record(
        self,
        hour: int,
        row: int,
        found: Seen,
        provisional: bool,  # noqa: FBT001  # passed on, never typed by hand
    ) -> AirQuality:
        start = hour * HOUR_S
        covered = found.covered[row]
        if provisional and max(covered) < PROVISIONAL_S:
            judged: dict[str, Any] = {"reason": "too_early"}
        else:
            judged = self._judged(found.judged, row, some=any(covered))
        record = AirQuality(
            **self._who(row, start, start + HOUR_S),
            **judged,
            provisional=provisional,
            means=_named(NAMES, found.means[row]),
            completeness=self._completeness(row, covered, HOUR_S),
            nowcast=_named(vn.PARTICLES, found.casts[row]),
            flags={n: f for n, f in zip(NAMES, found.flags[row], strict=True) if f},
        )
        return self._revisions.revised(record)

    def _completeness(
        self, row: int, covered: Sequence[int], whole: int
    ) -> dict[str, float]:
        """Return the share covered of what came, and of what was expected."""
        return {
            name: round(part / whole, 4)
            for name, part, expected in zip(
                NAMES, covered, self._expected[row], strict=True
            )
            if part or expected
        }

    def _who(self, row: int, start: int, end: int) -> dict[str, Any]:
        station = self._stations[row]
        return {
            "city": self._city.id,
            "origin": self._origin,
            "site": station.id,
            "station_class": station.station_class,
            "start": start,
            "end": end,
            "observed": min(int(self._observed[row]), end),
            "tick": self._time,
        }

    def _judged(self, index: Index, row: int, *, some: bool) -> dict[str, Any]:
        """Return the index fields of one station, or why there is none."""
        if self._stations[row].station_class == "reference":
            return {"reason": "reference_only" if some else "no_data"}
        site = index.at(row)
        reason = site.reason
        if reason == "no_pm" and self._measures_particles(row):
            reason = "incomplete"
        if reason == "no_data" and some:
            reason = "incomplete"
        return {
            "sub": {name: sub for name, sub in site.sub.items() if sub is not None},
            "aqi": site.aqi,
            "category": site.category.code if site.category else None,
            "dominant": site.dominant,
            "beyond_scale": site.beyond_scale,
            "reason": reason,
        }

    def _measures_particles(self, row: int) -> bool:
        return bool(set(vn.PARTICLES) & set(self._stations[row].quantities))

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
        return self._daily(day)

    def _daily(self, day: int, rows: Iterable[int] | None = None) -> list[AirQuality]:
        hours = day // HOUR_S + np.arange(1 - EIGHT_HOURS, DAY_HOURS)
        means = np.stack([self._hours.at(int(h)).valid(FULL_S) for h in hours], axis=-1)
        own = means[..., EIGHT_HOURS - 1 :]
        mean = day_mean(own).value
        top = peak(own, DAY_HOURS_LEAST)
        ozone = means[:, NAMES.index("o3")]
        eight = peak(trailing(ozone).value, DAY_HOURS_LEAST)
        index = vn.daily(
            {name: mean[:, NAMES.index(name)] for name in vn.PARTICLES},
            {name: top[:, NAMES.index(name)] for name in vn.GASES},
            {"o3": eight},
        )
        chosen = range(len(self._stations)) if rows is None else sorted(rows)
        return [self._day_record(day, row, index, mean, own) for row in chosen]

    def _day_record(
        self, day: int, row: int, index: Index, mean: Int64, own: Int64
    ) -> AirQuality:
        hours: list[int] = np.count_nonzero(own[row] != MISSING, axis=-1).tolist()
        record = AirQuality(
            **self._who(row, day, day + DAY_HOURS * HOUR_S),
            **self._judged(index, row, some=any(hours)),
            averaging="1d",
            means=_named(NAMES, mean[row].tolist()),
            completeness=self._completeness(row, hours, DAY_HOURS),
        )
        return self._revisions.revised(record)

    def dump(self) -> bytes:
        """Return the whole state."""
        return pack(
            {
                "hours": self._hours.dump(),
                "revisions": self._revisions.dump(),
                "origin": self._origin,
                "observed": self._observed.tolist(),
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
        self._revisions.load(kept["revisions"])
        self._origin, self._time = kept["origin"], kept["time"]
        self._closed, self._day = kept["closed"], kept["day"]
        place = self._hours.place
        self._touched = {
            hour: {place[site] for site in sites if site in place}
            for hour, sites in kept["touched"].items()
        }
        for site, end in zip(kept["hours"]["sites"], kept["observed"], strict=True):
            if site in self._hours.place:
                self._observed[self._hours.place[site]] = end


def _named(names: Sequence[str], values: Sequence[int]) -> dict[str, int]:
    return {n: v for n, v in zip(names, values, strict=True) if v != MISSING}
