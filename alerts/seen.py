"""Owns what was last seen of each site, as far as conditions need it.

A result is new only while its own reading is: a station that died repeats its last
result, and a dead instrument rides on its neighbours' time, so each quantity's time
moves only when more of its hour is covered. Amendments of the past change values that
are compared with, never the time.
"""

import msgspec

from streams.results import AirQuality, Congestion

HOUR_S = 3_600


class Hour(msgspec.Struct, array_like=True):
    """One hour of one station.

    Parameters
    ----------
    at
        By quantity, the time at which its coverage last grew [unix s].
    """

    start: int = 0
    revision: int = -1
    final: bool = False
    means: dict[str, int] = {}
    covered: dict[str, float] = {}
    nowcast: dict[str, int] = {}
    aqi: int | None = None
    dominant: str = ""
    at: dict[str, int] = {}


class Station(msgspec.Struct, array_like=True):
    """The running hour, the hour before, and the newest closed hour of a station."""

    station_class: str = ""
    observed: int = 0
    hour: Hour = msgspec.field(default_factory=Hour)
    before: Hour = msgspec.field(default_factory=Hour)
    closed: Hour = msgspec.field(default_factory=Hour)

    def take(self, record: AirQuality) -> None:
        """Take a result of one hour; one older than what is remembered is let go."""
        self.station_class = record.station_class
        self.observed = max(self.observed, record.observed)
        if not record.provisional and record.start >= self.closed.start:
            self.closed = _amended(self.closed, record)
        if record.start == self.hour.start:
            self.hour = _amended(self.hour, record)
        elif record.start > self.hour.start:
            self.before, self.hour = self.hour, _amended(Hour(), record)
        elif record.start == self.before.start:
            self.before = _amended(self.before, record)

    def adjacent(self) -> bool:
        """Whether the hour before is the one just before the running one."""
        return self.before.start == self.hour.start - HOUR_S


class Segment(msgspec.Struct, array_like=True):
    """The newest evaluation of a segment that rests on a new reading."""

    observed: int = 0
    evaluated: int = 0
    level: str = "no_data"
    ratio: float | None = None

    def take(self, record: Congestion) -> bool:
        """Take an evaluation; say whether a new reading is behind it."""
        new = record.observed > self.observed and not record.stale
        if new:
            self.observed, self.evaluated = record.observed, record.evaluated
            self.level, self.ratio = record.level, record.ratio
        return new


def _amended(hour: Hour, record: AirQuality) -> Hour:
    """Return `hour` with what `record` says of it; an older revision says nothing."""
    same = hour.start == record.start
    superseded = record.revision < hour.revision or (hour.final and record.provisional)
    if same and superseded:
        return hour
    earlier = hour.at if same else {}
    at = {
        name: record.observed
        if not same or share > hour.covered.get(name, 0.0)
        else earlier.get(name, record.observed)
        for name, share in record.completeness.items()
        if share > 0
    }
    return Hour(
        start=record.start,
        revision=record.revision,
        final=not record.provisional,
        means=dict(record.means),
        covered=dict(record.completeness),
        nowcast=dict(record.nowcast),
        aqi=record.aqi,
        dominant=record.dominant or "",
        at=at,
    )
