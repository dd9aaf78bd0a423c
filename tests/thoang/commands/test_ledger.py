"""`thoang ledger`, as somebody types it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from sensors.reading import COLUMNS, ReadingBatch
from sensors.records import Batch, Provenance
from stores.embedded import EmbeddedStore
from stores.record import Position, Taken, Write
from stores.settings import StoreSettings
from thoang.commands.ledger import app


class Desk:
    """A store in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def use_data(self, folder: Path) -> None:
        """Work on the store in a folder."""
        self.path = folder / "store.db"

    def open_store(self) -> EmbeddedStore:
        """Open the store."""
        return EmbeddedStore(StoreSettings(path=self.path))


def taken(sequence: int, size: int = 3) -> Taken:
    columns: dict[str, Any] = {
        name: np.zeros(size, dtype) for name, dtype in COLUMNS.items()
    }
    columns["end"] += sequence * 1000 + np.arange(size)
    readings = ReadingBatch(sites=("dt1",), devices=("dt1-a",), **columns)
    provenance = Provenance("b", 1, sequence, sequence * size)
    batch = Batch("c", "live", provenance, readings)
    return Taken((batch,), Position("readings", 0, 0, sequence))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "store.db")
    with closing(made.open_store()) as store:
        store.commit(Write((taken(1), taken(3))))
    return made


def ask(desk: Desk, *words: str) -> Result:
    return CliRunner().invoke(app, words, obj=desk)


def test_balances(desk: Desk) -> None:
    """The table has each device and the total, and says what was lost."""
    result = ask(desk)
    assert result.exit_code == 0
    assert "dt1-a" in result.output
    assert "balances: 6 stored and 0 quarantined" in result.output
    assert "3 lost" in result.output


def test_json(desk: Desk) -> None:
    """Programs get the same as JSON."""
    told = json.loads(ask(desk, "--json").output)
    assert told["balances"]
    assert told["total"]["received"] == 9
    assert told["devices"]["dt1-a"]["stored"] == told["recount"]["stored"] == 6


def test_rows_gone(desk: Desk) -> None:
    """Rows that somebody deleted by hand are found missing."""
    with closing(sqlite3.connect(desk.path)) as db, db:
        db.execute("DELETE FROM reading_air WHERE time = 1000")
    result = ask(desk)
    assert result.exit_code == 1
    assert "stored of dt1-a: the ledger says 6, the rows hold 5" in result.output


def test_other_city(desk: Desk) -> None:
    """A city without readings balances at nothing."""
    assert "balances: 0 stored" in ask(desk, "--city", "elsewhere").output


def test_the_data_of_another_run(desk: Desk, tmp_path: Path) -> None:
    """`--data` names its folder."""
    there = Desk(tmp_path / "nowhere" / "store.db")
    assert "6 stored" in ask(there, "--data", str(desk.path.parent)).output
