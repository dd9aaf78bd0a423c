"""Resumes reading where the snapshots stand, whatever offset was committed."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from faust.types import TP

from streams.durable.stage import Stage

log = logging.getLogger(__name__)


class FaustConsumer:
    """Faust's consumer, as far as a stage needs it.

    Parameters
    ----------
    app
        The Faust app; its consumer exists only once it has started.
    """

    def __init__(self, app: Any) -> None:  # noqa: ANN401  # Faust has no types
        self._app = app

    async def seek(self, topic: str, partition: int, offset: int) -> None:
        """Read on from `offset`."""
        await self._app.consumer.seek_wait({TP(topic, partition): offset})

    async def earliest(self, topic: str, partition: int) -> int:
        """Return the earliest offset still kept."""
        tp = TP(topic, partition)
        return int((await self._app.consumer.earliest_offsets(tp))[tp])


class Resume:
    """Wraps the app's `perform_seek`, which Faust calls after every other hook.

    A seek anywhere else is undone by it. Recovery of the stages happens here too, since
    this is the one moment when the assignment is settled and nothing is delivered yet.

    Parameters
    ----------
    app
        The Faust app.
    stages
        All stages of the worker.
    """

    def __init__(self, app: Any, stages: Sequence[Stage]) -> None:  # noqa: ANN401
        self._app = app
        self._stages = stages
        self._wrapped: Any = None
        self.assigned = False

    async def install(self, *_: Any, **__: Any) -> None:  # noqa: ANN401
        """Wrap the consumer's `perform_seek`; a signal handler of the app."""
        consumer = self._app.consumer
        if consumer is self._wrapped:
            return
        self._wrapped, original = consumer, consumer.perform_seek

        async def perform_seek() -> None:
            await original()
            await self._seek(consumer)

        consumer.perform_seek = perform_seek

    async def _seek(self, consumer: Any) -> None:  # noqa: ANN401
        assignment = consumer.assignment()
        asked: dict[TP, list[int | None]] = {}
        for stage in self._stages:
            owned = sorted(
                tp.partition for tp in assignment if tp.topic == stage.source
            )
            stage.recover(owned)
            for number, offset in stage.wanted().items():
                asked.setdefault(TP(stage.source, number), []).append(offset)
        earliest = await self._earliest(consumer, asked)
        wanted = {
            tp: min(earliest[tp] if offset is None else offset for offset in offsets)
            for tp, offsets in asked.items()
        }
        if wanted:
            await consumer.seek_wait(wanted)
            for tp, offset in wanted.items():
                # Otherwise Faust sees a commit going backwards and commits no more.
                consumer._committed_offset[tp] = offset  # noqa: SLF001
        self.assigned = bool(wanted)

    async def _earliest(
        self,
        consumer: Any,  # noqa: ANN401
        asked: Mapping[TP, Sequence[int | None]],
    ) -> dict[TP, int]:
        """Ask, all at once, where the partitions begin for which that matters."""
        unknown = [tp for tp, offsets in asked.items() if None in offsets]
        if not unknown:
            return {}
        found = await consumer.earliest_offsets(*unknown)
        return {tp: int(found.get(tp) or 0) for tp in unknown}
