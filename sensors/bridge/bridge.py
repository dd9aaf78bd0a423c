"""One bridge: gather, decode, produce, acknowledge, in this order and one at a time.

A message is acknowledged only after Kafka confirmed every record it led to, readings or
refusals; so a crash anywhere leads to a redelivery and never to a loss.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np

from sensors.batch import Columns, Sorter
from sensors.bridge.clock import ClockFile
from sensors.bridge.intake import Arrival, Intake
from sensors.bridge.numbering import Numbering
from sensors.bridge.output import Outgoing, Output, partition_of
from sensors.bridge.settings import BridgeSettings
from sensors.city import City
from sensors.decoders.thoang_v1 import Decoder
from sensors.mqtt import MqttSettings
from sensors.reading import COLUMNS, ReadingBatch
from sensors.records import (
    PARTITIONS,
    QUARANTINE,
    READINGS,
    Batch,
    Provenance,
    Refused,
    Tick,
    encode,
    encode_batch,
    encode_tick,
)
from sensors.topic import Topic, out_prefix

log = logging.getLogger(__name__)

MINUTE_S = 60
NOTHING = ReadingBatch(
    sites=(),
    devices=(),
    **{name: np.zeros(0, dtype) for name, dtype in COLUMNS.items()},
)
CLOCK_MESSAGES = 1_000
"""The clock is published again after so many messages at the latest."""


class Bridge:
    """Carries one city's messages from MQTT to Kafka.

    Parameters
    ----------
    city
        The city.
    mqtt, bootstrap
        Addresses of the two brokers.
    settings
        Choices of the bridge.
    numbering_path
        File that keeps the numbering over a stop in good order.
    clock
        The real time [unix s]; the only clock of the pipeline.
    """

    def __init__(
        self,
        city: City,
        mqtt: MqttSettings,
        bootstrap: str,
        settings: BridgeSettings,
        *,
        numbering_path: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._city = city
        self._settings = settings
        self._path = numbering_path
        self._clock = clock
        self._intake = Intake(mqtt, settings, city.id)
        self._output = Output(bootstrap)
        self._decoder = Decoder(city)
        self._sorter = Sorter(city.devices, partition_of)
        self._columns = Columns()
        self._numbering = Numbering.resumed(
            settings.name, numbering_path, int(clock() * 1e9)
        )
        self._kept = ClockFile(
            numbering_path.with_name(f"{settings.name}-clock.json"), city.id
        )
        self._newest = self._kept.read() if city.clock == "messages" else None
        self._due = 0
        self._before: Mapping[int, int] = {}
        self._said = 0.0
        self._count = self._said_count = 0
        self._out = out_prefix(city.id)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Finish the cycle that is under way, then leave."""
        self._stopping.set()

    async def run(self, ready: Callable[[], None]) -> None:
        """Carry messages until `stop`; `ready` is called once subscribed."""
        await self._output.start()
        self._intake.start()
        try:
            await self._intake.subscribed.wait()
            ready()
            await self._output.produce(self._ends())
            while not self._stopping.is_set():
                await self._cycle()
            self._numbering.keep(self._path, clean=True)
        finally:
            self._intake.stop()
            await self._output.stop()

    async def _cycle(self) -> None:
        arrivals = await self._intake.gather(self._patience())
        records = self._records(arrivals)
        await self._output.produce(records)
        # Before the acknowledgement: what is acknowledged does not come again.
        if records:
            self._numbering.keep(self._path, clean=False)
        if self._city.clock == "messages":
            self._kept.keep(self._newest)
        self._intake.acknowledge(arrivals)
        self._count += sum(
            not arrival.topic.startswith(self._out) for arrival in arrivals
        )
        self._say_clock()

    def _ends(self) -> list[Outgoing]:
        """Say how far the run before came, where it did not stop in good order."""
        return [
            Outgoing(READINGS, last.partition, None, self._end(last.provenance))
            for last in self._numbering.left
            if last.topic == READINGS
        ]

    def _end(self, provenance: Provenance) -> bytes:
        return encode_batch(
            Batch(self._city.id, self._city.origin, provenance, NOTHING)
        )

    def _patience(self) -> float:
        """Wait at the longest until the next thing is due [s]."""
        return min(self._settings.clock_s, MINUTE_S - self._clock() % MINUTE_S + 0.001)

    def _now(self) -> int | None:
        return int(self._clock()) if self._city.clock == "wall" else self._newest

    def _due_tick(self) -> int | None:
        if self._city.clock != "wall":
            return None
        minute = int(self._clock()) // MINUTE_S * MINUTE_S
        return minute if self._newest is None or minute > self._newest else None

    def _records(self, arrivals: list[Arrival]) -> list[Outgoing]:
        """Decode messages; a tick goes behind what came before it."""
        records: list[Outgoing] = []
        refusals: list[Refused] = []
        for arrival in arrivals:
            tick = self._decoder.decode(
                arrival.topic,
                arrival.payload,
                now=self._now(),
                redelivered=arrival.redelivered,
                into=self._columns,
                refusals=refusals,
                wall=int(self._clock()),
            )
            if tick is not None:
                records += self._ticked(tick)
        records += self._ticked(self._due_tick() or 0) + self._flushed()
        return records + [self._refused(refusal) for refusal in refusals]

    def _ticked(self, time_: int) -> list[Outgoing]:
        """Note that event time is `time_` behind the readings so far.

        A record holds one tick: what holds one already is returned. A tick that goes
        back says nothing.
        """
        if time_ <= (self._newest or 0):
            return []
        records = self._flushed() if self._due else []
        self._newest = self._due = time_
        self._before = self._sorter.counts(self._columns)
        return records

    def _flushed(self) -> list[Outgoing]:
        """Return the readings so far and, in every partition, the tick among them."""
        tick, self._due = self._due, 0
        batches = self._sorter.split(self._columns)
        self._columns.clear()
        records = [self._batch(n, readings, tick) for n, readings in batches.items()]
        if tick:
            others = set(range(PARTITIONS)) - set(batches)
            records += [self._tick(number, tick) for number in sorted(others)]
        return records

    def _batch(self, partition: int, readings: ReadingBatch, tick: int) -> Outgoing:
        number = self._numbering.next(READINGS, partition, len(readings))
        batch = Batch(
            *(self._city.id, self._city.origin, number, readings, tick),
            before=self._before.get(partition, 0) if tick else None,
        )
        return Outgoing(READINGS, partition, None, encode_batch(batch))

    def _tick(self, partition: int, time_: int) -> Outgoing:
        number = self._numbering.next(READINGS, partition, 0)
        tick = Tick(self._city.id, self._city.origin, number, time_)
        return Outgoing(READINGS, partition, None, encode_tick(tick))

    def _refused(self, refusal: Refused) -> Outgoing:
        partition = partition_of(refusal.device)
        provenance = self._numbering.next(QUARANTINE, partition, refusal.count)
        numbered = msgspec.structs.replace(refusal, provenance=provenance)
        return Outgoing(
            QUARANTINE, partition, refusal.device.encode(), encode(numbered)
        )

    def _say_clock(self) -> None:
        """Publish how far the city's clock is, for whoever sends faster than life."""
        now = self._clock()
        due = now - self._said >= self._settings.clock_s
        due = due or self._count - self._said_count >= CLOCK_MESSAGES
        if self._newest is None or not due:
            return
        self._said, self._said_count = now, self._count
        payload = msgspec.json.encode({"time": self._newest, "messages": self._count})
        self._intake.publish(str(Topic(self._city.id, "out/clock")), payload)
