"""Owns looking at the city: what is stored and the city file, made into views."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sensors.city.city import City
from sensors.city.site import Segment, Station
from streams.calc.averaging import DAY_S, HOUR_S
from web.settings import WebSettings
from web.source import Check, Source
from web.view.air import AirView, air_view
from web.view.progress import Progress, progress_of
from web.view.roads import RoadView, road_view

LOOK_BACK_S = DAY_S + 3 * HOUR_S
"""How far back hourly results are looked at: a day for 24-hour means, and gaps."""

_USUAL_INTERVAL_S = {"air": 300, "traffic": 60}


@dataclass(frozen=True, slots=True, eq=False)
class Observer:
    """Looks at one city through one source; every look reads afresh.

    Parameters
    ----------
    city
        The city file.
    source
        What was stored.
    settings
        Options of the page.
    now
        The city's clock [unix s]: event time where messages carry it, else the wall's.
    """

    city: City
    source: Source
    settings: WebSettings
    now: Callable[[], int]

    def stations(self, now: int) -> list[AirView]:
        """Return every station as it is at `now`, in the city file's order."""
        records = self.source.air(now - LOOK_BACK_S)
        readings = self.source.readings()
        return [
            air_view(
                station,
                records.get(station.id, ()),
                readings.get(station.id),
                now=now,
                cadence=self._cadence(station),
                settings=self.settings,
            )
            for station in self.city.stations
        ]

    def station(self, station: Station, now: int) -> AirView:
        """Return one station as it is at `now`."""
        return air_view(
            station,
            self.source.air_of(station.id, now - LOOK_BACK_S),
            self.source.readings().get(station.id),
            now=now,
            cadence=self._cadence(station),
            settings=self.settings,
        )

    def roads(self, now: int) -> list[RoadView]:
        """Return every road segment as it is at `now`, in the city file's order."""
        records, readings = self.source.roads(), self.source.readings()
        return [
            road_view(
                segment,
                records.get(segment.id),
                readings.get(segment.id),
                now=now,
                interval_s=self.interval_s(segment),
                settings=self.settings,
            )
            for segment in self.city.segments
        ]

    def progress(self, now: int) -> Progress:
        """Return how far readings and results have come at `now`."""
        return progress_of(self.stations(now), self.roads(now), now)

    def wellbeing(self, now: int) -> tuple[Sequence[Check], Progress]:
        """Return what is well or not, and how far readings and results have come.

        Of a store that cannot be read only that is known.
        """
        known = self.source.checks(now)
        if not all(check.ok for check in known if check.name == "store"):
            return known, Progress(now, ())
        progress = self.progress(now)
        return (*known, *progress.checks()), progress

    def interval_s(self, site: Station | Segment) -> int:
        """Return the shortest expected time between two readings of a site [s]."""
        kind = "air" if isinstance(site, Station) else "traffic"
        intervals = (device.interval_s for device in self.city.devices_of(site.id))
        return min(intervals, default=_USUAL_INTERVAL_S[kind])

    def _cadence(self, station: Station) -> tuple[int, int]:
        return self.interval_s(station), self.city.grace_s
