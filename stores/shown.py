"""What a store shows besides rows, readings and results."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sensors.records import Refused


class Newest(NamedTuple):
    """The newest readings of a site.

    Parameters
    ----------
    end
        End of their interval [unix s].
    device
        The device that sent them (one of them, where several did).
    values
        Value by quantity name [10⁻⁶ of the canonical unit]; of several devices or
        lanes the first one's.
    """

    end: int
    device: str
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Loser:
    """A reading that lost to another of the same identity.

    Parameters
    ----------
    end, period
        End of its interval [unix s] and its length [s].
    value
        [10⁻⁶ of the canonical unit].
    arrived
        When Kafka had it [unix s].
    """

    site: str
    device: str
    channel: int
    quantity: str
    end: int
    period: int
    value: int
    flag: int
    revision: int
    arrived: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A refused message and what became of it.

    Parameters
    ----------
    times
        How often it came.
    replayed
        When it was last put through again [unix s]; 0 if never.
    """

    refused: Refused
    times: int = 1
    replayed: int = 0
