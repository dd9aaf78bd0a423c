"""Whether everything in Kafka is in the store, so that its broker may be swapped."""

from collections.abc import Mapping

from sensors.city import City
from sensors.records import AREAS, READINGS
from stores.protocol import Store
from thoang.embedded.kafka import end_offsets
from thoang.pipeline import TOPICS

STAGES: Mapping[str, str] = {"air": READINGS, "traffic": READINGS, "alerts": AREAS}
"""Source topic of each stage."""


Ends = Mapping[tuple[str, int], int]
"""Offset that the next record gets, by topic and partition."""


async def drained(store: Store, city: City, bootstrap: str, epoch: int) -> bool:
    """Say whether the writer and every stage have taken all records of this epoch.

    Asked while the bridge is down, so that nothing new comes; a stage's snapshot says
    how far it is, the store's positions how far the writer is. A stage may send its
    last results while we look, so the ends must be the same before and after.
    """
    ends = await end_offsets(bootstrap, TOPICS)
    if not (_written(store, ends, epoch) and _computed(store, city, ends, epoch)):
        return False
    return ends == await end_offsets(bootstrap, TOPICS)


def _written(store: Store, ends: Ends, epoch: int) -> bool:
    """Say whether the store has every record up to the ends."""
    written = store.offsets(epoch)
    return all(
        written.get(place, -1) >= end - 1
        for place, end in ends.items()
        if place[0] != AREAS
    )


def _computed(store: Store, city: City, ends: Ends, epoch: int) -> bool:
    """Say whether every stage has kept the state after its last record."""
    for stage, source in STAGES.items():
        saved = store.snapshots(f"{city.id}/{stage}", range(TOPICS[source]))
        for number in range(TOPICS[source]):
            end = ends.get((source, number), 0)
            known = saved.get(number)
            here = known is not None and known.epoch == epoch
            if end and not (here and known is not None and known.offset >= end - 1):
                return False
    return True
