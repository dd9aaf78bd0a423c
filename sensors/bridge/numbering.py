"""Numbers what a bridge produces, so that a gap or a repeat is seen downstream.

What Kafka confirmed is kept in a file before it is acknowledged to MQTT. After a crash,
the bridge's or that of a Kafka which holds its log in memory, the next bridge says how
far the run before it came: what was confirmed but never arrived then shows as lost.
"""

import json
from pathlib import Path
from typing import NamedTuple, Self

from sensors.records import Provenance

Counts = dict[tuple[str, int], tuple[int, int]]


class Last(NamedTuple):
    """The end of a run in one partition: a record of no readings says it."""

    topic: str
    partition: int
    provenance: Provenance


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
        self.left: tuple[Last, ...] = ()
        """The ends of the run before, where it did not stop in good order."""
        self._bridge = bridge
        self._run = run
        self._counts: Counts = {}

    @classmethod
    def resumed(cls, bridge: str, path: Path, now_ns: int) -> Self:
        """Return the numbering kept at `path`, else a new run.

        A run that goes on is noted as open at once, lest a crash use numbers twice.
        """
        if not path.exists():
            return cls(bridge, now_ns)
        kept = json.loads(path.read_text(encoding="utf-8"))
        counts: Counts = {
            (topic, partition): (sequence, total)
            for topic, partition, sequence, total in kept["counts"]
        }
        # A file from before `clean` was kept at a stop in good order only.
        if kept.get("clean", True):
            numbering = cls(bridge, kept["run"])
            numbering._counts = counts
            numbering.keep(path, clean=False)
            return numbering
        numbering = cls(bridge, now_ns)
        numbering.left = tuple(
            Last(*place, Provenance(bridge, kept["run"], sequence + 1, total))
            for place, (sequence, total) in counts.items()
        )
        return numbering

    def keep(self, path: Path, *, clean: bool) -> None:
        """Keep the numbering for the next start.

        Parameters
        ----------
        path
            The file.
        clean
            Whether nothing is sent any more.
        """
        counts = [(*place, *counted) for place, counted in self._counts.items()]
        text = json.dumps({"run": self._run, "clean": clean, "counts": counts})
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)

    def next(self, topic: str, partition: int, readings: int) -> Provenance:
        """Return the provenance of the next record of a partition."""
        sequence, total = self._counts.get((topic, partition), (0, 0))
        sequence, total = sequence + 1, total + readings
        self._counts[topic, partition] = (sequence, total)
        return Provenance(self._bridge, self._run, sequence, total)
