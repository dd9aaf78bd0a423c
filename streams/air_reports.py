"""Turns the means of an hour or a day into results, one a station.

When which hour is said is `streams.air_quality`'s affair.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sensors.city import City, Station
from streams.calc.aqi import vn
from streams.calc.aqi.index import Index
from streams.calc.averaging import (
    DAY_HOURS,
    DAY_HOURS_LEAST,
    EIGHT_HOURS,
    day_mean,
    peak,
    trailing,
)
from streams.calc.fixed import MISSING, Int64
from streams.calc.nowcast import HOURS as NOWCAST_HOURS
from streams.calc.nowcast import nowcast
from streams.calc.weather import direction_mean, rain_total
from streams.hours import DIRECTION, FULL_S, HOUR_S, NAMES, PROVISIONAL_S, RAIN, Hours
from streams.results import AirQuality
from streams.revisions import Revisions

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
    valid
        Whether any particles have a mean of this hour.
    """

    judged: Index
    casts: list[list[int]]
    means: list[list[int]]
    covered: list[list[int]]
    flags: list[list[int]]
    valid: list[bool]


class AirReports:
    """Words the results of the stations of one partition.

    Parameters
    ----------
    city
        The city.
    stations
        The stations of this partition, in the order of the rows of `hours`.
    hours
        Their means.
    """

    def __init__(self, city: City, stations: Sequence[Station], hours: Hours) -> None:
        self.origin: str = city.origin
        self.time = 0
        """Event time of what is said now [unix s]."""
        self.observed = np.zeros(len(stations), np.int64)
        """End of the newest reading of each station [unix s]."""
        self.revisions = Revisions()
        self._city = city
        self._stations = tuple(stations)
        self._hours = hours
        self._expected = [[n in s.quantities for n in NAMES] for s in self._stations]

    def hour(
        self, hour: int, rows: Iterable[int] | None = None, *, provisional: bool = False
    ) -> list[AirQuality]:
        """Return the results of an hour, of all stations or those at `rows`."""
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
            valid=(valid[:, _PARTICLES] != MISSING).any(axis=1).tolist(),
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
            if judged["reason"] == "incomplete" and found.valid[row]:
                # The hour itself is whole: NowCast wants 2 of the last 3.
                judged["reason"] = "too_few_hours"
        record = AirQuality(
            **self._who(row, start, start + HOUR_S),
            **judged,
            provisional=provisional,
            means=_named(NAMES, found.means[row]),
            completeness=self._completeness(row, covered, HOUR_S),
            nowcast=_named(vn.PARTICLES, found.casts[row]),
            flags={n: f for n, f in zip(NAMES, found.flags[row], strict=True) if f},
        )
        return self.revisions.revised(record)

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
            "origin": self.origin,
            "site": station.id,
            "station_class": station.station_class,
            "start": start,
            "end": end,
            "observed": min(int(self.observed[row]), end),
            "tick": self.time,
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

    def day(self, day: int, rows: Iterable[int] | None = None) -> list[AirQuality]:
        """Return the results of the local day that begins at `day` [unix s]."""
        hours = day // HOUR_S + np.arange(1 - EIGHT_HOURS, DAY_HOURS)
        means = np.stack([self._hours.at(int(h)).valid(FULL_S) for h in hours], axis=-1)
        own = means[..., EIGHT_HOURS - 1 :]
        mean = _whole_day(own)
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
        return self.revisions.revised(record)


def _named(names: Sequence[str], values: Sequence[int]) -> dict[str, int]:
    return {n: v for n, v in zip(names, values, strict=True) if v != MISSING}


def _whole_day(hours: Int64) -> Int64:
    """Return the day's values of 24 hourly ones, shape (stations, quantities, 24)."""
    value, covered = day_mean(hours)
    there = (hours != MISSING).astype(np.int64)
    enough = covered >= DAY_HOURS_LEAST
    rain = rain_total(hours[:, RAIN], there[:, RAIN])
    wind = direction_mean(hours[:, DIRECTION], there[:, DIRECTION])
    value[:, RAIN] = np.where(enough[:, RAIN], rain, MISSING)
    value[:, DIRECTION] = np.where(enough[:, DIRECTION], wind, MISSING)
    return value
