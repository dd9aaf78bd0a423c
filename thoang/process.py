"""What every long-running process has: a log, a ready file, an end in good order."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

from thoang.settings import Settings

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_logging() -> None:
    """Log to standard error; libraries only what is wrong."""
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    for noisy in ("aiokafka", "faust", "mode", "httpx", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def ready_file(settings: Settings, name: str) -> Callable[[], None]:
    """Return what tells the supervisor that process `name` is ready."""
    path = settings.data_dir / "ready" / name

    def ready() -> None:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    return ready


def run_until_told(
    start: Callable[[], Awaitable[None]], stop: Callable[[], None] | None = None
) -> None:
    """Run `start` until it ends or a signal comes.

    Parameters
    ----------
    start
        The process.
    stop
        Asks it to end in good order; without it, it is cancelled.
    """

    async def supervised() -> None:
        task = asyncio.ensure_future(start())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop or task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            if not task.cancelled():
                raise

    asyncio.run(supervised())
