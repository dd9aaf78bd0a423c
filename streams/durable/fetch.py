"""Two faults of faust-streaming 0.15.3, worked around in one place.

`AIOKafkaConsumerThread` hands an *empty* set of active partitions to aiokafka, which
reads it as "no filter": a poll pending in a rebalance then drains records that Faust
drops. Streams stall for seconds and changelog records go missing. A set that is always
true, yet contains nothing, is read as meant.

The longest wait of a fetch is fixed at 1.5 s, and a broker that does not wake a waiting
fetch (Tansu) makes every hop wait half of it.
"""

from collections.abc import Container
from typing import Any

import aiokafka
from faust.transport.drivers import aiokafka as driver

_fetch = driver.AIOKafkaConsumerThread._fetch_records  # noqa: SLF001  # the patch


class Live:
    """Partitions that may be fetched; true even when there are none."""

    def __init__(self, partitions: Container[Any]) -> None:
        self._partitions = partitions

    def __bool__(self) -> bool:
        return True

    def __contains__(self, partition: object) -> bool:
        return partition in self._partitions


async def _fetch_records(
    self: Any,  # noqa: ANN401  # Faust is published without types
    consumer: Any,  # noqa: ANN401
    active_partitions: Any,  # noqa: ANN401
    timeout: float | None = None,  # noqa: ASYNC109  # Faust's own signature
    max_records: int | None = None,
) -> Any:  # noqa: ANN401
    live = None if active_partitions is None else Live(active_partitions)
    return await _fetch(self, consumer, live, timeout=timeout, max_records=max_records)


def patch(fetch_wait_ms: int, fetch_least_b: int = 1) -> None:
    """Put both workarounds in place; calling it again changes only the numbers.

    Parameters
    ----------
    fetch_wait_ms
        Longest time that the broker may hold back an answer [ms],
    fetch_least_b
        and how much it answers at once [B].
    """
    ours = {"fetch_max_wait_ms": fetch_wait_ms, "fetch_min_bytes": fetch_least_b}

    class Consumer(aiokafka.AIOKafkaConsumer):  # type: ignore[misc]  # no types
        def __init__(self, **settings: Any) -> None:  # noqa: ANN401
            super().__init__(**settings | ours)

    class Driver:
        """The module `aiokafka` as the driver sees it, with our consumer."""

        AIOKafkaConsumer = Consumer

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401
            return getattr(aiokafka, name)

    driver.AIOKafkaConsumerThread._fetch_records = _fetch_records  # noqa: SLF001
    driver.aiokafka = Driver()
