"""The embedded Kafka-protocol broker, for real."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from thoang.embedded import kafka
from thoang.embedded.kafka import Topic, TopicError
from thoang.embedded.ports import free_port

pytestmark = pytest.mark.embedded


@pytest.fixture
def bootstrap(tmp_path: Path) -> Iterator[str]:
    port = free_port(0)
    command = kafka.command(kafka.binary(tmp_path), port)
    with subprocess.Popen(  # noqa: S603 - the command under test
        command, stdout=subprocess.DEVNULL
    ) as broker:
        address = f"127.0.0.1:{port}"
        asyncio.run(_until_it_answers(address))
        yield address
        broker.terminate()


async def _until_it_answers(address: str) -> None:
    async with asyncio.timeout(10):
        while not await kafka.answers(address):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


async def _send(address: str, topic: str, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=address, acks="all")
    await producer.start()
    for value in values:
        await producer.send_and_wait(topic, value, partition=0)
    await producer.stop()


def test_absent_broker_does_not_answer() -> None:
    """Nobody listening means not ready, not an error."""
    assert not asyncio.run(kafka.answers(f"127.0.0.1:{free_port(0)}"))


def test_topics_are_created_with_their_partitions(bootstrap: str) -> None:
    """A created topic has its partitions, all empty; creating again changes nothing."""
    topics = [Topic("readings", 12), Topic("alerts", 1, {"cleanup.policy": "compact"})]
    asyncio.run(kafka.create_topics(bootstrap, topics))
    asyncio.run(kafka.create_topics(bootstrap, topics))
    ends = asyncio.run(kafka.end_offsets(bootstrap, ["readings", "alerts"]))
    assert len(ends) == 13
    assert set(ends.values()) == {0}


def test_asking_for_offsets_creates_no_topic(bootstrap: str) -> None:
    """An unknown topic stays unknown when its end is asked for."""
    assert asyncio.run(kafka.end_offsets(bootstrap, ["ghost"])) == {}
    assert asyncio.run(kafka.end_offsets(bootstrap, ["ghost"])) == {}


def test_end_is_behind_the_last_record_of_a_batch(bootstrap: str) -> None:
    """Records that came in one batch are all counted, though Tansu counts one."""

    async def send_three() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
        await producer.start()
        batch = producer.create_batch()
        for value in (b"1", b"2", b"3"):
            batch.append(key=None, value=value, timestamp=None)
        batch.close()
        await (await producer.send_batch(batch, "readings", partition=1))
        await producer.stop()

    asyncio.run(kafka.create_topics(bootstrap, [Topic("readings", 2)]))
    asyncio.run(send_three())
    ends = asyncio.run(kafka.end_offsets(bootstrap, ["readings"]))
    assert ends == {("readings", 0): 0, ("readings", 1): 3}


def test_topic_of_an_early_question_is_made_anew(bootstrap: str) -> None:
    """A topic that a client's question created with four partitions is corrected."""

    async def ask_early() -> int:
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
        await producer.start()
        partitions = await producer.partitions_for("readings")
        await producer.stop()
        return len(partitions)

    assert asyncio.run(ask_early()) == 4
    asyncio.run(kafka.create_topics(bootstrap, [Topic("readings", 12)]))
    assert len(asyncio.run(kafka.end_offsets(bootstrap, ["readings"]))) == 12


def test_topic_with_records_is_never_deleted(bootstrap: str) -> None:
    """Another number of partitions is an error once records are in the topic."""
    asyncio.run(kafka.create_topics(bootstrap, [Topic("readings", 2)]))
    asyncio.run(_send(bootstrap, "readings", [b"1"]))
    with pytest.raises(TopicError, match=r"2 partitions, wanted 12.*thoang migrate"):
        asyncio.run(kafka.create_topics(bootstrap, [Topic("readings", 12)]))


def test_lag_falls_as_a_group_commits(bootstrap: str) -> None:
    """Lag counts what is not committed, by the offsets that the broker keeps."""
    asyncio.run(kafka.create_topics(bootstrap, [Topic("readings", 2)]))
    asyncio.run(_send(bootstrap, "readings", [b"1", b"2", b"3"]))

    async def commit(offset: int) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap, group_id="writer", enable_auto_commit=False
        )
        await consumer.start()
        partition = TopicPartition("readings", 0)
        consumer.assign([partition])
        await consumer.commit({partition: offset})
        await consumer.stop()

    assert asyncio.run(kafka.lag(bootstrap, "writer", ["readings"])) == 3
    asyncio.run(commit(2))
    assert asyncio.run(kafka.lag(bootstrap, "writer", ["readings"])) == 1


def test_record_of_eight_megabytes_passes(bootstrap: str) -> None:
    """A snapshot may be as large as the worker's limits allow."""

    async def round_trip() -> int:
        producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap, max_request_size=8_000_000
        )
        await producer.start()
        sent = await producer.send_and_wait("big", b"x" * 7_900_000, partition=0)
        await producer.stop()
        return int(sent.offset)

    asyncio.run(kafka.create_topics(bootstrap, [Topic("big", 1)]))
    assert asyncio.run(round_trip()) == 0


def test_missing_executable_says_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A wrong override is named, with what to use instead."""
    monkeypatch.setenv("CALF_TANSU_BIN", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError, match=r"none.*--kafka HOST:PORT"):
        kafka.binary(tmp_path)
