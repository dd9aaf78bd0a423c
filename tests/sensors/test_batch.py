from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sensors.batch import Columns, Sorter
from sensors.reading import COLUMNS
from sensors.records import Batch, Provenance, decode_record, encode_batch


@dataclass(frozen=True)
class _Device:
    id: str
    site: str


_DEVICES = tuple(_Device(f"d{row}", f"s{row % 5}") for row in range(9))
_PARTS = {f"s{row}": row % 3 for row in range(5)}
_messages = st.lists(
    st.tuples(
        st.integers(0, len(_DEVICES) - 1),
        st.integers(10**9, 2 * 10**9),
        st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=5),
    ),
    max_size=30,
)


def _columns(messages: list[tuple[int, int, list[int]]]) -> Columns:
    columns = Columns()
    for device, end, values in messages:
        columns.device.append(device)
        columns.end.append(end)
        columns.period.append(300)
        columns.revision.append(device)
        columns.redelivered.append(bool(end % 2))
        columns.count.append(len(values))
        columns.channel += range(len(values))
        columns.quantity += [3] * len(values)
        columns.value += values
        columns.flag += [1] * len(values)
    return columns


@given(_messages)
def test_every_reading_arrives_once(messages: list[tuple[int, int, list[int]]]) -> None:
    """Each reading is in the batch of its site's partition, once, in order."""
    split = Sorter(_DEVICES, _PARTS.__getitem__).split(_columns(messages))
    expected = [
        (_DEVICES[device].id, _DEVICES[device].site, end, channel, value)
        for device, end, values in messages
        for channel, value in enumerate(values)
    ]
    for part in range(3):
        wanted = [row for row in expected if _PARTS[row[1]] == part]
        batch = split.get(part)
        got = (
            []
            if batch is None
            else list(
                zip(
                    [batch.devices[row] for row in batch.device],
                    [batch.sites[row] for row in batch.site],
                    batch.end.tolist(),
                    batch.channel.tolist(),
                    batch.value.tolist(),
                    strict=True,
                )
            )
        )
        assert got == wanted


def test_crosses_the_wire() -> None:
    """A batch has the columns' own types, and only the sites and devices it names."""
    columns = _columns([(1, 1_000_000_000, [1, 2]), (6, 1_000_000_300, [3])])
    batch = Sorter(_DEVICES, lambda _: 7).split(columns)[7]
    assert (batch.sites, batch.devices) == (("s1",), ("d1", "d6"))
    for name, dtype in COLUMNS.items():
        assert getattr(batch, name).dtype == dtype
    record = Batch("x", "live", Provenance("b", 1, 1, 3), batch)
    back = decode_record(encode_batch(record))
    assert isinstance(back, Batch)
    assert np.array_equal(back.readings.value, batch.value)
    assert back.readings.revision.tolist() == [1, 1, 6]


def test_cleared_columns_are_empty() -> None:
    """Columns can be used again after they were cleared."""
    columns = _columns([(0, 1_000_000_000, [1])])
    columns.clear()
    assert columns == Columns()
    assert not columns
    assert Sorter(_DEVICES, _PARTS.__getitem__).split(columns) == {}


@given(sizes=st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_a_tick_stands_among_its_readings(sizes: tuple[int, int]) -> None:
    """What comes before a tick and what comes behind it cross the wire as such."""
    columns = _columns([(1, 1_000_000_000, list(range(sum(sizes))))])
    batches = Sorter(_DEVICES, lambda _: 7).split(columns)
    if not batches:
        return
    sent = Batch("x", "live", Provenance("b", 1, 1, 3), batches[7], 60, sizes[0])
    back = decode_record(encode_batch(sent))
    assert isinstance(back, Batch)
    before, behind = back.parts()
    got = [[] if part is None else part.value.tolist() for part in (before, behind)]
    assert [*got[0], *got[1]] == batches[7].value.tolist()
    assert (back.tick, len(before)) == (60, sizes[0])


def test_readings_are_counted_by_partition() -> None:
    """Counts are those of the batches that a split gives."""
    columns = _columns([(0, 1_000_000_000, [1, 2]), (6, 1_000_000_300, [3])])
    sorter = Sorter(_DEVICES, _PARTS.__getitem__)
    sizes = {part: len(batch) for part, batch in sorter.split(columns).items()}
    assert sorter.counts(columns) == sizes
