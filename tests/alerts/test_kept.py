"""What becomes of alerts when rules change between two runs."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from alerts.evaluator import Evaluator
from alerts.rule import Rule
from alerts.transition import Transition
from sensors.city import City
from sensors.records import UnknownVersionError

MINUTE = 60
T0 = 1_795_359_600

Make = Callable[..., Any]


@pytest.fixture
def firing(road_city: City, make_rule: Make, make_road: Make) -> bytes:
    """Return the state in which `r1` fires and `r2` is pending."""
    evaluator = Evaluator([make_rule(**{"for": "2m"})], road_city)
    for minute in range(4):
        now = T0 + minute * MINUTE
        records = [make_road("r1", now, "queue")]
        if minute == 3:
            records.append(make_road("r2", now, "queue"))
        evaluator.step(now, [], records)
    return evaluator.dump()


def go_on(
    city: City, rules: list[Rule], state: bytes, records: list[Any]
) -> list[Transition]:
    """Load the state under other rules and step five minutes."""
    evaluator = Evaluator(rules, city)
    evaluator.load(state)
    found = []
    for minute in range(4, 9):
        now = T0 + minute * MINUTE
        here = [r for r in records if r.evaluated == now]
        found += evaluator.step(now, [], here)
    return [t for t in found if t.kind]


def queues(make_road: Make, *sites: str) -> list[Any]:
    """Return five more minutes of queue on `sites`."""
    minutes = range(4, 9)
    return [make_road(s, T0 + m * MINUTE, "queue") for m in minutes for s in sites]


def test_an_edit_of_words_and_channels_goes_on_as_if_nothing_was(
    road_city: City, make_rule: Make, make_road: Make, firing: bytes
) -> None:
    """The pending alert completes when it would have."""
    edited = make_rule(**{"for": "2m", "channels": ["log"], "owner": "somebody else"})
    found = go_on(road_city, [edited], firing, queues(make_road, "r1", "r2"))
    assert [(t.kind, t.scope_id, t.known) for t in found] == [
        ("raise", "r2", T0 + 5 * MINUTE)
    ]
    assert found[0].rule_version == edited.version()


def test_an_edit_of_the_condition_makes_no_storm(
    road_city: City, make_rule: Make, make_road: Make, firing: bytes
) -> None:
    """What fires goes on unsaid; what was pending begins again."""
    edited = make_rule(**{"for": "4m"})
    found = go_on(road_city, [edited], firing, queues(make_road, "r1", "r2"))
    assert [(t.kind, t.scope_id, t.known) for t in found] == [
        ("raise", "r2", T0 + 8 * MINUTE)
    ]


def test_after_an_edit_the_new_condition_ends_what_the_old_one_began(
    road_city: City, make_rule: Make, make_road: Make, firing: bytes
) -> None:
    """The episode keeps its id and its number."""
    edited = make_rule(**{"for": "4m"})
    records = [make_road("r1", T0 + 4 * MINUTE, "free")]
    found = go_on(road_city, [edited], firing, records)
    assert [(t.kind, t.scope_id, t.sequence) for t in found] == [("clear", "r1", 2)]
    assert found[0].since == T0


def test_a_rule_that_is_gone_ends_its_alerts_once_and_says_why(
    road_city: City, make_rule: Make, firing: bytes
) -> None:
    """Whoever was told of the beginning is told of the end."""
    other = make_rule(id="other")
    found = go_on(road_city, [other], firing, [])
    assert [(t.kind, t.rule, t.reason, t.sequence, t.heard) for t in found] == [
        ("clear", "test", "rule_removed", 2, 1)
    ]


def test_another_subject_ends_what_fires(
    road_city: City, make_rule: Make, firing: bytes
) -> None:
    """A rule that now looks at one other segment says so where it fired."""
    edited = make_rule(where={"scope": "segment", "segments": ["r3"]})
    found = go_on(road_city, [edited], firing, [])
    assert [(t.kind, t.scope_id, t.reason) for t in found] == [
        ("clear", "r1", "rule_changed")
    ]


def test_ends_that_were_not_told_yet_survive_another_restart(
    road_city: City, make_rule: Make, firing: bytes
) -> None:
    """Loaded, dumped before the first step, and loaded again: still told once."""
    between = Evaluator([make_rule(id="other")], road_city)
    between.load(firing)
    found = go_on(road_city, [make_rule(id="other")], between.dump(), [])
    assert [t.reason for t in found] == ["rule_removed"]


def test_a_state_of_an_unknown_version_is_not_guessed_at(
    road_city: City, make_rule: Make, firing: bytes
) -> None:
    """It pauses and says so."""
    state = msgspec.msgpack.decode(firing) | {"v": 99}
    evaluator = Evaluator([make_rule()], road_city)
    with pytest.raises(UnknownVersionError, match="99"):
        evaluator.load(msgspec.msgpack.encode(state))


def test_a_hundred_thousand_states_are_kept_in_bounded_room(
    road_city: City, make_rule: Make
) -> None:
    """A remembered state takes little room in the snapshot."""
    evaluator = Evaluator([make_rule()], road_city)
    empty = len(evaluator.dump())
    for site in range(1_000):
        memory = evaluator._memories["test"]
        memory[f"segment-{site}"] = type(evaluator._memory(_watch(evaluator), "r1"))()
    assert (len(evaluator.dump()) - empty) / 1_000 < 64


def _watch(evaluator: Evaluator) -> Any:  # an inner of the evaluator
    return evaluator._watches["test"]
