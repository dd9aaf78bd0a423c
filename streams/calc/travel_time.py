"""Travel time measures: ratio to free flow, travel time index, delay.

They are the same ratio said in different words; learning what free flow is, is left
to the stream.
"""

import numpy as np
from numpy.typing import ArrayLike

from streams.calc.fixed import Float
from streams.calc.floats import quotient


def ratio_to_free_flow(speed: ArrayLike, free_flow: ArrayLike) -> Float:
    """Speed ÷ free-flow speed; above 1 where traffic is faster than usual."""
    return quotient(speed, free_flow)


def travel_time_index(travel_time: ArrayLike, free_flow_time: ArrayLike) -> Float:
    """Travel time ÷ free-flow travel time, or free-flow speed ÷ speed.

    Examples
    --------
    >>> float(travel_time_index(26.0, 20.0))
    1.3
    """
    return quotient(travel_time, free_flow_time)


def congestion_level(index: ArrayLike) -> Float:
    """Extra travel time over free flow [%] of a travel time index."""
    return (np.asarray(index, dtype=np.float64) - 1.0) * 100.0


def vehicle_hours(flow: ArrayLike, length: ArrayLike, speed: ArrayLike) -> Float:
    """Hours driven on a section in one hour [veh·h]; length and speed share a unit."""
    return quotient(np.multiply(flow, length), speed)


def delay(
    flow: ArrayLike, length: ArrayLike, speed: ArrayLike, threshold: ArrayLike
) -> Float:
    """Vehicle-hours lost against a threshold speed in one hour, never negative.

    F·(L/v − L/v_threshold) of [PEMS].
    """
    lost = vehicle_hours(flow, length, speed) - vehicle_hours(flow, length, threshold)
    return np.maximum(lost, 0.0)
