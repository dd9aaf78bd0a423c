"""Owns the fundamental diagram: how demand, speed, flow and occupancy hang together.

Below capacity speed falls slowly with demand; beyond it the road is on the congested
branch, a line from capacity to standstill, on which flow falls with speed.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sensors.simulator.noise import Floats

AT_CAPACITY: Final = 0.65
"""Speed at capacity as a fraction of free flow."""
LOWEST: Final = 0.32
"""Slowest that a peak alone makes a road, as a fraction of free flow."""
WAVE_KMH: Final = 15.0
"""Speed of the backward wave, the slope of the congested branch [km/h]."""
PACKED: Final = 120.0
"""Density at standstill [pcu/km and lane]."""
ZONE_M: Final = 2.0
"""Length of a detection zone [m]."""


def ratio_of(load: Floats) -> Floats:
    """Return speed ÷ free flow for demand ÷ capacity; continuous and falling.

    >>> [round(float(ratio_of(np.array(x))), 2) for x in (0.0, 0.5, 1.0, 1.2)]
    [1.0, 0.94, 0.65, 0.43]
    """
    free = 1.0 - (1.0 - AT_CAPACITY) * np.clip(load, 0.0, 1.0) ** 2.5
    over = AT_CAPACITY / (1.0 + 2.5 * np.clip(load - 1.0, 0.0, None))
    return np.where(load <= 1.0, free, np.maximum(over, LOWEST))


def congested_flow(speed: Floats) -> Floats:
    """Return the flow at a speed [km/h] on the congested branch [pcu/h and lane].

    q = v·w·k / (v + w) with the wave speed w and the density at standstill k.
    """
    return speed * WAVE_KMH * PACKED / (speed + WAVE_KMH)


def flow_of(load: Floats, ratio: Floats, free_kmh: Floats) -> Floats:
    """Return the flow [pcu/h and lane] that demand and speed allow.

    Parameters
    ----------
    load
        Demand ÷ capacity.
    ratio
        Speed ÷ free flow.
    free_kmh
        Free-flow speed [km/h].

    Notes
    -----
    Capacity is the flow where the branches meet; a road passes no more than its
    demand, and no more than the congested branch where it is slower than at capacity.
    """
    capacity = congested_flow(AT_CAPACITY * free_kmh)
    slow = congested_flow(np.minimum(ratio, AT_CAPACITY) * free_kmh)
    return np.minimum(np.minimum(load, 1.0) * capacity, slow)


def occupancy(
    counts: NDArray[np.int64], lengths: Floats, speed: Floats, period_s: float
) -> Floats:
    """Return the fraction of time a detection zone is covered, at most 1.

    occ = Σ n·(length + zone) / v / T over the classes in the last axis; a lane without
    vehicles has 0. Motorcycles side by side cover a zone once, hence the limit.

    >>> float(occupancy(np.array([30]), np.array([4.0]), np.array(36.0), 60.0))
    0.3
    """
    covered = (counts * (lengths + ZONE_M)).sum(axis=-1) / (speed / 3.6)
    share: Floats = np.minimum(covered / period_s, 1.0)
    return share
