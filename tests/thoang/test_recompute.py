"""What came too late for the worker amends the past from the store."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sensors.city import City, history_city
from sensors.reading import BY_NAME, COLUMNS, ReadingBatch
from sensors.records import Batch, Provenance, Tick
from stores.embedded.store import EmbeddedStore
from stores.record import Position, Taken, Write
from stores.settings import StoreSettings
from thoang.recompute import RecomputeError, recompute

H = 3600
START = 1_700_000_000 // 86_400 * 86_400
HOURS = 30


@pytest.fixture
def city() -> City:
    """Return a city of one station that reports every hour."""
    return history_city(
        "test", ["a"], kind="air", timezone="UTC", interval_s=H, quantities=["pm25"]
    )


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    """Return an empty store."""
    return EmbeddedStore(StoreSettings(path=tmp_path / "store.sqlite"))


class Log:
    """Writes readings and ticks as the writer would."""

    def __init__(self, store: EmbeddedStore, city: City) -> None:
        self._store, self._city, self._number, self._total = store, city, 0, 0

    def readings(self, values: dict[int, float]) -> None:
        """Store readings by hour."""
        plain: dict[str, Any] = {
            "end": [START + (hour + 1) * H for hour in values],
            "period": [H] * len(values),
            "value": [round(value * 1_000_000) for value in values.values()],
            "flag": [1] * len(values),
            "quantity": [BY_NAME["pm25"].code] * len(values),
        }
        columns: dict[str, Any] = {
            name: np.array(plain.get(name, [0] * len(values)), dtype)
            for name, dtype in COLUMNS.items()
        }
        batch = ReadingBatch(sites=("a",), devices=("a",), **columns)
        self._total += len(values)
        self._take(Batch(self._city.id, "replay", self._provenance(), batch))

    def tick(self, time: int) -> None:
        """Store a tick."""
        self._take(Tick(self._city.id, "replay", self._provenance(), time))

    def _provenance(self) -> Provenance:
        return Provenance("bridge", 1, self._number + 1, self._total)

    def _take(self, item: Batch | Tick) -> None:
        position = Position("readings", 0, 0, self._number)
        self._number += 1
        self._store.commit(Write((Taken((item,), position),)))


def _means(store: EmbeddedStore, city: City) -> dict[int, tuple[float | None, int]]:
    return {
        (r.start - START) // H: (r.means.get("pm25", 0) / 1e6, r.revision)
        for r in store.air_between(city.id, "a", START, START + 2 * HOURS * H)
    }


def test_a_reading_beyond_the_lateness(store: EmbeddedStore, city: City) -> None:
    """Its hour and the NowCasts behind it are amended; what is the same stays."""
    log = Log(store, city)
    log.readings({hour: 30.0 for hour in range(HOURS) if hour != 10})
    log.tick(START + HOURS * H + 600)
    done = recompute(store, city, "a", START, START + 20 * H)
    assert _means(store, city)[9] == (30.0, 1)
    log.readings({10: 90.0})
    assert store.ledger(city.id).total.late == 1
    again = recompute(store, city, "a", START + 10 * H, START + 11 * H)
    means = _means(store, city)
    assert means[10] == (90.0, 2)
    assert [means[hour][1] for hour in (9, 11, 21, 22)] == [1, 2, 2, 1]
    assert 12 <= again.changed < done.results


def test_nothing_new_changes_nothing(store: EmbeddedStore, city: City) -> None:
    """Computing twice amends once."""
    log = Log(store, city)
    log.readings(dict.fromkeys(range(HOURS), 30.0))
    log.tick(START + HOURS * H + 600)
    assert recompute(store, city, "a", START, START + 20 * H).changed > 0
    assert recompute(store, city, "a", START, START + 20 * H).changed == 0


def test_the_open_hours_are_the_workers(store: EmbeddedStore, city: City) -> None:
    """What may still be amended by late readings is refused, with the reason."""
    Log(store, city).tick(START + HOURS * H)
    with pytest.raises(RecomputeError, match="too new"):
        recompute(store, city, "a", START, START + HOURS * H)


def test_an_unknown_site(store: EmbeddedStore, city: City) -> None:
    """A slip in the id is told."""
    with pytest.raises(RecomputeError, match="no site 'b'"):
        recompute(store, city, "b", START, START + H)
