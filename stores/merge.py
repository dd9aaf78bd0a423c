"""Adds readings to a row that exists: duplicates, conflicts, and the value that stands.

The end state of a row does not depend on the order in which its readings come.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sensors.ledger import Counts
from sensors.reading import rank
from stores.pool import Pool

FIXED: Final = 5
"""Fields before the quantities: valid, revision, origin, late, conflicts."""
LATE: Final = 3
"""Place of the field ``late``."""
CONFLICTS: Final = 4
"""Place of the field ``conflicts``."""


class Known(NamedTuple):
    """One value of one identity."""

    value: int
    flag: int
    revision: int


class Lost(NamedTuple):
    """A value that another of its identity stands above, and when that came up."""

    known: Known
    arrived: int


Losers = dict[int, tuple[Lost, ...]]
"""Values that lost, by quantity code."""


@dataclass(frozen=True, slots=True)
class Held:
    """A reading row as a store has it.

    Parameters
    ----------
    fields
        The row's fields in the schema's order.
    losers
        Values that lost, by quantity code.
    """

    fields: Sequence[Any]
    losers: Mapping[int, tuple[Lost, ...]] = field(default_factory=dict)


class Merging:
    """One row while readings are added to it.

    Parameters
    ----------
    codes
        Quantity codes of the measurement, in the schema's order.
    held
        The row that exists, if any.
    origin
        Origin of what is added.
    """

    def __init__(self, codes: Sequence[int], held: Held | None, origin: str) -> None:
        self.changed = False
        """Whether the row has to be written."""
        self.losers: Losers = {} if held is None else dict(held.losers)
        self._codes = codes
        self._origin = origin
        self._late = 0 if held is None else int(held.fields[LATE])
        self._stands = {} if held is None else _stands(codes, held.fields)
        self._counted: Counter[str] = Counter()

    def add(self, pool: Pool, index: int) -> None:
        """Add the reading at `index` of a pool."""
        batch = pool.readings
        new = Known(
            int(batch.value[index]), int(batch.flag[index]), int(batch.revision[index])
        )
        code = int(batch.quantity[index])
        if self._repeats(code, new):
            again = bool(batch.redelivered[index])
            self._counted.update(
                ["redelivered"] if again else ["received", "duplicate"]
            )
            return
        self._counted.update(["received", "stored"])
        if pool.late[index]:
            self._late = 1
            self._counted.update(["late"])
        self._keep(code, new, int(pool.arrived[index]))

    def _keep(self, code: int, new: Known, arrived: int) -> None:
        self.changed = True
        if code not in self._stands:
            self._stands[code] = new
            return
        self._counted.update(["conflicts"])
        self.losers[code] = (*self.losers.get(code, ()), Lost(new, arrived))
        self._settle(code)

    def _repeats(self, code: int, new: Known) -> bool:
        """Say whether the value is known; the surer judgement of it stays."""
        if code not in self._stands:
            return False
        stands, losers = self._stands[code], self.losers.get(code, ())
        values = [stands.value, *(lost.known.value for lost in losers)]
        if new.value not in values:
            return False
        if new.value == stands.value:
            self._stands[code] = _surer(stands, new)
        else:
            self.losers[code] = tuple(_surer_loser(lost, new) for lost in losers)
        self._settle(code)
        after = self._stands[code], self.losers.get(code, ())
        self.changed |= after != (stands, losers)
        return True

    def _settle(self, code: int) -> None:
        """Let the value of the highest rank stand."""
        losers = self.losers.get(code, ())
        if not losers:
            return
        stands = self._stands[code]
        best = max(losers, key=lambda lost: _rank(lost.known))
        if _rank(best.known) > _rank(stands):
            self._stands[code] = best.known
            swapped = Lost(stands, best.arrived)
            losers = (*(lost for lost in losers if lost is not best), swapped)
        self.losers[code] = tuple(sorted(losers))

    def counts(self) -> Counts:
        """Return what became of the readings that were added."""
        return Counts(**self._counted)

    def fields(self) -> list[Any]:
        """Return the row's fields in the schema's order."""
        conflicts = sum(len(losers) for losers in self.losers.values())
        revision = max((known.revision for known in self._stands.values()), default=0)
        fields: list[Any] = [1, revision, self._origin, self._late, conflicts]
        for code in self._codes:
            known = self._stands.get(code)
            if known is None:
                fields += (None, None, None)
            else:
                fields += (known.value, known.flag, known.revision or None)
        return fields


def _stands(codes: Sequence[int], fields: Sequence[Any]) -> dict[int, Known]:
    """Read the values that stand out of a row's fields."""
    parts = (fields[FIXED + part :: 3] for part in range(3))
    cells = zip(codes, *parts, strict=True)
    return {
        code: Known(value, flag, revision or 0)
        for code, value, flag, revision in cells
        if value is not None
    }


def _rank(known: Known) -> tuple[int, bytes]:
    return rank(known.revision, known.value)


def _surer(known: Known, again: Known) -> Known:
    """Return the later revision of one value; of one revision, the worse flag."""
    return max(known, again, key=lambda each: (each.revision, each.flag))


def _surer_loser(lost: Lost, again: Known) -> Lost:
    if lost.known.value != again.value:
        return lost
    return Lost(_surer(lost.known, again), lost.arrived)
