"""Whether everything in Kafka is in the store, so that its broker may be swapped."""

from collections.abc import Mapping

from sensors.city import City
from sensors.records import AREAS, READINGS
from stores.protocol import Store
from thoang.embedded.kafka import end_offsets
from thoang.pipeline import TOPICS

STAGES: Mapping[str, str] = {"air": READINGS, "traffic": READINGS, "alerts": AREAS}
"""Source topic of each stage."""


async def drained(store: Store, city: City, bootstrap: str, epoch: int) -> bool:
    """Say whether the writer and every stage have taken all records of this epoch.

    Asked while the bridge is down, so that nothing new comes; a stage's snapshot says
    how far it is, the store's positions how far the writer is.
    """
    ends = await end_offsets(bootstrap, TOPICS)
    written = store.offsets(epoch)
    for (topic, partition), end in ends.items():
        if topic != AREAS and written.get((topic, partition), -1) < end - 1:
            return False
    for stage, source in STAGES.items():
        saved = store.snapshots(f"{city.id}/{stage}", range(TOPICS[source]))
        for number in range(TOPICS[source]):
            end = ends.get((source, number), 0)
            known = saved.get(number)
            here = known is not None and known.epoch == epoch
            if end and not (here and known is not None and known.offset >= end - 1):
                return False
    return True
