"""Owns finding a TCP port on 127.0.0.1 that nobody uses."""

import socket
from collections.abc import Collection

_TRIES = 100


class NoFreePortError(RuntimeError):
    """Every port that was tried is taken."""


def is_free(port: int) -> bool:
    """Whether nobody listens on 127.0.0.1 at `port` (nor on all addresses)."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(first: int, *, but: Collection[int] = ()) -> int:
    """Return `first`, or the next port above it that is free and not in `but`.

    Parameters
    ----------
    first
        Where to begin; 0 for any free port.

    Raises
    ------
    NoFreePortError
        If 100 ports from `first` on are taken.
    """
    if first == 0:
        return _any_port(but)
    last = min(first + _TRIES, 65_536)
    for port in range(first, last):
        if port not in but and is_free(port):
            return port
    message = (
        f"no free port from {first} to {last - 1} on 127.0.0.1: "
        "stop what uses them, or name another with --port"
    )
    raise NoFreePortError(message)


def _any_port(but: Collection[int]) -> int:
    for _ in range(_TRIES):
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            port = int(trial.getsockname()[1])
        if port not in but:
            return port
    message = "the system offers no free port on 127.0.0.1"
    raise NoFreePortError(message)
