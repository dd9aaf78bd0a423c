"""Keeps the stages' snapshots in the store, where a broker's end cannot reach them."""

import asyncio
import logging
from collections.abc import Iterable, Mapping

from stores.protocol import Store
from stores.record import Snapshot, StoreUnavailableError, Taken, Write
from streams.durable.machine import Saved

log = logging.getLogger(__name__)

RETRY_S = 0.5


class StoreKeeper:
    """Snapshots in a store.

    Parameters
    ----------
    store
        The store.
    city
        Id of the city, whose snapshots are its own.
    """

    def __init__(self, store: Store, city: str) -> None:
        self._store = store
        self._city = city

    def load(self, stage: str, partitions: Iterable[int]) -> Mapping[int, Saved]:
        """Return the newest snapshots of `partitions`."""
        return self._store.snapshots(f"{self._city}/{stage}", partitions)

    async def save(self, stage: str, saved: Mapping[int, Saved]) -> None:
        """Keep snapshots by partition; a store that is away is waited for."""
        name = f"{self._city}/{stage}"
        snapshots = tuple(Snapshot(name, n, each) for n, each in saved.items())
        write = Write((Taken(snapshots),))
        while True:
            try:
                await asyncio.to_thread(self._store.commit, write)
            except StoreUnavailableError as error:
                log.warning("snapshots of %s wait: %s", name, error)
                await asyncio.sleep(RETRY_S)
            else:
                return
