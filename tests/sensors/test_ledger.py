"""The counts of readings and their balance."""

from hypothesis import given
from hypothesis import strategies as st

from sensors.ledger import COUNTED, Audit, Counts, Finding, Ledger

counts = st.builds(Counts, **{name: st.integers(0, 100) for name in COUNTED})


@given(counts, counts)
def test_sum(one: Counts, other: Counts) -> None:
    """Counts add up field by field, and so does what is in flight."""
    both = one + other
    assert both.stored == one.stored + other.stored
    assert both.in_flight == one.in_flight + other.in_flight


def test_balance() -> None:
    """A ledger balances when each reading received is accounted for."""
    device = Counts(received=5, stored=3, quarantined=1, duplicate=1, late=2)
    ledger = Ledger({"a": device}, claimed=5)
    assert ledger.balances
    assert ledger.total == device


def test_in_flight() -> None:
    """What the bridges claim and nothing accounts for is in flight."""
    ledger = Ledger({"a": Counts(received=3, stored=3)}, claimed=5)
    assert ledger.total.in_flight == 2
    assert not ledger.balances


def test_lost() -> None:
    """What a broker took with it is accounted for as lost, and shown."""
    ledger = Ledger({"a": Counts(received=3, stored=3)}, claimed=5, lost=2)
    assert ledger.balances
    assert (ledger.total.received, ledger.total.lost) == (5, 2)


def test_redelivered() -> None:
    """What was handed over again is claimed but not received."""
    device = Counts(received=3, stored=3, redelivered=2)
    ledger = Ledger({"a": device}, claimed=5)
    assert ledger.balances
    assert ledger.total.received == 3


def test_one_device_out_of_balance() -> None:
    """Two devices whose errors cancel out do not balance."""
    ledger = Ledger(
        {"a": Counts(received=3, stored=2), "b": Counts(received=2, stored=3)},
        claimed=5,
    )
    assert ledger.total.in_flight == 0
    assert not ledger.balances


def test_audit() -> None:
    """An audit balances only if the rows agree with the ledger."""
    ledger = Ledger({"a": Counts(received=3, stored=3)}, claimed=3)
    assert Audit(ledger, 3, 0).balances
    assert not Audit(ledger, 2, 0, (Finding("stored", "a", 3, 2),)).balances
