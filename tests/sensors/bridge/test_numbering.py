"""What a bridge sends is numbered, so that gaps and repeats are seen downstream."""

from pathlib import Path

from sensors.bridge.numbering import Numbering
from sensors.records import Provenance


def test_sequence_and_total_by_partition() -> None:
    """Each partition counts for itself."""
    numbering = Numbering("b", 7)
    assert numbering.next("readings", 0, 10) == Provenance("b", 7, 1, 10)
    assert numbering.next("readings", 1, 3) == Provenance("b", 7, 1, 3)
    assert numbering.next("readings", 0, 0) == Provenance("b", 7, 2, 10)
    assert numbering.next("readings", 0, 5) == Provenance("b", 7, 3, 15)


def test_a_stop_in_good_order_goes_on_with_the_run(tmp_path: Path) -> None:
    """So that what a broker's end took behind the last record still shows as a gap."""
    path = tmp_path / "deep" / "bridge.json"
    first = Numbering("b", 7)
    first.next("readings", 0, 10)
    first.keep(path)
    resumed = Numbering.resumed("b", path, now_ns=8)
    assert resumed.next("readings", 0, 5) == Provenance("b", 7, 2, 15)


def test_after_a_crash_a_new_run_begins(tmp_path: Path) -> None:
    """The kept numbering is used up by the start: a crash finds none."""
    path = tmp_path / "bridge.json"
    first = Numbering("b", 7)
    first.next("readings", 0, 10)
    first.keep(path)
    Numbering.resumed("b", path, now_ns=8)
    crashed = Numbering.resumed("b", path, now_ns=9)
    assert crashed.next("readings", 0, 5) == Provenance("b", 9, 1, 5)
