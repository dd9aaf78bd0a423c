"""The index of many sites at once: the worst sub-index, who it is, and why none.

Which sub-indices there are, and what a standard demands of them, is the standard's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from streams.calc.aqi.standard import Category, categorise
from streams.calc.fixed import MISSING, Bool, Int8, Int64

REASONS: Final = ("", "no_data", "no_pm")
"""Why there is no index, by code: there is one, no sub-index, no particles."""

NONE: Final = -1


@dataclass(frozen=True, slots=True)
class SiteIndex:
    """The index of one site, for people and records.

    Parameters
    ----------
    sub
        Sub-index by pollutant, None where there is none.
    aqi, category, dominant
        None where there is no index; then `reason` says why.
    beyond_scale
        A concentration was above the last row of its table.
    reason
        One of `REASONS`; empty where there is an index.
    """

    sub: Mapping[str, int | None]
    aqi: int | None
    category: Category | None
    dominant: str | None
    beyond_scale: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Index:
    """Indices of n sites; every array has shape ``(n,)``.

    Parameters
    ----------
    pollutants
        What `dominant` counts in; of equal sub-indices the first named here wins.
    categories
        What `category` counts in.
    sub
        Sub-index by pollutant, `MISSING` where there is none.
    aqi
        Largest sub-index, `MISSING` where there is no index.
    category, dominant
        Places in `categories` and `pollutants`; −1 where there is no index.
    beyond_scale
        A concentration was above the last row of its table.
    reason
        Place in `REASONS`.
    """

    pollutants: tuple[str, ...]
    categories: tuple[Category, ...]
    sub: Mapping[str, Int64]
    aqi: Int64
    category: Int8
    dominant: Int8
    beyond_scale: Bool
    reason: Int8

    def at(self, site: int) -> SiteIndex:
        """Give the index of the site in place `site`."""
        aqi, category = int(self.aqi[site]), int(self.category[site])
        dominant = int(self.dominant[site])
        return SiteIndex(
            sub={name: _known(int(sub[site])) for name, sub in self.sub.items()},
            aqi=_known(aqi),
            category=None if category == NONE else self.categories[category],
            dominant=None if dominant == NONE else self.pollutants[dominant],
            beyond_scale=bool(self.beyond_scale[site]),
            reason=REASONS[int(self.reason[site])],
        )


def _known(value: int) -> int | None:
    return None if value == MISSING else value


def worst(
    sub: Mapping[str, Int64],
    beyond_scale: Bool,
    pollutants: tuple[str, ...],
    categories: tuple[Category, ...],
    particles: tuple[str, ...],
) -> Index:
    """Combine sub-indices into the index of each site.

    Parameters
    ----------
    sub
        Sub-index by pollutant, shape ``(n,)`` each; at least one pollutant.
    beyond_scale
        Where a concentration was above the last row of its table.
    particles
        Pollutants of which at least one must be there.
    """
    named = tuple(name for name in pollutants if name in sub)
    table = np.stack([sub[name] for name in named])
    known = table != MISSING
    some = known.any(axis=0)
    has_particles = known[[name in particles for name in named]].any(axis=0)
    aqi = np.where(has_particles, table.max(axis=0), MISSING)
    places = np.array([pollutants.index(name) for name in named], dtype=np.int8)
    dominant = np.where(has_particles, places[table.argmax(axis=0)], NONE)
    reason = np.where(has_particles, 0, np.where(some, 2, 1))
    return Index(
        pollutants=pollutants,
        categories=categories,
        sub=sub,
        aqi=aqi,
        category=categorise(categories, aqi),
        dominant=dominant.astype(np.int8),
        beyond_scale=beyond_scale & has_particles,
        reason=reason.astype(np.int8),
    )
