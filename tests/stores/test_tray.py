"""How much is gathered before a commit."""

from sensors.records import Provenance, Tick
from stores.record import Position, Taken
from stores.tray import Place, Tray

TICK = Tick("c", "live", Provenance("b", 1, 1, 0), 60)


def _taken(partition: int, ticks: int) -> Taken:
    return Taken((TICK,) * ticks, Position("readings", partition, 0, 1))


def test_rows_are_counted_beside_readings() -> None:
    """A backlog of results is one too; what another writer takes over is not ours."""
    tray = Tray()
    tray.add(_taken(0, 2))
    tray.add(_taken(1, 3))
    assert (tray.readings, tray.rows) == (0, 5)
    tray.drop({Place("readings", 1)})
    assert (tray.readings, tray.rows) == (0, 2)
    tray.clear()
    assert (tray.readings, tray.rows, len(tray)) == (0, 0, 0)
