"""Owns how far readings and results have come, and what of that is not well."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.calc.averaging import HOUR_S
from web.source import Check
from web.view.air import AirView
from web.view.roads import RoadView

LIMIT_S = 900
"""Newest reading older than this, or results further behind it, is not well [s]."""

INTERVALS = 2
"""Sites that report seldom may be silent for this many of their intervals."""

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """How far one kind of site, air or roads, has come.

    Parameters
    ----------
    reading
        End of the newest reading [unix s]; None where none ever came.
    result
        Event time of the newest result [unix s]; None where there is none.
    interval_s
        Shortest expected time between two readings [s].
    """

    reading: int | None
    result: int | None
    interval_s: int

    @property
    def limit_s(self) -> int:
        """How late a reading or a result may be [s]."""
        return max(LIMIT_S, INTERVALS * self.interval_s)

    @property
    def behind_s(self) -> int | None:
        """How far results are behind readings [s]; None where nothing was computed."""
        if self.reading is None:
            return 0
        return None if self.result is None else max(0, self.reading - self.result)

    @property
    def behind(self) -> bool:
        """Whether results are further behind than they may be."""
        return self.behind_s is None or self.behind_s > self.limit_s


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the whole city has come at `now` [unix s]."""

    now: int
    kinds: tuple[Kind, ...]

    @property
    def reading(self) -> int | None:
        """End of the newest reading [unix s]."""
        known = (kind.reading for kind in self.kinds)
        return max((end for end in known if end is not None), default=None)

    @property
    def reading_age_s(self) -> int | None:
        """Age of the newest reading [s]."""
        return None if self.reading is None else self.now - self.reading

    @property
    def fresh(self) -> bool:
        """Whether readings come in."""
        limit = min((kind.limit_s for kind in self.kinds), default=LIMIT_S)
        return self.reading_age_s is not None and self.reading_age_s <= limit

    @property
    def behind(self) -> bool:
        """Whether results are further behind the readings than they may be."""
        return any(kind.behind for kind in self.kinds)

    @property
    def catching_up(self) -> bool:
        """Whether readings come in, and results are behind them."""
        return self.fresh and self.behind

    @property
    def behind_s(self) -> int | None:
        """How far the slowest results are behind [s]; None where that is unknown."""
        known = [kind.behind_s for kind in self.kinds]
        return max((b for b in known if b is not None), default=None)

    def checks(self) -> Sequence[Check]:
        """Return whether readings are new enough, and results near enough to them."""
        return (self._readings(), self._results()) if self.kinds else ()

    def _readings(self) -> Check:
        if self.reading_age_s is None:
            return Check("readings", ok=False, detail="no reading was ever received")
        detail = "" if self.fresh else f"the newest is {span(self.reading_age_s)} old"
        return Check("readings", ok=self.fresh, detail=detail, at=self.reading or 0)

    def _results(self) -> Check:
        newest = max((k.result for k in self.kinds if k.result is not None), default=0)
        late = [kind for kind in self.kinds if kind.behind]
        if late:
            known = max((kind.behind_s or 0 for kind in late), default=0)
            told = f"{span(known)} behind the readings" if known else "not there yet"
            detail = f"results are {told}: catching up"
            return Check("results", ok=False, detail=detail, at=newest)
        old = bool(newest) and self.now - newest > self._oldest_s
        detail = f"the newest is {span(self.now - newest)} old" if old else ""
        return Check("results", ok=bool(newest) and not old, detail=detail, at=newest)

    @property
    def _oldest_s(self) -> int:
        return min(kind.limit_s for kind in self.kinds)


def progress_of(
    stations: Iterable[AirView],
    roads: Iterable[RoadView],
    now: int,
) -> Progress:
    """Gather how far air and roads have come at `now` [unix s]."""
    kinds = (_kind(list(stations), now), _kind(list(roads), now))
    return Progress(now, tuple(kind for kind in kinds if kind is not None))


def span(seconds: int) -> str:
    """Write a duration for the API, in English.

    >>> span(42_120), span(960), span(200_000)
    ('11 h', '16 min', '55 h')
    """
    if seconds >= 2 * HOUR_S:
        return f"{seconds // HOUR_S} h"
    return f"{seconds // MINUTE_S} min"


def _kind(views: Sequence[AirView | RoadView], now: int) -> Kind | None:
    if not views:
        return None
    return Kind(
        reading=max((min(now, v.raw.end) for v in views if v.raw), default=None),
        result=max((min(now, v.computed) for v in views if v.computed), default=None),
        interval_s=min(view.interval_s for view in views),
    )
