"""One partition of a durable stage: its machine, how far it is, what waits."""

import zlib
from collections.abc import Awaitable
from typing import Any

from streams.durable.machine import Machine, Saved

NOTHING = -1
"""Offset of a state that has seen no record."""


class Partition:
    """A machine and the source offset its state stands for.

    Parameters
    ----------
    number
        The partition.
    machine
        Its state.
    epoch
        Epoch of the log that is being read.
    """

    def __init__(self, number: int, machine: Machine, epoch: int) -> None:
        self.number = number
        self.machine = machine
        self.epoch = epoch
        self.offset = NOTHING
        self.saved = NOTHING
        self.known = False
        """Whether `offset` is where reading goes on (False: begin at the earliest)."""
        self.blocked = False
        """A record of an unknown version stands in the way."""
        self.restate = False
        """The results of the last state were in a log that is gone."""
        self.events: list[Any] = []
        self.sends: list[Awaitable[Any]] = []
        self.saved_at = 0.0
        self.sought_at = float("-inf")

    @classmethod
    def restored(
        cls, number: int, machine: Machine, epoch: int, saved: Saved | None
    ) -> "Partition":
        """Return the partition as `saved` left it, in the log of `epoch`.

        A snapshot taken from an earlier log keeps its state; the offset does not carry
        over, since the new log begins at 0 with what comes after that state.
        """
        partition = cls(number, machine, epoch)
        if saved is None:
            return partition
        machine.load(zlib.decompress(saved.state))
        if saved.epoch == epoch:
            partition.offset = partition.saved = saved.offset
            partition.known = True
        else:
            partition.restate = True
        return partition

    def follows(self, offset: int) -> bool:
        """Whether the record at `offset` is the next one."""
        return not self.known or offset == self.offset + 1

    def contains(self, offset: int) -> bool:
        """Whether the state already contains the record at `offset`."""
        return self.known and offset <= self.offset

    def advance(self, offset: int) -> None:
        """Note that the record at `offset` is applied."""
        self.offset, self.known = offset, True

    def snapshot(self) -> Saved:
        """Return the state as it stands."""
        state = zlib.compress(self.machine.dump(), level=1)
        return Saved(self.epoch, self.offset, state)
