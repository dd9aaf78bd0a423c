"""What only the SQLite store has to do."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from stores.embedded import EmbeddedStore
from stores.embedded.tables import VERSION
from stores.record import (
    Position,
    Row,
    StoreFormatError,
    StoreUnavailableError,
    Taken,
    Write,
)
from stores.settings import StoreSettings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[EmbeddedStore]:
    with closing(EmbeddedStore(StoreSettings(path=path, busy_s=0))) as made:
        yield made


def notice(time: int) -> Write:
    return Write((Taken((Row("notice", {"city": "c", "id": "n"}, time, {}),)),))


def test_busy(store: EmbeddedStore, path: Path) -> None:
    """While another process writes, a commit says that the store is unavailable."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="locked"):
            store.commit(notice(1))
        assert store.rows("notice", "c") == ()
        other.execute("ROLLBACK")
    store.commit(notice(1))
    assert len(store.rows("notice", "c")) == 1


def test_missing_folder(tmp_path: Path) -> None:
    """A folder that is not there makes the store unavailable, not a crash."""
    with pytest.raises(StoreUnavailableError, match="unable to open"):
        EmbeddedStore(StoreSettings(path=tmp_path / "nowhere" / "store.db"))


def test_not_a_database(path: Path) -> None:
    """A file that is no database is named, with the way out."""
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreFormatError, match="Put the file aside"):
        EmbeddedStore(StoreSettings(path=path))


def test_newer_layout(path: Path) -> None:
    """A file that a newer program made is refused, not touched."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreFormatError, match="Update Thoáng"):
        EmbeddedStore(StoreSettings(path=path))


def test_older_layout(store: EmbeddedStore, path: Path) -> None:
    """A file without a field that the schema gained is brought up to date."""
    store.commit(notice(1))
    store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("ALTER TABLE notice DROP COLUMN told")
    with closing(EmbeddedStore(StoreSettings(path=path))) as again:
        told = Row("notice", {"city": "c", "id": "n"}, 2, {"told": "too old"})
        again.commit(Write((Taken((told,)),)))
        assert [row.time for row in again.rows("notice", "c")] == [2, 1]


def test_other_process_reads(store: EmbeddedStore, path: Path) -> None:
    """A reader of another connection sees a commit at once, and never half of one."""
    with closing(EmbeddedStore(StoreSettings(path=path))) as reader:
        for time in range(5):
            store.commit(notice(time))
            assert reader.rows("notice", "c")[0].time == time


def test_threads(store: EmbeddedStore) -> None:
    """Threads read while another commits."""
    failures: list[Exception] = []

    def read() -> None:
        try:
            for _ in range(50):
                seen = len(store.rows("notice", "c"))
                assert len(store.rows("notice", "c")) >= seen
        except Exception as error:  # noqa: BLE001  # whatever it is, the test fails
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for time in range(50):
        store.commit(notice(time))
    for thread in threads:
        thread.join()
    assert failures == []


def test_rollback(store: EmbeddedStore) -> None:
    """Series made in a commit that failed are made anew in the next."""
    bad = Row("notice", {"city": "c", "id": "n"}, 1, {"colour": "red"})
    good = notice(1).records[0]
    with pytest.raises(StoreFormatError):
        store.commit(Write((good, Taken((bad,), Position("t", 0, 0, 0)))))
    store.commit(notice(1))
    assert len(store.rows("notice", "c")) == 1
    assert store.offsets(0) == {}
