"""When a queue stands on the lanes of a station: full lanes that nobody crosses.

A single lane is never judged: it may be stuck, or lie in the gap between two cars.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from streams.calc.fixed import Bool, Float


@dataclass(frozen=True, slots=True)
class StandingPolicy:
    """What a standing lane is; both values are our choice and configurable.

    Parameters
    ----------
    occupancy
        A lane stands that nobody crossed while it was at least this full [0..1],
    lasting_s
        over the newest so many seconds: longer than one red light, which also
        holds a queue on the loop.
    """

    occupancy: float = 0.50
    lasting_s: int = 120


DEFAULT: Final = StandingPolicy()


def standing(
    count: Float, occupancy: Float, slot_s: int, policy: StandingPolicy = DEFAULT
) -> Bool:
    """Say where a queue stands at the end of a window.

    Parameters
    ----------
    count, occupancy
        Shape ``(n, slots, lanes)``, oldest slot first, occupancy within 0..1. Only
        the newest `lasting_s` are looked at, one slot earlier where the newest slot
        is still to come; a window shorter than that is looked at whole.
    slot_s
        Length of a slot [s].

    Returns
    -------
    Bool
        Shape ``(n,)``: more than half of the lanes that have a say stand. A lane
        with a hole in these slots has no say. Count 0 and occupancy 0 is an empty
        road, or the gap between two stopped cars: it has a say, and says no.
    """
    slots = min(max(1, -(-policy.lasting_s // slot_s)), count.shape[1])
    late = np.asarray(np.isnan(count[:, -1]).all(axis=-1))
    counts, filled = (_newest(values, slots, late) for values in (count, occupancy))
    # A hole makes a sum NaN, which is neither above nor below anything.
    crossed, occupied = counts.sum(axis=1), filled.sum(axis=1)
    whole = ~np.isnan(crossed + occupied)
    full = occupied / slots >= policy.occupancy
    stood = np.count_nonzero(whole & full & ~(crossed > 0), axis=1)
    return np.asarray(2 * stood > np.count_nonzero(whole, axis=1))


def _newest(values: Float, slots: int, late: Bool) -> Float:
    newest = values[:, -slots:]
    if not late.any():
        return newest
    before = np.full_like(newest, np.nan)
    known = values[:, max(0, values.shape[1] - slots - 1) : -1]
    before[:, slots - known.shape[1] :] = known
    return np.where(late[:, None, None], before, newest)
