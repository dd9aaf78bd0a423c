"""Owns the pace of publishing: the newest result of each site, at most once a second.

A fast fill brings thousands of results a second; subscribers get the newest ones.
Advice of an area follows its worst valid regulatory station. What an earlier process
left retained is replaced soon after the start, by advice or by the word that there is
none.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from alerts.advice import GROUPS, Advice, air_advice
from alerts.area import FRESH_S, area_value, told_of, valid_index
from alerts.notifiers.mqtt import Retained
from alerts.notifiers.protocol import NotifierUnavailable
from alerts.wording import Wording
from alerts.words import LANGUAGES, Catalogue
from sensors.city import City
from streams.results import AirQuality, Congestion

PACE_S: Final = 1.0
START_S: Final = 600
"""A station has so long after the start to be heard before its area has no data [s]."""
HOUR_S: Final = 3_600


class Publisher:
    """Remembers the newest results and publishes what changed.

    Parameters
    ----------
    city, catalogue
        For the advice.
    retained
        Publishes.
    clock
        Seconds that only ever grow; not event time.
    """

    def __init__(
        self,
        city: City,
        catalogue: Catalogue,
        retained: Retained,
        clock: Callable[[], float],
    ) -> None:
        self._city = city
        self._retained = retained
        self._clock = clock
        self._wordings = {
            language: Wording(catalogue, language, city.zone) for language in LANGUAGES
        }
        self._air: dict[str, AirQuality] = {}
        self._roads: dict[str, Congestion] = {}
        self._due: dict[str, None] = {}
        self._areas: dict[str, None] = {}
        self._said: dict[tuple[str, str], object] = {}
        self._owed: set[str] = set()
        self._woken = asyncio.Event()
        self._now = self._first = 0

    def tick(self, now: int) -> None:
        """Advance event time [unix s]; advice that is too old is taken back."""
        self._first = self._first or now
        if not self._owed and now - self._first >= START_S:
            self._owed = self._covered(now)
        if now // 60 != self._now // 60:
            self._areas |= dict.fromkeys(sorted(self._advised | self._owed))
            self._woken.set()
        self._now = max(self._now, now)

    @property
    def _advised(self) -> set[str]:
        return {area for area, _ in self._said}

    def _covered(self, now: int) -> set[str]:
        """Return the areas that have a regulatory station at `now` [unix s]."""
        regulatory = (s for s in self._city.stations if s.station_class == "regulatory")
        return {
            a for s in regulatory for a in self._told(self._city.areas_of(s.id, now))
        }

    def _told(self, areas: Iterable[str]) -> tuple[str, ...]:
        return tuple(area for area in areas if told_of(self._city.area(area)))

    def take(self, record: AirQuality | Congestion) -> None:
        """Take a result; one older than the newest of its site is let go."""
        if isinstance(record, Congestion):
            known = self._roads.get(record.site)
            if known is None or _road_age(record) >= _road_age(known):
                self._roads[record.site] = record
                self._due[record.site] = None
        elif record.averaging == "1h" and record.reason != "too_early":
            before = self._air.get(record.site)
            if before is None or _air_age(record) >= _air_age(before):
                self._air[record.site] = record
                self._due[record.site] = None
                self._areas |= dict.fromkeys(self._areas_of(record))
        self._woken.set()

    def _areas_of(self, record: AirQuality) -> tuple[str, ...]:
        if self._city.station(record.site) is None:
            return ()
        return self._told(self._city.areas_of(record.site, record.end))

    async def run(self) -> None:
        """Publish for ever, at most once a second for each site."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            began = self._clock()
            try:
                await self.flush()
            except NotifierUnavailable as error:
                self._woken.set()
                await asyncio.sleep(error.retry_after)
            await asyncio.sleep(max(0.0, PACE_S - (self._clock() - began)))

    async def flush(self) -> None:
        """Publish everything that is due now.

        Raises
        ------
        alerts.notifiers.NotifierUnavailable
            What was not published stays due.
        """
        await _each(self._due, self._state)
        await _each(self._areas, self._advise)

    async def _state(self, site: str) -> None:
        if site in self._air:
            await self._retained.air(self._air[site])
        else:
            await self._retained.traffic(self._roads[site])

    async def _advise(self, area: str) -> None:
        """Publish the advice of an area where it is another than before."""
        record = self._worst(area)
        if record is None:
            return
        station = self._city.station(record.site)
        if station is None:
            return
        for group in GROUPS:
            words: dict[str, Advice] = {
                language: air_advice(wording, self._city, station, record, group)
                for language, wording in self._wordings.items()
            }
            if self._said.get((area, group)) != words:
                await self._retained.advice(area, group, record.origin, words)
                self._said[area, group] = words

    def _worst(self, area: str) -> AirQuality | None:
        """Return the result of the worst valid regulatory station of an area.

        Where none is valid any more but one was, or may have been before this process
        began: a result without an index.
        """
        sites = [s for s in self._city.sites_in(area) if s in self._air]
        records = [self._air[site] for site in sites]
        now = max([self._now, *(r.tick for r in records)], default=0)
        worst = area_value(valid_index(records, now, FRESH_S), len(sites)).worst
        if worst is not None:
            return self._air[worst.site]
        if area not in self._advised | self._owed:
            return None
        return _unknown(max(records, key=_air_age)) if records else self._unheard(area)

    def _unheard(self, area: str) -> AirQuality | None:
        """Return a result without an index: no station was heard since the start."""
        stations = [self._city.station(site) for site in self._city.sites_in(area)]
        regulatory = (s for s in stations if s and s.station_class == "regulatory")
        station = next(regulatory, None)
        if station is None:
            return None
        start = self._now // HOUR_S * HOUR_S
        return AirQuality(
            city=self._city.id,
            origin=self._city.origin,
            site=station.id,
            station_class=station.station_class,
            start=start,
            end=start + HOUR_S,
            reason="no_data",
            tick=self._now,
        )


async def _each(
    due: dict[str, None], publish: Callable[[str], Awaitable[None]]
) -> None:
    """Publish all that is due; what fails, or falls due meanwhile, stays due."""
    for name in list(due):
        del due[name]
        try:
            await publish(name)
        except NotifierUnavailable:
            due[name] = None
            raise


def _unknown(record: AirQuality) -> AirQuality:
    """Return a result that says: no data."""
    return AirQuality(
        city=record.city,
        origin=record.origin,
        site=record.site,
        station_class=record.station_class,
        start=record.start,
        end=record.end,
        reason="no_data",
        tick=record.tick,
    )


def _air_age(record: AirQuality) -> tuple[int, int]:
    return (record.start, record.revision)


def _road_age(record: Congestion) -> tuple[int, int]:
    return (record.evaluated, record.revision)
