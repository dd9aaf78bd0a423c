"""Computes a site's past again from the stored readings, by the rules that run live.

For readings that came beyond the lateness, and for conflicts settled after the fact.
The hours that the worker still amends itself are left to it. What was told of a road's
level stays: only its measures are amended.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from sensors.city import City, Segment, Station
from sensors.reading import ReadingBatch
from stores.protocol import Store
from stores.record import Row, Taken, Write
from stores.rows import air_row, congestion_row
from streams.air_quality import AirQualityRules
from streams.calc.nowcast import HOURS as NOWCAST_HOURS
from streams.machines import Result, Rules
from streams.results import AirQuality, Congestion
from streams.road_group import WINDOW_S
from streams.traffic import TrafficRules

HOUR_S: Final = 3_600
BEFORE_S: Final = 48 * HOUR_S
"""Readings before the first hour that its results rest on: a day, 8-hour ozone."""


class RecomputeError(ValueError):
    """What was asked for cannot be computed again; the message says the way out."""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a recomputation did.

    Parameters
    ----------
    results
        Results computed.
    changed
        Those of another content than the store had, which were amended.
    """

    results: int
    changed: int


def recompute(store: Store, city: City, site: str, start: int, end: int) -> Recomputed:
    """Compute the results of a site again that rest on [start, end) [unix s].

    Raises
    ------
    RecomputeError
        If the city has no such site, or the worker still amends that time itself.
    """
    known = city.site(site)
    if known is None:
        message = f"city {city.id} has no site {site!r}; `thoang city check` lists them"
        raise RecomputeError(message)
    clock = store.clock(city.id) or 0
    _refuse_open(city, clock, end)
    readings = store.readings(city.id, site, start - BEFORE_S, end + BEFORE_S)
    step, reach = _extent(known)
    results = {
        (result.start, getattr(result, "averaging", "")): result
        for result in _replayed(_rules(city, known), readings, city, step)
        if start < result.end <= clock - city.grace_s and result.start < end + reach
    }
    said = _said(store, city, known, start - BEFORE_S, end + BEFORE_S)
    rows = tuple(_rows(city, results, said))
    store.commit(Write((Taken(rows),)))
    return Recomputed(len(results), len(rows))


def _refuse_open(city: City, clock: int, end: int) -> None:
    closed = clock - city.lateness_s - HOUR_S
    if end > closed:
        message = (
            f"the end of the time asked for is {max(0, end - closed)} s too new: the "
            "worker itself amends results for as long as readings may come late; "
            "ask for an earlier end, or later"
        )
        raise RecomputeError(message)


def _extent(site: Station | Segment) -> tuple[int, int]:
    """Return the ticks' distance, and how far results behind rest on a reading [s]."""
    if isinstance(site, Station):
        return HOUR_S, NOWCAST_HOURS * HOUR_S
    return WINDOW_S, 0


def _rules(city: City, site: Station | Segment) -> Rules:
    if isinstance(site, Station):
        return AirQualityRules(city, [site])
    return TrafficRules(city, [site])


def _replayed(
    rules: Rules, readings: ReadingBatch, city: City, step: int
) -> Iterator[Result]:
    """Yield results as they come when readings arrive in order, before their tick."""
    if not len(readings):
        return
    first = int(readings.start.min()) // HOUR_S * HOUR_S
    last = int(readings.end.max()) // HOUR_S * HOUR_S + 2 * HOUR_S
    for time in range(first + step, last + 1, step):
        due = readings.take((readings.end > time - step) & (readings.end <= time))
        if len(due):
            yield from rules.apply(due, city.origin)
        grace = city.grace_s if step == HOUR_S else 0
        yield from (r for r in rules.tick(time + grace) if not _provisional(r))


def _provisional(result: Result) -> bool:
    return isinstance(result, AirQuality) and result.provisional


def _said(
    store: Store, city: City, site: Station | Segment, start: int, end: int
) -> Mapping[tuple[int, str], Result]:
    found: list[Result] = []
    if isinstance(site, Station):
        for averaging in ("1h", "1d"):
            found += store.air_between(city.id, site.id, start, end, averaging)
    else:
        found += store.congestion_between(city.id, site.id, start, end)
    return {(r.start, getattr(r, "averaging", "")): r for r in found}


def _rows(
    city: City,
    results: Mapping[tuple[int, str], Result],
    said: Mapping[tuple[int, str], Result],
) -> Iterator[Row]:
    """Yield rows of the results that differ from what was said, a revision higher."""
    for key, result in results.items():
        before = said.get(key)
        new = _with_level(result, before)
        if before is not None and _same(before, new):
            continue
        revision = 1 if before is None else before.revision + 1
        amended = msgspec.structs.replace(new, revision=revision)
        areas = city.areas_of(result.site, result.start)
        if isinstance(amended, AirQuality):
            yield air_row(amended, areas)
        else:
            yield congestion_row(amended, areas)


def _with_level(result: Result, before: Result | None) -> Result:
    """Return a road's result with the level that was told."""
    if not (isinstance(result, Congestion) and isinstance(before, Congestion)):
        return result
    return msgspec.structs.replace(
        result,
        level=before.level,
        level_since=before.level_since,
        stale=before.stale,
        evaluated=before.evaluated,
    )


def _same(one: Result, other: Result) -> bool:
    """Whether two results say the same, whenever and as whichever revision."""
    plain = [
        msgspec.structs.replace(each, revision=0, tick=0, observed=0)
        for each in (one, other)
    ]
    return plain[0] == plain[1]
