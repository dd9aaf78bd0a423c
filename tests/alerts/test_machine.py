"""Results of many partitions meet: a minute is judged once all have ticked it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.evaluator import Evaluator
from alerts.machine import AlertsMachine
from alerts.notice import Notice, compose
from alerts.rulefile import DEFAULT_RULES, load_rules
from alerts.transition import Transition
from alerts.words import load_catalogue
from sensors.city import City, load_city
from sensors.records import ALERTS, NOTICES, decode
from streams.durable.machine import Emission, Place
from streams.results import Congestion, Results, write_results

CITY = Path(__file__).parents[2] / "cities" / "binh-duong.yaml"
T0 = 1_700_000_000 // 60 * 60
PLACE = Place(0, 0, 0)
MINUTES = 8
Make = Callable[[], AlertsMachine]
SOURCES = [("air", 0), ("traffic", 0), ("traffic", 1)]


@pytest.fixture(scope="module")
def city() -> City:
    """Return the city."""
    return load_city(CITY).with_run(origin="simulated", clock="messages")


@pytest.fixture(scope="module")
def make(city: City) -> Make:
    """Return what makes a fresh machine with the default rules."""
    rules, catalogue = load_rules(DEFAULT_RULES), load_catalogue()

    def made() -> AlertsMachine:
        return AlertsMachine(
            Evaluator(rules, city),
            lambda transition: compose(transition, city, catalogue),
            SOURCES,
        )

    return made


def _record(source: tuple[str, int], offset: int, *, epoch: int = 1) -> bytes:
    """Return what a source says in minute `offset`; segment 0 queues all the time."""
    end = T0 + 60 * offset
    queue = Congestion(
        city="binh-duong",
        origin="simulated",
        site="ql13-n-05",
        start=(end - 1) // 300 * 300,
        end=(end - 1) // 300 * 300 + 300,
        evaluated=end,
        observed=end,
        level="queue",
        level_since=T0,
        speed=3.0,
        ratio=0.05,
    )
    return write_results(
        Results(
            city="binh-duong",
            origin="simulated",
            stage=source[0],
            epoch=epoch,
            partition=source[1],
            offset=offset,
            tick=end,
            congestion=(queue,) if source == ("traffic", 0) else (),
        )
    )


def _told(emissions: Sequence[Emission]) -> tuple[list[Transition], list[Notice]]:
    return (
        [decode(e.value, Transition) for e in emissions if e.topic == ALERTS],
        [decode(e.value, Notice) for e in emissions if e.topic == NOTICES],
    )


def _in_turn() -> list[bytes]:
    return [_record(s, n) for n in range(1, MINUTES + 1) for s in SOURCES]


def test_a_queue_is_told_once(make: Make) -> None:
    """The notice of the episode, with its transition, to one partition each."""
    machine = make()
    emissions = [e for value in _in_turn() for e in machine.apply(value, PLACE)]
    _, notices = _told(emissions)
    assert [(n.rule, n.kind, n.scope_id) for n in notices] == [
        ("traffic-queue", "raise", "ql13-n-05")
    ]
    assert {e.partition for e in emissions} == {0}


def test_a_minute_waits_for_its_last_partition(make: Make) -> None:
    """Two of three sources have ticked: nothing is judged."""
    machine = make()
    for minute in range(1, MINUTES + 1):
        for source in SOURCES[:2]:
            assert not machine.apply(_record(source, minute), PLACE)
    said = [
        e
        for minute in range(1, MINUTES + 1)
        for e in machine.apply(_record(SOURCES[2], minute), PLACE)
    ]
    assert _told(said)[1]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(0, 3 * MINUTES))
def test_order_repeats_and_restarts_do_not_matter(
    make: Make, seed: int, cut: int
) -> None:
    """Sources interleaved anyhow, records twice, a restart: the same is told."""
    random, machine, said = Random(seed), make(), []  # noqa: S311  # a seeded test
    queues = {s: [_record(s, n) for n in range(1, MINUTES + 1)] for s in SOURCES}
    sent: list[bytes] = []
    while any(queues.values()):
        source = random.choice([s for s in SOURCES if queues[s]])
        value = queues[source].pop(0)
        said += machine.apply(value, PLACE)
        sent.append(value)
        if len(sent) == cut:
            fresh = make()
            fresh.load(machine.dump())
            machine = fresh
        if random.random() < 0.3:
            said += machine.apply(random.choice(sent), PLACE)
    plain = make()
    wanted = [e for value in _in_turn() for e in plain.apply(value, PLACE)]
    assert _told(said) == _told(wanted)


def test_a_lost_log_is_said_again(make: Make) -> None:
    """The newest transitions and notices go out again, with the same ids."""
    machine = make()
    said = [e for value in _in_turn() for e in machine.apply(value, PLACE)]
    fresh = make()
    fresh.load(machine.dump())
    again = fresh.restate(2)
    assert {n.id for n in _told(again)[1]} == {n.id for n in _told(said)[1]}
    assert not fresh.apply(_record(SOURCES[0], 1), PLACE)
    later = [_record(s, MINUTES + 1, epoch=2) for s in SOURCES]
    assert not _told([e for v in later for e in fresh.apply(v, PLACE)])[1]
