"""What a store is handed: rows, positions, and one write of many records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sensors.ledger import NONE, Counts
from sensors.records import Batch, Refused, Tick
from streams.durable.machine import Saved

Field = int | float | str


class StoreUnavailableError(Exception):
    """The store cannot take or give anything now: wait and try again."""


class StoreFormatError(Exception):
    """The store's file or a row does not fit this program: a person must act."""


@dataclass(frozen=True, slots=True)
class Row:
    """One point: a measurement's fields at one time under its tags.

    Parameters
    ----------
    measurement
        A name of `stores.schema.MEASUREMENTS`.
    tags
        Tags by name; one that is absent is empty.
    time
        Start of the interval, or the moment [unix s].
    fields
        Fields by name; ``valid`` (1), ``revision`` (0) and ``origin`` are added where
        they are absent.
    """

    measurement: str
    tags: Mapping[str, str]
    time: int
    fields: Mapping[str, Field]


class Position(NamedTuple):
    """Where a record stood in Kafka."""

    topic: str
    partition: int
    epoch: int
    offset: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of one partition of a stage."""

    stage: str
    partition: int
    saved: Saved


Item = Batch | Tick | Refused | Row | Snapshot


@dataclass(frozen=True, slots=True)
class Taken:
    """What one Kafka record holds.

    Parameters
    ----------
    items
        Nothing, where the record only moves the position on.
    position
        None for what did not come from Kafka (a recomputation).
    arrived
        When Kafka had it [unix s].
    """

    items: tuple[Item, ...]
    position: Position | None = None
    arrived: int = 0


@dataclass(frozen=True, slots=True)
class Write:
    """What one cycle of a writer took: records in the order of their partitions."""

    records: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a commit did.

    Parameters
    ----------
    taken, skipped
        Records taken now, and records that had been taken before.
    counts
        What became of their readings.
    """

    taken: int = 0
    skipped: int = 0
    counts: Counts = NONE
