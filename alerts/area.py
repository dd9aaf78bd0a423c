"""Owns an area's value: the worst and the median of its valid stations, with numbers.

Pure: which stations count and how old a value may be is the caller's to know. The
evaluator, the page and the notifier all take it from here.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sensors.city import Area
from streams.results import AirQuality

FRESH_S: Final = 3 * 3_600
"""An index older than this stands for nothing: no advice follows from it [s]."""


def told_of(area: Area | None) -> bool:
    """Say whether an area is one that people are told of.

    A province is much larger than what the stations of a city cover, so nothing is said
    of it; its wards and communes and the operations areas are.
    """
    return area is not None and area.kind != "province"


class Member(NamedTuple):
    """One valid station of an area.

    Parameters
    ----------
    value
        Anything comparable; higher is worse.
    time
        End of the newest reading behind it [unix s].
    """

    site: str
    value: int
    time: int


class AreaValue(NamedTuple):
    """What an area has.

    Parameters
    ----------
    worst, median
        The worst station and the lower median one; None where no station is valid.
    used, of
        Valid stations, of how many.
    """

    worst: Member | None
    median: Member | None
    used: int
    of: int


def ranked(members: Sequence[Member]) -> list[Member]:
    """Order stations worst first; equal ones newest first, then by id."""
    return sorted(members, key=lambda m: (-m.value, -m.time, m.site))


def area_value(members: Sequence[Member], of: int) -> AreaValue:
    """Return the worst and the lower median of the valid stations.

    Examples
    --------
    >>> value = area_value([Member("a", 50, 0), Member("b", 90, 0)], of=3)
    >>> value.worst.site, value.median.site, value.used, value.of
    ('b', 'a', 2, 3)
    """
    order = ranked(members)
    if not order:
        return AreaValue(None, None, 0, of)
    return AreaValue(order[0], order[len(order) // 2], len(order), of)


def valid_index(records: Sequence[AirQuality], now: int, fresh_s: int) -> list[Member]:
    """Return the stations that have a public index not older than `fresh_s` [s].

    Parameters
    ----------
    records
        The newest hourly result of each station of the area; reference-only stations
        and results without an index are passed over.
    now
        Event time [unix s].
    """
    found = []
    for record in records:
        if record.station_class != "regulatory" or record.aqi is None:
            continue
        time = min(record.end, record.observed or record.end)
        if now - time <= fresh_s:
            found.append(Member(record.site, record.aqi, time))
    return found
