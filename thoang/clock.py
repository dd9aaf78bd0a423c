"""What time it is in a city, for whoever shows how old things are."""

import time
from collections.abc import Callable

PRESENT_S = 300
"""Event time this near to the real time is the present [s]."""


class CityClock:
    """The real time of a city that lives in the present, else its event time.

    A simulated city first fills its past: until it has arrived in the present, its
    ticks are its time. From then on the real time is, also when its senders die:
    otherwise nothing would grow old. A replayed history never arrives.

    Parameters
    ----------
    newest_tick
        Event time of the city [unix s]; None before the first tick, or where the wall's
        clock counts.
    real
        The real time [unix s].
    """

    def __init__(
        self,
        newest_tick: Callable[[], int | None],
        real: Callable[[], float] = time.time,
    ) -> None:
        self._newest_tick = newest_tick
        self._real = real
        self._arrived = False

    def __call__(self) -> int:
        """Return the city's time [unix s]."""
        real = int(self._real())
        if self._arrived:
            return real
        tick = self._newest_tick()
        if tick is None:
            return real
        self._arrived = abs(real - tick) < PRESENT_S
        return real if self._arrived else tick
