"""Options of the store and of its writer."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Days = Annotated[int, Field(ge=1, le=36_500)]


class StoreSettings(BaseModel):
    """Where the embedded store is and how long it keeps what.

    Parameters
    ----------
    path
        The SQLite file; its folder must exist.
    raw_days
        Days that readings are kept; None keeps them for good.
    derived_days
        Days that results, alerts and notices are kept; None keeps them for good.
    kept_cities
        Cities that retention passes over, such as that of a replayed history (a city
        whose origin is ``replay`` is always passed over).
    lateness_s
        A reading older than the newest tick by more than this is late [s].
    busy_s
        How long to wait for another process that is writing [s].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    raw_days: Days | None = 90
    derived_days: Days | None = None
    kept_cities: tuple[str, ...] = ()
    lateness_s: Annotated[int, Field(ge=0, le=7 * 86_400)] = 10_800
    busy_s: Annotated[float, Field(ge=0, le=600)] = 10.0


class WriterSettings(BaseModel):
    """How the writer takes records from Kafka.

    Parameters
    ----------
    bootstrap
        Kafka's address, ``host:port``.
    group
        Consumer group.
    alone
        Whether this is the only writer: it then takes every partition at once, where
        the members of a group wait for each other (on the embedded broker 3 s at the
        start, 11 s after a crash).
    epoch
        Epoch of the log; an in-memory broker has a new one whenever it starts.
    topics
        Topics to read.
    readings
        Readings that are gathered at most before a commit.
    wait_s
        Longest time that a record waits for others before a commit [s].
    busy, busy_wait_s
        When more readings and rows than `busy` came in that time, they wait for others
        this long [s]: a backlog is taken in fewer, larger commits.
    retry_s, retry_most_s
        First and longest wait before an unavailable store is tried again [s].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap: str
    group: str = "writer"
    alone: bool = False
    epoch: Annotated[int, Field(ge=0)] = 0
    topics: Annotated[tuple[str, ...], Field(min_length=1)]
    readings: Annotated[int, Field(ge=1, le=1_000_000)] = 5_000
    wait_s: Annotated[float, Field(gt=0, le=10)] = 0.1
    busy: Annotated[int, Field(ge=1, le=1_000_000)] = 250
    busy_wait_s: Annotated[float, Field(gt=0, le=10)] = 0.4
    retry_s: Annotated[float, Field(gt=0, le=60)] = 0.25
    retry_most_s: Annotated[float, Field(gt=0, le=600)] = 10.0
