"""Numbers what a bridge produces, so that a gap or a repeat is seen downstream."""

import json
from pathlib import Path
from typing import Self

from sensors.records import Provenance

Counts = dict[tuple[str, int], tuple[int, int]]


class Numbering:
    """Sequence and total by (topic, partition) of one run of a bridge.

    A bridge that stopped in good order goes on with its run; after a crash a new run
    begins, since nobody knows what of the last records was confirmed.

    Parameters
    ----------
    bridge
        Name of the bridge.
    run
        When the run began [unix ns].
    """

    def __init__(self, bridge: str, run: int) -> None:
        self._bridge = bridge
        self._run = run
        self._counts: Counts = {}

    @classmethod
    def resumed(cls, bridge: str, path: Path, now_ns: int) -> Self:
        """Return the numbering kept at `path`, else a new run; `path` is used up."""
        if not path.exists():
            return cls(bridge, now_ns)
        kept = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
        numbering = cls(bridge, kept["run"])
        numbering._counts = {
            (topic, partition): (sequence, total)
            for topic, partition, sequence, total in kept["counts"]
        }
        return numbering

    def keep(self, path: Path) -> None:
        """Keep the numbering for the next start."""
        counts = [(*place, *counted) for place, counted in self._counts.items()]
        text = json.dumps({"run": self._run, "counts": counts})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def next(self, topic: str, partition: int, readings: int) -> Provenance:
        """Return the provenance of the next record of a partition."""
        sequence, total = self._counts.get((topic, partition), (0, 0))
        sequence, total = sequence + 1, total + readings
        self._counts[topic, partition] = (sequence, total)
        return Provenance(self._bridge, self._run, sequence, total)
