"""The Faust app of a worker: its settings with the reasons, and how stages join it.

Which stages there are is `thoang.pipeline`'s affair; how they stay exact is
`streams.durable`'s.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import faust
from pydantic import BaseModel, ConfigDict, Field

from sensors.records import PARTITIONS, QUARANTINE, Refused, encode
from streams.durable import fetch
from streams.durable.machine import Emission, Place
from streams.durable.resume import FaustConsumer, Resume
from streams.durable.stage import Stage

log = logging.getLogger(__name__)

LARGEST_B = 8_000_000
FLUSH_S = 0.5


class WorkerSettings(BaseModel):
    """Choices of one worker.

    Parameters
    ----------
    bootstrap
        Address of the Kafka-protocol broker, ``host:port``.
    name
        Stable name of this worker: it comes back to its partitions without a
        rebalance.
    group
        Consumer group; every worker of a city has the same.
    alone
        Whether this is the only worker, in a group that it makes anew at each start: a
        known name costs Tansu 3 s more, a member that died 8 s. Nothing is lost by it,
        since reading goes on where the snapshots stand.
    folder
        Where Faust keeps its files.
    fetch_wait_ms
        How long the broker may hold back an answer while nothing is new [ms]. Tansu
        answers only after half of it, whatever arrives meanwhile.
    fetch_least_b
        How much it answers at once [B].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap: str
    name: str = "1"
    group: str = "thoang-worker"
    alone: bool = False
    folder: Path
    fetch_wait_ms: Annotated[int, Field(ge=1, le=5_000)] = 50
    fetch_least_b: Annotated[int, Field(ge=1)] = 1


def make_app(settings: WorkerSettings) -> Any:  # noqa: ANN401  # Faust has no types
    """Return the Faust app of a worker, without agents."""
    fetch.patch(settings.fetch_wait_ms, settings.fetch_least_b)
    return faust.App(
        settings.group,
        broker=f"kafka://{settings.bootstrap}",
        datadir=str(settings.folder),
        # State is in our own snapshots: nothing for RocksDB or a standby to do.
        store="memory://",
        table_standby_replicas=0,
        web_enabled=False,
        topic_partitions=PARTITIONS,
        # Topics are created, with their retention, before any worker starts.
        topic_allow_declare=False,
        # Joining takes half the session: 3 s instead of 30.
        broker_session_timeout=6.0,
        broker_heartbeat_interval=1.0,
        broker_commit_interval=1.0,
        broker_request_timeout=12.0,
        broker_rebalance_timeout=8.0,
        broker_max_poll_interval=60.0,
        stream_wait_empty=True,
        # "latest" would skip whatever came while nobody was there.
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=LARGEST_B,
        consumer_group_instance_id=None
        if settings.alone
        else f"{settings.group}-{settings.name}",
        producer_acks=-1,
        producer_linger=0.02,
        producer_max_request_size=LARGEST_B,
    )


class Sender:
    """Sends emissions through the app's producer, to explicit partitions.

    Parameters
    ----------
    app
        The Faust app.
    """

    def __init__(self, app: Any) -> None:  # noqa: ANN401
        self._app = app

    async def __call__(self, emission: Emission) -> Any:  # noqa: ANN401
        """Send; the answer can be awaited for the confirmation."""
        topic, partition, key, value = emission
        return await self._app.producer.send(topic, key, value, partition, None, None)


def raw_topic(app: Any, name: str, partitions: int) -> Any:  # noqa: ANN401
    """Return a topic of plain bytes."""
    return app.topic(
        name, partitions=partitions, key_serializer="raw", value_serializer="raw"
    )


def dead_letter(stage: str, city: str, origin: str) -> Callable[..., Emission]:
    """Return how a stage writes a record that broke its machine."""

    def write(place: Place, value: bytes, error: Exception) -> Emission:
        refused = Refused(
            id=f"{stage}-{place.epoch}-{place.partition}-{place.offset}",
            city=city,
            origin=origin,
            device="unknown",
            topic=f"{stage}/{place.partition}",
            stage=stage,
            reason="broke_the_stage",
            detail=f"record at offset {place.offset}: {error!r}. Report it as a bug",
            time=0,
            # Its readings are counted where they are stored, not here again.
            count=0,
            payload=value,
            length=len(value),
            sha256="",
            replayable=False,
        )
        return Emission(QUARANTINE, place.partition, b"", encode(refused))

    return write


def join(app: Any, stages: Sequence[Stage], ready: Callable[[], None]) -> Resume:  # noqa: ANN401
    """Register the stages' agents and what keeps them exact.

    Parameters
    ----------
    app
        The Faust app.
    stages
        The stages; several may read one topic.
    ready
        Called once the partitions are assigned and the agents run.

    Returns
    -------
    Resume
        What resumes reading.
    """
    consumer, resume = FaustConsumer(app), Resume(app, stages)
    app.on_partitions_assigned.connect(resume.install)
    for stage in stages:
        source = raw_topic(app, stage.source, PARTITIONS)
        app.agent(source, name=stage.name, concurrency=1)(_agent(stage, consumer))

    async def flush() -> None:
        for stage in stages:
            await stage.flush()
        if resume.assigned:
            ready()

    async def drain(*_: Any, **__: Any) -> None:  # noqa: ANN401  # a signal's arguments
        for stage in stages:
            await stage.drain()

    app.timer(FLUSH_S)(flush)
    app.on_before_shutdown.connect(drain)
    return resume


def _agent(stage: Stage, consumer: FaustConsumer) -> Callable[[Any], Any]:
    async def agent(stream: Any) -> None:  # noqa: ANN401
        await stage.agent(stream, consumer)

    return agent
