"""A stage loses nothing and applies nothing twice, whatever is delivered."""

import asyncio
import zlib
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sensors.records import UnknownVersionError
from streams.durable.machine import Emission, Place, Saved
from streams.durable.stage import Stage, StagePolicy


class Sum:
    """Adds numbers up; says each sum."""

    def __init__(self) -> None:
        self.total = 0

    def apply(self, value: bytes, place: Place) -> Sequence[Emission]:
        """Add one number."""
        if value == b"new":
            message = "of tomorrow"
            raise UnknownVersionError(message)
        self.total += int(value)
        return [Emission("out", place.partition, b"", b"%d" % self.total)]

    def restate(self, epoch: int) -> Sequence[Emission]:
        """Say the sum again."""
        return [Emission("out", 0, b"", b"again %d in %d" % (self.total, epoch))]

    def dump(self) -> bytes:
        """Return the sum."""
        return b"%d" % self.total

    def load(self, state: bytes) -> None:
        """Take a sum over."""
        self.total = int(state)


class Memory:
    """Keeps snapshots in memory."""

    def __init__(self) -> None:
        self.saved: dict[int, Saved] = {}

    def load(self, stage: str, partitions: Iterable[int]) -> Mapping[int, Saved]:
        """Return what is kept."""
        assert stage == "sum"
        return {n: self.saved[n] for n in partitions if n in self.saved}

    async def save(self, stage: str, saved: Mapping[int, Saved]) -> None:
        """Keep snapshots."""
        assert stage == "sum"
        self.saved |= saved

    def states(self) -> dict[int, tuple[int, int, int]]:
        """Return epoch, offset and sum of each partition."""
        return {
            n: (s.epoch, s.offset, int(zlib.decompress(s.state)))
            for n, s in self.saved.items()
        }


class Log:
    """A log of one partition, read by offset, and who seeks in it."""

    def __init__(self, values: Sequence[bytes], first: int = 0) -> None:
        self.values, self.first, self.next = values, first, first
        self.acked: list[int] = []

    async def seek(self, topic: str, partition: int, offset: int) -> None:
        """Read on from an offset."""
        assert (topic, partition) == ("in", 0)
        self.next = offset

    async def earliest(self, topic: str, partition: int) -> int:
        """Return the first offset kept."""
        assert (topic, partition) == ("in", 0)
        return self.first

    def event(self, offset: int) -> Any:
        """Return the record at an offset as Faust would hand it over."""
        message = SimpleNamespace(partition=0, offset=offset, value=self.values[offset])
        return SimpleNamespace(message=message, ack=lambda: self.acked.append(offset))


def _stage(
    keeper: Memory, sent: list[bytes], epoch: int = 0, records: int = 3
) -> Stage:
    async def send(emission: Emission) -> Any:
        sent.append(emission.value)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    return Stage(
        "sum",
        "in",
        build=lambda _: Sum(),
        keeper=keeper,
        send=send,
        dead=lambda place, value, error: Emission(
            "dead",
            place.partition,
            b"",
            b"dead " + value + type(error).__name__.encode(),
        ),
        epoch=epoch,
        policy=StagePolicy(records=records, seconds=1e9, seek_seconds=0),
        monotonic=lambda: 0.0,
    )


@given(
    count=st.integers(1, 40),
    crashes=st.lists(st.integers(0, 60), max_size=4),
    seed=st.randoms(),
)
def test_crashes_and_skips_anywhere_lead_to_the_exact_sum(
    count: int, crashes: list[int], seed: Random
) -> None:
    """Killed, redelivered, records skipped by the broker: every number counts once."""

    async def run() -> None:
        log, keeper, sent = Log([b"%d" % n for n in range(count)]), Memory(), []
        stage, step = _stage(keeper, sent), 0
        stage.recover([0])
        log.next = stage.wanted()[0] or 0
        while stage.partitions[0].offset < count - 1:
            step += 1
            if step in crashes:
                stage = _stage(keeper, sent)
                stage.recover([0])
                log.next = stage.wanted()[0] or 0
            elif seed.random() < 0.1 and stage.partitions[0].known and step < 500:
                log.next = min(count - 1, log.next + seed.randint(1, 3))
            offset = min(log.next, count - 1)
            log.next = offset + 1
            await stage.take(log.event(offset), log)
        await stage.drain()
        assert keeper.states() == {0: (0, count - 1, sum(range(count)))}
        assert {int(value) for value in sent} >= {
            sum(range(n + 1)) for n in range(count)
        }

    asyncio.run(run())


def test_nothing_is_acknowledged_before_its_snapshot() -> None:
    """Three records a snapshot: after two nothing, after three all of them."""

    async def run() -> None:
        log, keeper, sent = Log([b"1"] * 3), Memory(), []
        stage = _stage(keeper, sent)
        stage.recover([0])
        for offset in range(2):
            await stage.take(log.event(offset), log)
        assert (log.acked, keeper.saved) == ([], {})
        await stage.take(log.event(2), log)
        assert log.acked == [0, 1, 2]
        assert keeper.states() == {0: (0, 2, 3)}

    asyncio.run(run())


def test_a_record_that_breaks_the_machine_goes_to_the_dead_letters() -> None:
    """It is told of, and the records behind it are applied."""

    async def run() -> None:
        log, keeper, sent = Log([b"1", b"x", b"2"]), Memory(), []
        stage = _stage(keeper, sent)
        stage.recover([0])
        for offset in range(3):
            await stage.take(log.event(offset), log)
        assert sent == [b"1", b"dead xValueError", b"3"]
        assert log.acked == [0, 1, 2]

    asyncio.run(run())


def test_an_unknown_version_stops_the_partition() -> None:
    """What a newer program wrote is neither guessed at nor passed over."""

    async def run() -> None:
        log, keeper, sent = Log([b"1", b"new", b"2"]), Memory(), []
        stage = _stage(keeper, sent)
        stage.recover([0])
        for offset in range(3):
            await stage.take(log.event(offset), log)
        await stage.drain()
        assert keeper.states() == {0: (0, 0, 1)}
        assert log.acked == [0]

    asyncio.run(run())


def test_what_retention_took_is_counted() -> None:
    """The stage goes on from the earliest record and says how many are gone."""

    async def run() -> None:
        log, keeper, sent = Log([b"1"] * 9, first=6), Memory(), []
        keeper.saved[0] = Saved(0, 2, zlib.compress(b"3"))
        stage = _stage(keeper, sent)
        stage.recover([0])
        await stage.take(log.event(7), log)
        assert (stage.lost, log.next) == (3, 6)
        for offset in range(6, 9):
            await stage.take(log.event(offset), log)
        assert keeper.states() == {0: (0, 8, 6)}

    asyncio.run(run())


def test_a_new_log_keeps_the_state_and_says_it_again() -> None:
    """A broker that lost its log begins at 0; the state stays."""

    async def run() -> None:
        keeper, sent = Memory(), []
        keeper.saved[0] = Saved(1, 41, zlib.compress(b"100"))
        log = Log([b"5"] * 3)
        stage = _stage(keeper, sent, epoch=2)
        stage.recover([0])
        assert stage.wanted() == {0: None}
        for offset in range(3):
            await stage.take(log.event(offset), log)
        assert sent == [b"again 100 in 2", b"105", b"110", b"115"]
        assert keeper.states() == {0: (2, 2, 115)}

    asyncio.run(run())
