"""What came of each bridge run: repeats are seen, and gaps where a broker died.

Pure; the store keeps a `Run` for every bridge run and partition.
"""

from typing import NamedTuple

import msgspec

from sensors.records import Provenance


class RunKey(NamedTuple):
    """One bridge process' stream into one partition."""

    city: str
    bridge: str
    run: int
    topic: str
    partition: int


class Gap(msgspec.Struct, frozen=True, array_like=True):
    """Batches that never came: sequences `first` to `last`.

    Parameters
    ----------
    before, after
        The run's total of readings before the first and after the last of them.
    """

    first: int
    last: int
    before: int
    after: int

    @property
    def lost(self) -> int:
        """Readings that were in them."""
        return self.after - self.before


class Run(msgspec.Struct, frozen=True):
    """How far a bridge run has come.

    Parameters
    ----------
    sequence, total
        Of its newest batch.
    gaps
        What is missing before that.
    """

    sequence: int = 0
    total: int = 0
    gaps: tuple[Gap, ...] = ()

    @property
    def lost(self) -> int:
        """Readings missing so far."""
        return sum(gap.lost for gap in self.gaps)

    def take(self, provenance: Provenance, readings: int) -> "Run | None":
        """Return the run after a batch of so many readings; None if it is a repeat."""
        if provenance.sequence > self.sequence:
            return self._append(provenance, readings)
        return self._fill(provenance, readings)

    def _append(self, provenance: Provenance, readings: int) -> "Run":
        before = provenance.total - readings
        gap = Gap(self.sequence + 1, provenance.sequence - 1, self.total, before)
        gaps = (*self.gaps, gap) if gap.lost else self.gaps
        return Run(provenance.sequence, provenance.total, gaps)

    def _fill(self, provenance: Provenance, readings: int) -> "Run | None":
        number, total = provenance.sequence, provenance.total
        for index, gap in enumerate(self.gaps):
            if gap.first <= number <= gap.last:
                left = Gap(gap.first, number - 1, gap.before, total - readings)
                right = Gap(number + 1, gap.last, total, gap.after)
                halves = tuple(half for half in (left, right) if half.lost)
                gaps = (*self.gaps[:index], *halves, *self.gaps[index + 1 :])
                return Run(self.sequence, self.total, gaps)
        return None
