"""Owns what is said of the last closed day of a station."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from streams.results import AirQuality


@dataclass(frozen=True, slots=True)
class Yesterday:
    """The daily index of yesterday.

    Parameters
    ----------
    aqi, category
        The index and its category code; None where there is none.
    reason
        Why there is none, or empty.
    completeness
        Valid hours ÷ 24 of the dominant pollutant, where there is none of the best
        covered one.
    """

    aqi: int | None
    category: str | None
    reason: str
    completeness: float


def yesterday_of(
    days: Iterable[AirQuality], now: int, zone: ZoneInfo
) -> Yesterday | None:
    """Find yesterday among daily results; None where that day is not closed yet.

    Parameters
    ----------
    now
        The city's clock [unix s].
    zone
        The city's time zone: days begin at its midnight.
    """
    wanted = datetime.fromtimestamp(now, zone).date() - timedelta(days=1)
    for record in days:
        if datetime.fromtimestamp(record.start, UTC).astimezone(zone).date() == wanted:
            return _said(record)
    return None


def _said(record: AirQuality) -> Yesterday:
    covered = record.completeness
    share = covered.get(record.dominant or "", max(covered.values(), default=0.0))
    reason = "" if record.aqi is not None else record.reason or "no_data"
    return Yesterday(record.aqi, record.category, reason, share)
