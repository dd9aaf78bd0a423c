"""What comes of bridge runs."""

from hypothesis import given
from hypothesis import strategies as st

from sensors.records import Provenance
from stores.runs import Gap, Run


def provenances(sizes: list[int]) -> list[tuple[Provenance, int]]:
    totals = [sum(sizes[: n + 1]) for n in range(len(sizes))]
    return [
        (Provenance("b", 1, n + 1, total), size)
        for n, (total, size) in enumerate(zip(totals, sizes, strict=True))
    ]


def after(run: Run, provenance: Provenance, size: int) -> Run:
    return run.take(provenance, size) or run


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=12), data=st.data())
def test_any_order(sizes: list[int], data: st.DataObject) -> None:
    """Batches that come in any order, some twice, some never: lost is what is missing.

    Only batches before the newest that came can be known to be missing.
    """
    batches = provenances(sizes)
    came = data.draw(st.lists(st.sampled_from(batches), min_size=1, max_size=20))
    run = Run()
    for provenance, size in came:
        run = after(run, provenance, size)
    newest = max(provenance.sequence for provenance, _ in came)
    missing = [each for each in batches[:newest] if each not in came]
    assert run.lost == sum(size for _, size in missing)
    assert (run.sequence, run.total) == (newest, sum(sizes[:newest]))


def test_repeat() -> None:
    """A batch that came is a repeat, one out of a gap is not."""
    (one, _), (two, _), (three, _) = provenances([4, 2, 3])
    run = after(after(Run(), one, 4), three, 3)
    assert run.gaps == (Gap(2, 2, 4, 6),)
    assert run.take(one, 4) is None
    assert run.take(three, 3) is None
    filled = run.take(two, 2)
    assert filled is not None
    assert filled.gaps == ()
    assert filled.take(two, 2) is None


def test_missing_ticks() -> None:
    """A number without readings, such as a tick's, leaves no gap."""
    run = after(Run(), Provenance("b", 1, 1, 5), 5)
    assert after(run, Provenance("b", 1, 4, 7), 2).gaps == ()
