"""Owns one run of a city: the supervisor, its status file and the broker's swaps."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from thoang.embedded import kafka
from thoang.supervisor import status
from thoang.supervisor.epoch import Epoch
from thoang.supervisor.plan import CityRun, Wiring, environment, processes
from thoang.supervisor.process import Event, Say
from thoang.supervisor.status import Counts
from thoang.supervisor.supervisor import Supervisor
from thoang.supervisor.swap import Swapper, SwapPolicy


class Session:
    """A run of a city.

    Parameters
    ----------
    run
        What is asked for.
    wiring
        Topics, and when the broker is drained.
    policy
        When the embedded Kafka-protocol broker is swapped.
    say
        Told of everything that people may want to read.
    """

    def __init__(
        self, run: CityRun, wiring: Wiring, policy: SwapPolicy, say: Say
    ) -> None:
        self._run, self._wiring = run, wiring
        self._epoch = Epoch(run.folder)
        self.supervisor = Supervisor(
            processes(run, wiring, self._epoch),
            run.folder,
            say,
            lambda: environment(run, self._epoch),
        )
        self._swapper = Swapper(self.supervisor, policy, self._drained, say)

    async def live(
        self, stop: asyncio.Event, *beside: Callable[[], Awaitable[None]]
    ) -> Event | None:
        """Run until `stop`; return what was wrong when it ended by itself.

        Parameters
        ----------
        stop
            Ends the run within 5 s.
        beside
            Run along and cancelled at the end.
        """
        if self._run.kafka_bootstrap:
            await kafka.create_topics(self._run.bootstrap, self._wiring.topics)
        tasks = [asyncio.ensure_future(_await(each)) for each in self._beside(*beside)]
        try:
            await self.supervisor.run(stop)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            status.write(self._run.folder / "status.json", self._status())
        for result in results:
            if isinstance(result, Exception):
                raise result
        return self.supervisor.wrong

    def _beside(
        self, *beside: Callable[[], Awaitable[None]]
    ) -> list[Callable[[], Awaitable[None]]]:
        path = self._run.folder / "status.json"
        watch = [] if self._run.kafka_bootstrap else [self._swapper.run]
        return [lambda: status.keep(path, self._status), *watch, *beside]

    async def _drained(self) -> bool:
        return await self._wiring.drained(self._run.bootstrap, self._epoch.now)

    def _status(self) -> dict[str, Any]:
        run = self._run
        counts = Counts(
            swaps=self._swapper.swaps,
            addresses={
                "page": run.page,
                "mqtt": run.mqtt_address.rpartition("@")[2].removeprefix("mqtt://"),
                "kafka": run.bootstrap,
            },
            ports={
                "web": run.web_port,
                "mqtt": run.mqtt_port,
                "kafka": run.kafka_port,
            },
        )
        return status.status_of(self.supervisor, counts, self._epoch.now)


def _await(make: Callable[[], Awaitable[None]]) -> Coroutine[Any, Any, None]:
    async def awaited() -> None:
        await make()

    return awaited()
