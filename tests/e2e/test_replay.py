"""A history that goes the whole way gives what `thoang compute` makes of its file."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sensors.replay import History, open_history
from stores.protocol import Store
from streams.machines import Result
from thoang.compute import compute

pytestmark = [pytest.mark.embedded, pytest.mark.history]

EVER = 1 << 40
BEIJING_MONTH, BEIJING_DAYS = (2016, 12), range(12, 26)
"""Two weeks with the heaviest smog of the file: 4 032 rows."""
METR_LA_ROWS = 48
"""Four hours of 207 stations."""

Key = tuple[str, int]


@pytest.fixture
def beijing(histories: Path, tmp_path: Path) -> Path:
    """Return two weeks of the twelve Beijing stations."""
    whole = histories / "beijing-multisite-2016-11--2017-02.csv.gz"
    with gzip.open(whole, "rt", encoding="utf-8") as lines:
        kept = [next(lines), *(line for line in lines if is_of_beijing_days(line))]
    return zipped(tmp_path / "beijing.csv.gz", kept)


@pytest.fixture
def metr_la(histories: Path, tmp_path: Path) -> Path:
    """Return the first hours of the Los Angeles speeds."""
    whole = histories / "los-angeles-loop-speed-2012-03-01--04.csv.gz"
    with gzip.open(whole, "rt", encoding="utf-8") as lines:
        first = [next(lines) for _ in range(1 + METR_LA_ROWS)]
    return zipped(tmp_path / "metr-la.csv.gz", first)


def is_of_beijing_days(line: str) -> bool:
    """Say whether a row is of the days that are replayed."""
    _, year, month, day, _ = line.split(",", 4)
    return (int(year), int(month)) == BEIJING_MONTH and int(day) in BEIJING_DAYS


def zipped(path: Path, lines: list[str]) -> Path:
    """Write lines as a history is published."""
    path.write_bytes(gzip.compress("".join(lines).encode()))
    return path


def replayed(town: Any, file: Path, file_format: str) -> History:
    """Replay a file through a whole city, until all of it is stored."""
    history = open_history(file, file_format)
    file_of = ("replay", str(file), "--format", file_format)
    town.thoang(*file_of, "--city-out", str(town.city_file))
    town.start("--no-simulator").all_ready()
    said = town.thoang(*file_of, "--mqtt", town.mqtt, within_s=180)
    assert f"with {history.readings:,} readings" in said
    town.settle()
    return history


def assert_accounted(store: Store, history: History) -> None:
    """Every reading came in once and is stored."""
    audit = store.audit()
    assert audit.balances, audit.wrong
    total = audit.ledger.total
    assert (total.received, total.stored) == (history.readings, history.readings)
    for none in ("lost", "in_flight", "duplicate", "quarantined", "late", "conflicts"):
        assert getattr(total, none) == 0, none


def plain(results: Mapping[Key, Result]) -> dict[Key, Result]:
    """Return results without what tells how often and when they were emitted.

    `revision` and `tick` depend on how the bridge cut the stream into batches: a batch
    that ends between two readings of one closed hour makes one more emission.
    """
    return {
        key: msgspec.structs.replace(result, revision=0, tick=0)
        for key, result in results.items()
    }


def stored(found: tuple[Result, ...], history: History) -> dict[Key, Result]:
    """Return what is stored of the intervals within the history.

    Its ticks begin a minute before its first readings and end a day after the last, so
    the store also has the silent intervals before and behind, which `compute` leaves
    out.
    """
    ends = [step.end for step in history.steps()]
    within = range(min(ends) - history.city.devices[0].period_s, max(ends))
    return plain({(r.site, r.start): r for r in found if r.start in within})


def assert_same(got: dict[Key, Result], wanted: dict[Key, Result]) -> None:
    """Compare result by result, so that a failure shows one."""
    assert len(wanted) > 0
    for key in sorted(wanted.keys() | got.keys()):
        assert got.get(key) == wanted.get(key), key


def test_beijing(found_town: Callable[..., Any], beijing: Path) -> None:
    """Two weeks of air: nothing lost, and the same hours and days as computed."""
    town = found_town("")
    history = replayed(town, beijing, "beijing-multisite")
    with town.store() as store:
        assert_accounted(store, history)
        for averaging in ("1h", "1d"):
            found = store.air_between(history.city.id, None, 0, EVER, averaging)
            wanted = compute(history, averaging=averaging).results
            assert_same(stored(found, history), plain(wanted))


def test_metr_la(found_town: Callable[..., Any], metr_la: Path) -> None:
    """Hours of road speeds: nothing lost, and the same five minutes as computed."""
    town = found_town("")
    history = replayed(town, metr_la, "metr-la")
    with town.store() as store:
        assert_accounted(store, history)
        found = store.congestion_between(history.city.id, None, 0, EVER)
        assert_same(stored(found, history), plain(compute(history).results))
