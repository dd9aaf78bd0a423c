"""Owns the connections to the SQLite file: one that writes, others that read.

The file is in WAL mode, so that readers of any process see the last commit while one
process writes.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from stores.record import StoreFormatError, StoreUnavailableError

_PASSING: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
"""Errors that another try may not meet."""
_SPOILT: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY: Final = 0xFF
"""The part of SQLite's error code that names the kind."""


class Connections:
    """Connections to one file, shared by the threads of a process.

    Parameters
    ----------
    path
        The file; made if it is not there.
    busy_s
        How long to wait for another process that is writing [s].
    """

    def __init__(self, path: Path, busy_s: float) -> None:
        self._path = path
        self._busy_s = busy_s
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._writer: sqlite3.Connection | None = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the writing connection within a transaction: all of it or nothing.

        Raises
        ------
        StoreUnavailableError
            If the file cannot be written now.
        StoreFormatError
            If the file is no SQLite database, or damaged.
        """
        with self._writing, self._translated():
            if self._writer is None:
                self._writer = self._open()
            db = self._writer
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one moment of the file.

        Raises
        ------
        StoreUnavailableError, StoreFormatError
            As in `writing`.
        """
        with self._translated():
            db = self._borrow()
            try:
                db.execute("BEGIN")
                yield db
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                with self._lock:
                    self._idle.append(db)

    def close(self) -> None:
        """Close all connections; later calls open new ones."""
        with self._writing, self._lock:
            idle, self._idle = self._idle, []
            writer, self._writer = self._writer, None
        for db in idle:
            db.close()
        if writer is not None:
            writer.close()

    def _borrow(self) -> sqlite3.Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        db = self._open()
        db.execute("PRAGMA query_only = ON")
        return db

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self._path,
            timeout=self._busy_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA cache_size = -16000")
        except sqlite3.Error:
            db.close()
            raise
        return db

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            kind = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
            if kind in _PASSING:
                message = f"store {self._path}: {error}"
                raise StoreUnavailableError(message) from error
            if kind in _SPOILT:
                message = (
                    f"store {self._path}: {error}. Put the file aside (or a backup in "
                    "its place) and start again"
                )
                raise StoreFormatError(message) from error
            raise
