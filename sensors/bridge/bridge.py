"""One bridge: gather, decode, produce, acknowledge, in this order and one at a time.

A message is acknowledged only after Kafka confirmed every record it led to, readings or
refusals; so a crash anywhere leads to a redelivery and never to a loss.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from sensors.batch import Columns, Sorter
from sensors.bridge.intake import Arrival, Intake
from sensors.bridge.numbering import Numbering
from sensors.bridge.output import Outgoing, Output, partition_of
from sensors.bridge.settings import BridgeSettings
from sensors.city import City
from sensors.decoders.thoang_v1 import Decoder
from sensors.mqtt import MqttSettings
from sensors.records import (
    PARTITIONS,
    QUARANTINE,
    READINGS,
    Batch,
    Refused,
    Tick,
    encode,
    encode_batch,
    encode_tick,
)
from sensors.topic import Topic

log = logging.getLogger(__name__)

MINUTE_S = 60


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
        self._newest: int | None = None
        self._said = 0.0
        self._count = 0
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
            while not self._stopping.is_set():
                await self._cycle()
        finally:
            self._intake.stop()
            self._numbering.keep(self._path)
            await self._output.stop()

    async def _cycle(self) -> None:
        arrivals = await self._intake.gather(self._patience())
        records = self._records(arrivals)
        tick = self._due_tick()
        if tick is not None:
            records += self._ticked(tick)
        await self._output.produce(records)
        self._intake.acknowledge(arrivals)
        self._count += len(arrivals)
        self._say_clock()

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
            )
            if tick is not None:
                records += self._batches()
                records += self._ticked(tick)
        records += self._batches()
        return records + [self._refused(refusal) for refusal in refusals]

    def _batches(self) -> list[Outgoing]:
        made = [
            Outgoing(
                READINGS,
                partition,
                None,
                encode_batch(
                    Batch(
                        self._city.id,
                        self._city.origin,
                        self._numbering.next(READINGS, partition, len(readings)),
                        readings,
                    )
                ),
            )
            for partition, readings in self._sorter.split(self._columns).items()
        ]
        self._columns.clear()
        return made

    def _ticked(self, time_: int) -> list[Outgoing]:
        """Return the tick for every partition; one that goes back says nothing."""
        if self._newest is not None and time_ <= self._newest:
            return []
        self._newest = time_
        city, origin = self._city.id, self._city.origin
        return [
            Outgoing(
                READINGS,
                number,
                None,
                encode_tick(
                    Tick(city, origin, self._numbering.next(READINGS, number, 0), time_)
                ),
            )
            for number in range(PARTITIONS)
        ]

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
        if self._newest is None or now - self._said < self._settings.clock_s:
            return
        self._said = now
        payload = msgspec.json.encode({"time": self._newest, "messages": self._count})
        self._intake.publish(str(Topic(self._city.id, "out/clock")), payload)
