"""Owns what the page and the API need to know; where it is kept is left to adapters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sensors.ledger import Ledger
from streams.results import AirQuality, Congestion


@dataclass(frozen=True, slots=True)
class RawReading:
    """The newest values that came from a site.

    Parameters
    ----------
    observed
        End of the newest interval [unix s].
    values
        Value by quantity [10⁻⁶ of the canonical unit].
    """

    observed: int
    values: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notice, as far as readers see it.

    Parameters
    ----------
    id
        Deterministic id of the notice.
    kind
        ``raise``, ``change`` or ``clear``.
    rule
        Id of the rule that led to it.
    area
        Area or site that it is about.
    severity
        CAP severity code, such as ``Moderate``.
    headline, text, instruction
        Words by language.
    sent, expires
        [unix s]; `expires` is 0 where it has no end.
    active
        Whether it still holds.
    origin
        ``live``, ``simulated`` or ``replay``.
    """

    id: str
    kind: str
    rule: str
    area: str
    severity: str
    headline: Mapping[str, str]
    text: Mapping[str, str]
    instruction: Mapping[str, str]
    sent: int
    expires: int = 0
    active: bool = True
    origin: str = "live"


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

    def roads(self) -> Mapping[str, Congestion]:
        """Return each road segment's newest result."""
        ...

    def roads_of(self, site: str, since: int) -> Sequence[Congestion]:
        """Return one road segment's results ending after `since`, oldest first."""
        ...

    def readings(self) -> Mapping[str, RawReading]:
        """Return each site's newest readings."""
        ...

    def notices(self, since: int) -> Sequence[Announcement]:
        """Return the notices sent after `since` [unix s], newest first."""
        ...

    def ledger(self) -> Ledger:
        """Return where every reading ended, by device and in total."""
        ...

    def checks(self, now: int) -> Sequence[Check]:
        """Return the state of the store and of the processes that write to it."""
        ...
