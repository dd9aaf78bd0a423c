"""When a queue is ùn tắc: slow, long and lasting, an event and never one interval.

The level of a segment is decided in `streams.calc.level`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from streams.calc.fixed import Bool, Float, Int8, Int64
from streams.calc.level import QUEUE


@dataclass(frozen=True, slots=True)
class JamPolicy:
    """Criteria proposed by the Ho Chi Minh City Department of Transport [HCMC-DOT].

    Whether they became binding is not known; they are configurable.

    Parameters
    ----------
    speed_below_kmh
        Mean speed of the stream, strictly below.
    lasting_s
        At least this long.
    queue_over_m
        Queue length, strictly above, or
    signal_delay_over_s
        delay per vehicle at a signal, strictly above.
    """

    speed_below_kmh: float = 10.0
    lasting_s: int = 1_800
    queue_over_m: float = 300.0
    signal_delay_over_s: float = 60.0


DEFAULT: Final = JamPolicy()


def un_tac(
    speed: ArrayLike,
    lasting_s: ArrayLike,
    queue_m: ArrayLike,
    signal_delay_s: ArrayLike = np.nan,
    policy: JamPolicy = DEFAULT,
) -> Bool:
    """Say where traffic is ùn tắc; what is not measured (NaN) proves nothing.

    Parameters
    ----------
    speed
        Mean speed of the stream [km/h].
    lasting_s
        How long it has been so [s].
    queue_m, signal_delay_s
        Queue length [m] and delay at the signal [s/veh].
    """
    slow = np.asarray(speed, dtype=np.float64) < policy.speed_below_kmh
    lasting = np.asarray(lasting_s) >= policy.lasting_s
    long = np.asarray(queue_m, dtype=np.float64) > policy.queue_over_m
    delayed = np.asarray(signal_delay_s, dtype=np.float64) > policy.signal_delay_over_s
    return np.asarray(slow & lasting & (long | delayed))


def is_jam(
    level: Int8,
    since: Int64,
    now: int,
    length_m: Float,
    speed: Float,
    *,
    policy: JamPolicy = DEFAULT,
) -> Bool:
    """Say which segments' queue has become a jam by `now` [s UTC].

    A queue is taken to fill its segment, so a segment of 300 m or less has none of
    its own: queues over several segments are joined elsewhere.

    Parameters
    ----------
    level, since
        Of `streams.calc.level.LevelState`.
    length_m
        Of the segment [m].
    speed
        [km/h], 0 where the queue stands.
    """
    lasting = un_tac(speed, now - since, length_m, policy=policy)
    return np.asarray((level == QUEUE) & lasting)
