"""What a run keeps in its data folder: lock, epoch, logs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thoang.supervisor.epoch import Epoch, EpochError
from thoang.supervisor.guardian import groups_left
from thoang.supervisor.lock import FolderInUseError, claimed
from thoang.supervisor.logs import BoundedLog
from thoang.supervisor.process import Backoff


def test_folder_is_claimed_once(tmp_path: Path) -> None:
    """A second run is told who has the folder and what to do."""
    with (
        claimed(tmp_path / "data"),
        pytest.raises(FolderInUseError, match=r"process \d+.*--data"),
        claimed(tmp_path / "data"),
    ):
        pass
    with claimed(tmp_path / "data"):
        pass


def test_epoch_grows_over_runs(tmp_path: Path) -> None:
    """Every start of the broker has a higher number, also in a later run."""
    assert Epoch(tmp_path).now == 0
    assert [Epoch(tmp_path).advance() for _ in range(3)] == [1, 2, 3]
    assert Epoch(tmp_path).now == 3


def test_damaged_epoch_is_not_guessed(tmp_path: Path) -> None:
    """A file without a number is an error that says what to write."""
    (tmp_path / "epoch").write_bytes(b"\xff7")
    with pytest.raises(EpochError, match="wanted a whole number"):
        Epoch(tmp_path).advance()


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=40))
def test_log_keeps_the_newest_within_its_limit(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]
) -> None:
    """Both files together never exceed the limit, and end with what came last."""
    path = tmp_path_factory.mktemp("log") / "worker.log"
    log = BoundedLog(path, limit=400)
    for chunk in chunks:
        log.write(chunk)
    log.close()
    older = path.with_name("worker.log.1")
    kept = (older.read_bytes() if older.exists() else b"") + path.read_bytes()
    assert len(kept) <= 400
    assert b"".join(chunks).endswith(kept)
    assert bool(kept) == bool(chunks)


def test_last_line_is_the_last_that_says_something(tmp_path: Path) -> None:
    """Blank lines at the end are passed over."""
    log = BoundedLog(tmp_path / "a.log")
    log.write(b"one\ntw")
    log.write(b"o\n\n")
    assert log.last_line() == "two"
    assert log.tail() == "one\ntwo"
    log.close()


@given(st.integers(1, 100))
def test_backoff_never_falls_nor_passes_its_limit(deaths: int) -> None:
    """Waits grow with deaths up to the longest."""
    backoff = Backoff()
    assert 0.2 <= backoff.delay(deaths) <= backoff.delay(deaths + 1) <= 10.0


def test_guardian_knows_who_is_left() -> None:
    """Groups that were taken away are not stopped."""
    assert groups_left(["+1\n", "+2\n", "-1\n", "+3\n", "-9\n"]) == {2, 3}
