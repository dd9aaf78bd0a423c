"""Owns what is said of one air station: its number, or the reason why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sensors.city.site import Station
from stores.shown import Newest
from streams.calc.averaging import HOUR_S
from streams.results import AirQuality
from web.settings import WebSettings
from web.view.freshness import Freshness, freshness
from web.view.limits import Excess, over_limits

SILENT_INTERVALS = 3
"""A station whose newest reading is older than this many intervals is silent."""


@dataclass(frozen=True)
class AirView:
    """One station now.

    Parameters
    ----------
    station
        The station of the city file.
    record
        The hourly result that is shown; None where there is none at all.
    raw
        The newest readings; None where none ever came.
    now
        Event time [unix s].
    freshness
        What the age of `record` means.
    interval_s
        Expected time between two readings [s].
    grace_s
        Wait after an hour's end before it closes [s].
    computed
        Event time of the newest result [unix s]; None where there is none.
    excesses
        Legal limits that it is over; of a reference station none are told.
    """

    station: Station
    record: AirQuality | None
    raw: Newest | None
    now: int
    freshness: Freshness
    interval_s: int
    grace_s: int
    computed: int | None = None
    excesses: tuple[Excess, ...] = ()

    @property
    def regulatory(self) -> bool:
        """Whether it may publish an index."""
        return self.station.station_class == "regulatory"

    @property
    def current(self) -> bool:
        """Whether its record still counts as a value, be it old."""
        return self.freshness in {Freshness.CURRENT, Freshness.OLD}

    @property
    def aqi(self) -> int | None:
        """The index, where there is one that may be shown as a current value."""
        if self.record is None or not self.regulatory or not self.current:
            return None
        return self.record.aqi

    @property
    def category(self) -> str | None:
        """The category of `aqi`."""
        return None if self.record is None or self.aqi is None else self.record.category

    @property
    def provisional(self) -> bool:
        """Whether the shown hour is still running."""
        return self.record is not None and self.record.provisional

    @property
    def time(self) -> int | None:
        """End of the shown interval [unix s], of a running hour its newest reading."""
        return None if self.record is None else min(self.now, shown_end(self.record))

    @property
    def age_s(self) -> int | None:
        """Time since the end of the shown interval [s]."""
        return None if self.time is None else max(0, self.now - self.time)

    @property
    def observed(self) -> int | None:
        """End of the newest reading known [unix s], at most `now`: clocks run ahead."""
        known = [self.record.observed] if self.record and self.record.observed else []
        if self.raw is not None:
            known.append(self.raw.end)
        return min(self.now, max(known)) if known else None

    @property
    def silent(self) -> bool:
        """Whether readings that were expected did not come."""
        if self.observed is None:
            return True
        return self.now - self.observed > SILENT_INTERVALS * self.interval_s

    @property
    def lagging(self) -> bool:
        """Whether readings come in, and results are too far behind them.

        A station without new readings still has a result each hour.
        """
        if self.raw is None or self.silent:
            return False
        late = HOUR_S + self.grace_s + SILENT_INTERVALS * self.interval_s
        return self.computed is None or self.now - self.computed > late

    @property
    def next_expected(self) -> int:
        """When there should be something new, or should have been [unix s]."""
        if self.observed is None:
            return self.now - self.now % self.interval_s + self.interval_s
        if self.silent or self.reason in {"", "reference_only", "catching_up"}:
            return self.observed + self.interval_s
        closed = (self.now - self.grace_s) // HOUR_S
        return (closed + 1) * HOUR_S + self.grace_s

    @property
    def overdue(self) -> bool:
        """Whether what was expected next is already late."""
        return self.next_expected < self.now

    @property
    def reason(self) -> str:
        """Why there is no index, or empty."""
        if self.aqi is not None:
            return ""
        if not self.regulatory:
            return "reference_only" if self.current else self._absence
        if self.record is None or not self.current:
            return self._absence
        return self.record.reason or "no_data"

    @property
    def _absence(self) -> str:
        if self.observed is None:
            return "never"
        if self.lagging:
            return "catching_up"
        return "silent" if self.silent else "too_old"

    @property
    def completeness(self) -> float:
        """Share of the shown interval that is covered, of the dominant pollutant."""
        if self.record is None or not self.record.completeness:
            return 0.0
        by_quantity = self.record.completeness
        if self.record.dominant in by_quantity:
            return by_quantity[self.record.dominant]
        return max(by_quantity.values())

    @cached_property
    def concentrations(self) -> Mapping[str, int]:
        """Mean by quantity in the shown hour [10⁻⁶ unit]; empty when too old."""
        return self.record.means if self.record is not None and self.current else {}


def shown_end(record: AirQuality) -> int:
    """Return the end of what a record covers: of a running hour, its newest reading."""
    if record.provisional and record.observed:
        return min(record.end, record.observed)
    return record.end


def air_view(
    station: Station,
    records: Sequence[AirQuality],
    raw: Newest | None,
    *,
    now: int,
    cadence: tuple[int, int],
    settings: WebSettings,
) -> AirView:
    """Say what is known of a station.

    Parameters
    ----------
    records
        Its hourly results, oldest first.
    cadence
        Expected interval between readings and wait after an hour's end [s].
    """
    begun = [record for record in records if record.start < now]
    record = _shown(begun, now, settings.air_gone_s)
    time = None if record is None else shown_end(record)
    fresh = freshness(time, now, settings.air_old_s, settings.air_gone_s)
    told = station.station_class == "regulatory" and fresh is not Freshness.GONE
    return AirView(
        station=station,
        record=record,
        raw=raw,
        now=now,
        freshness=fresh,
        interval_s=cadence[0],
        grace_s=cadence[1],
        computed=max((record.tick for record in begun), default=None),
        excesses=over_limits(begun) if told else (),
    )


def _shown(records: Sequence[AirQuality], now: int, gone_s: int) -> AirQuality | None:
    """Take the newest record with an index, unless it is too old; else the newest."""
    for record in reversed(records):
        if record.aqi is not None and now - shown_end(record) <= gone_s:
            return record
    return records[-1] if records else None
