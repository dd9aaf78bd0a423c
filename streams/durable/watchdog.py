"""Ends a worker that has stalled: records wait, and none is taken.

Faust can stall without a word after a rebalance or a broker's absence. The watchdog
runs in a thread and a loop of its own, so that it sees the main loop stall too; the
supervisor starts the worker again.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.durable.stage import Stage

log = logging.getLogger(__name__)

LOOK_S = 3.0
STALLED_S = 15.0


class Progress:
    """Decides whether a worker has stalled, from what waits and what was taken.

    Parameters
    ----------
    stalled_s
        How long nothing may be taken while records wait [s].
    """

    def __init__(self, stalled_s: float = STALLED_S) -> None:
        self._stalled_s = stalled_s
        self._taken = -1
        self._since = 0.0

    def stalled(self, waiting: int, taken: int, now: float) -> bool:
        """Whether records have waited too long by `now` [s] with none taken.

        Parameters
        ----------
        waiting
            Records that wait.
        taken
            Any number that rises with each record taken.
        """
        if waiting <= 0 or taken != self._taken:
            self._taken, self._since = taken, now
            return False
        return now - self._since >= self._stalled_s


def offsets(stages: Sequence[Stage]) -> Mapping[tuple[str, int], int]:
    """Return the least offset taken of each source partition that is not blocked."""
    taken: dict[tuple[str, int], int] = {}
    for stage in stages:
        for number, partition in list(stage.partitions.items()):
            if not partition.blocked and partition.known:
                key = (stage.source, number)
                taken[key] = min(partition.offset, taken.get(key, partition.offset))
    return taken


class Watchdog:
    """Watches the stages of one worker.

    Parameters
    ----------
    bootstrap
        Address of the broker.
    stages
        The worker's stages.
    leave
        Ends the process.
    """

    def __init__(
        self,
        bootstrap: str,
        stages: Sequence[Stage],
        leave: Callable[[int], Any] = os._exit,
    ) -> None:
        self._bootstrap = bootstrap
        self._stages = stages
        self._leave = leave

    def start(self) -> None:
        """Watch in a thread that ends with the process."""
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def _run(self) -> None:
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        progress, loop = Progress(), asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_S)
            taken = offsets(self._stages)
            try:
                waiting = await self._waiting(taken)
            except (KafkaError, OSError):
                continue  # a broker that is away is no stall of ours
            if progress.stalled(waiting, sum(taken.values()), loop.time()):
                log.critical("%d records wait and none is taken: restarting", waiting)
                self._leave(1)

    async def _waiting(self, taken: Mapping[tuple[str, int], int]) -> int:
        if not taken:
            return 0
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap)
        await consumer.start()
        try:
            places = {TopicPartition(*key): offset for key, offset in taken.items()}
            ends = await consumer.end_offsets(list(places))
        finally:
            await consumer.stop()
        return sum(max(0, ends[tp] - 1 - offset) for tp, offset in places.items())
