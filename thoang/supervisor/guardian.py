"""Owns that no process of a run outlives it, even one that was killed.

A tiny process of its own, fed through a pipe with ``+PID`` and ``-PID``: when the pipe
closes because its owner is gone, it stops the process groups that are still there. Run
as a file, with nothing but the standard library.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

_GRACE_S = 2.0
_POLL_S = 0.05


def groups_left(lines: Iterable[str]) -> set[int]:
    """Return the process groups that were added and not taken away."""
    groups: set[int] = set()
    for line in lines:
        number = int(line[1:])
        (groups.add if line[0] == "+" else groups.discard)(number)
    return groups


def stop(groups: set[int]) -> None:
    """Ask the groups to stop, and kill what has not after two seconds."""
    remaining = _signalled(groups, signal.SIGTERM)
    end = time.monotonic() + _GRACE_S
    while remaining and time.monotonic() < end:
        time.sleep(_POLL_S)
        remaining = _signalled(remaining, 0)
    _signalled(remaining, signal.SIGKILL)


def _signalled(groups: set[int], number: int) -> set[int]:
    there = set()
    for group in groups:
        try:
            os.killpg(group, number)
        except (ProcessLookupError, PermissionError):
            continue
        there.add(group)
    return there


if __name__ == "__main__":
    stop(groups_left(sys.stdin))
