"""Asks a store until it answers."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import TypeVar

from stores.record import StoreUnavailableError

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


async def until_available(
    ask: Callable[[], Answer], first_s: float, most_s: float
) -> Answer:
    """Ask in a thread, again and again while the store is unavailable.

    A cancellation waits for the question under way: it is never left half done.

    Parameters
    ----------
    ask
        The question; raises `StoreUnavailableError`.
    first_s, most_s
        First and longest wait between tries [s], with jitter.
    """
    wait, said = first_s, False
    while True:
        try:
            answer = await in_thread(ask)
        except StoreUnavailableError as error:
            if not said:
                log.warning("%s; nothing is read until it is back", error)
                said = True
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311  # jitter
            wait = min(2 * wait, most_s)
        else:
            if said:
                log.warning("the store is back")
            return answer


async def in_thread(ask: Callable[[], Answer]) -> Answer:
    """Ask in a thread; a cancellation waits until the thread is done."""
    asking = asyncio.ensure_future(asyncio.to_thread(ask))
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        await asyncio.wait([asking])
        raise
