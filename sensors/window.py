"""Owns how far a fast publisher may run ahead of the bridge: bookkeeping, no socket.

The bridge publishes about once a second, retained, what it has confirmed: its newest
tick and how many messages. A tick that comes back is exact. The count is not: it holds
what others sent, starts again when the bridge restarts and misses what was confirmed
just before that. So it is used only while no tick of ours is on its way.
"""

from collections import deque

DEFAULT_WINDOW = 5_000
"""Messages that may be on their way between a publisher and the bridge."""


class Window:
    """Counts what is on its way.

    Parameters
    ----------
    limit
        How many messages may be on their way at once; at least 1.
    """

    def __init__(self, limit: int = DEFAULT_WINDOW) -> None:
        if limit < 1:
            message = f"a window is at least 1 message, got {limit}"
            raise ValueError(message)
        self._limit = limit
        self._sent = 0
        self._confirmed = 0
        self._ticks: deque[tuple[int, int]] = deque()
        self._time: int | None = None
        self._messages: int | None = None

    @property
    def sent(self) -> int:
        """Messages sent so far."""
        return self._sent

    @property
    def ahead(self) -> int:
        """Messages sent that the bridge is not known to have confirmed."""
        return self._sent - self._confirmed

    @property
    def is_open(self) -> bool:
        """Whether another message may be sent."""
        return self.ahead < self._limit

    @property
    def time(self) -> int | None:
        """Newest tick that the bridge has confirmed [unix s]; None if it is silent."""
        return self._time

    def count(self, tick: int | None = None) -> None:
        """Count a message that is being sent, and its time where it is a tick."""
        self._sent += 1
        # A tick no newer than the bridge's clock can tell nothing when it comes back.
        if tick is not None and (self._time is None or tick > self._time):
            self._ticks.append((tick, self._sent))

    def clock(self, time: int, messages: int) -> None:
        """Take what the bridge says.

        Parameters
        ----------
        time
            Newest tick that it has confirmed [unix s].
        messages
            Messages that it has confirmed since it started, of any publisher.
        """
        if not self._ticks:
            self._counted(messages)
        self._messages = messages
        self._time = time if self._time is None else max(time, self._time)
        while self._ticks and self._ticks[0][0] <= time:
            self._confirm(self._ticks.popleft()[1])

    def _counted(self, messages: int) -> None:
        if self._messages is None:
            return
        if messages < self._messages:  # it started anew and takes up what it left
            self._confirmed = self._sent
        else:
            self._confirm(self._confirmed + messages - self._messages)

    def _confirm(self, sent: int) -> None:
        self._confirmed = max(self._confirmed, min(sent, self._sent))
