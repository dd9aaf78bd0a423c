"""What became of every reading: the counts, a device at a time, and their balance.

How they are counted from durable records is the stores' affair.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

UNKNOWN = "unknown"
"""The device of a message that names none."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Readings by what became of them.

    Parameters
    ----------
    received
        Came in from MQTT; what the broker handed over twice is received once.
    stored
        Stand in the store, late ones and both sides of a conflict included.
    quarantined
        Refused with a reason; an undecodable message counts 1.
    duplicate
        Same identity, same value, sent again by the device.
    late
        Of the stored: older than the lateness when they came.
    conflicts
        Of the stored: same identity as another, other value.
    lost
        Taken by a broker that died with them.
    redelivered
        Handed over again by the MQTT broker; not received again.
    expired
        Of the stored: deleted by retention.
    """

    received: int = 0
    stored: int = 0
    quarantined: int = 0
    duplicate: int = 0
    late: int = 0
    conflicts: int = 0
    lost: int = 0
    redelivered: int = 0
    expired: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(
            *(getattr(self, name) + getattr(other, name) for name in COUNTED)
        )

    @property
    def in_flight(self) -> int:
        """Received and not yet accounted for; 0 at rest."""
        accounted = self.stored + self.quarantined + self.duplicate + self.lost
        return self.received - accounted


COUNTED = tuple(field.name for field in fields(Counts))
NONE = Counts()
"""Nothing counted."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The counts of every device, and in total.

    Parameters
    ----------
    devices
        Counts by device; what has no device stands under `UNKNOWN`.
    claimed
        Readings that the bridges say they sent on, redelivered ones included.
    lost
        Readings missing between two batches of one bridge run; whose they were went
        with them.
    """

    devices: Mapping[str, Counts]
    claimed: int = 0
    lost: int = 0

    @property
    def total(self) -> Counts:
        """All devices together, and what was lost.

        `received` is what the bridges claim, so that `in_flight` shows what has not
        come out at the other end.
        """
        devices = sum(self.devices.values(), NONE)
        received = self.claimed - devices.redelivered
        return devices + Counts(received=received - devices.received, lost=self.lost)

    @property
    def balances(self) -> bool:
        """Whether every reading received is accounted for."""
        devices = (counts.in_flight for counts in self.devices.values())
        return self.total.in_flight == 0 and not any(devices)


@dataclass(frozen=True, slots=True)
class Finding:
    """One count of an audit: what the ledger says and what was found.

    Parameters
    ----------
    what
        Count that was taken again, e.g. ``stored``.
    device
        Device, or empty for the total.
    said, found
        The ledger's number and the recount's.
    """

    what: str
    device: str
    said: int
    found: int


@dataclass(frozen=True, slots=True)
class Audit:
    """A recount of the ledger from the rows themselves.

    Parameters
    ----------
    ledger
        The ledger at the moment of the recount.
    stored, quarantined
        Readings recounted from the reading rows and from the quarantine.
    wrong
        Every count where ledger and recount differ.
    """

    ledger: Ledger
    stored: int
    quarantined: int
    wrong: tuple[Finding, ...] = ()

    @property
    def balances(self) -> bool:
        """Whether the ledger balances and the rows agree with it."""
        return self.ledger.balances and not self.wrong
