"""Owns what a channel is and how it fails; which notices it gets is the notifier's."""

from collections.abc import Sequence
from typing import Protocol

from alerts.notice import Notice


class NotifierUnavailable(Exception):  # noqa: N818  # named for what the catcher does
    """The channel cannot send now: wait `retry_after` [s] and send again."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NoticeRefused(Exception):  # noqa: N818  # as above
    """The channel will never take this notice: record it and go on."""


class Notifier(Protocol):
    """One channel."""

    @property
    def channel(self) -> str:
        """Its name, as rules write it in `channels`."""

    @property
    def leaves_machine(self) -> bool:
        """Whether it reaches people outside: then only live notices, unless asked."""

    async def send(self, notice: Notice) -> None:
        """Send a notice; the same one again is harmless.

        Raises
        ------
        NotifierUnavailable
            When it may work later.
        NoticeRefused
            When it never will.
        """

    async def expire(self, city: str, areas: Sequence[str], now: int) -> None:
        """Take back what no longer holds; a channel that keeps nothing does nothing.

        Parameters
        ----------
        city
            Id of the city.
        areas
            Areas that may still show what an earlier process said.
        now
            Event time [unix s].

        Raises
        ------
        NotifierUnavailable
            When it may work later; what was not taken back stays due.
        """
