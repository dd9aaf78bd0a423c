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
    first.keep(path, clean=True)
    resumed = Numbering.resumed("b", path, now_ns=8)
    assert resumed.left == ()
    assert resumed.next("readings", 0, 5) == Provenance("b", 7, 2, 15)


def test_after_a_crash_a_new_run_begins(tmp_path: Path) -> None:
    """It says how far the run before came: one number behind what was confirmed."""
    path = tmp_path / "bridge.json"
    first = Numbering("b", 7)
    first.next("readings", 0, 10)
    first.next("readings", 0, 4)
    first.keep(path, clean=False)
    crashed = Numbering.resumed("b", path, now_ns=9)
    assert crashed.left == (("readings", 0, Provenance("b", 7, 3, 14)),)
    assert crashed.next("readings", 0, 5) == Provenance("b", 9, 1, 5)


def test_crash_of_a_resumed_run_uses_no_number_twice(tmp_path: Path) -> None:
    """What it sent before its first confirmation is told apart from what comes next."""
    path = tmp_path / "bridge.json"
    Numbering("b", 7).keep(path, clean=True)
    Numbering.resumed("b", path, now_ns=8).next("readings", 0, 10)
    crashed = Numbering.resumed("b", path, now_ns=9)
    assert crashed.next("readings", 0, 10) == Provenance("b", 9, 1, 10)
