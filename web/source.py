"""Owns what the page and the API need to know; where it is kept is left to adapters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from alerts.notice import Notice
from sensors.ledger import Ledger
from stores.shown import Newest
from streams.results import AirQuality, Congestion


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is well or not."""

    name: str
    ok: bool
    detail: str = ""
    at: int = 0


class Source(Protocol):
    """What was stored, as the page asks for it. Every answer is read afresh."""

    def air(self, since: int) -> Mapping[str, Sequence[AirQuality]]:
        """Return each station's hourly results ending after `since`, oldest first."""
        ...

    def air_of(self, site: str, since: int) -> Sequence[AirQuality]:
        """Return one station's hourly results ending after `since`, oldest first."""
        ...

    def days_of(self, site: str, since: int) -> Sequence[AirQuality]:
        """Return one station's daily results ending after `since`, oldest first."""
        ...

    def roads(self) -> Mapping[str, Congestion]:
        """Return each road segment's newest result."""
        ...

    def roads_of(self, site: str, since: int) -> Sequence[Congestion]:
        """Return one road segment's results ending after `since`, oldest first."""
        ...

    def readings(self) -> Mapping[str, Newest]:
        """Return each site's newest readings."""
        ...

    def notices(self, since: int) -> Sequence[Notice]:
        """Return the notices whose time is after `since` [unix s], newest first."""
        ...

    def ledger(self) -> Ledger:
        """Return where every reading ended, by device and in total."""
        ...

    def checks(self, now: int) -> Sequence[Check]:
        """Return the state of the store and of the processes that write to it."""
        ...
