"""Rule files: what is read, and how mistakes are told."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.rulefile import DEFAULT_RULES, RuleError, load_rules, rules_schema
from alerts.watch import Watch
from sensors.city import City, Mistake

ROOT = Path(__file__).parents[2]
GOOD = (DEFAULT_RULES / "air-area.yaml").read_text()


def refused(tmp_path: Path, text: str, city: City | None = None) -> str:
    """Return the message with which a rule file is refused."""
    file = tmp_path / "rule.yaml"
    file.write_text(text)
    with pytest.raises(RuleError) as caught:
        load_rules(file, city)
    return str(caught.value)


def test_the_default_rules_are_read_and_fit_the_city(real_city: City) -> None:
    """Each of them has scopes in the Bình Dương area."""
    rules = load_rules(DEFAULT_RULES, real_city)
    assert {rule.id for rule in rules} >= {"air-area", "traffic-queue"}
    assert all(Watch(rule, real_city).scopes for rule in rules)


def test_default_air_rules_rest_on_thirty_minutes_or_closed_hours() -> None:
    """What the data contract asks of them."""
    for rule in load_rules():
        if rule.what.kind in {"aqi", "concentration", "rise"}:
            final = getattr(rule.what, "use", "") == "final"
            assert final or getattr(rule.what, "cover", 0) >= 1_800


def test_a_default_rule_scopes_by_the_areas_that_look_after_stations(
    real_city: City,
) -> None:
    """The air rule on areas has the district centres."""
    rule = next(rule for rule in load_rules() if rule.id == "air-area")
    assert "dieu-hanh-thuan-an" in Watch(rule, real_city).scopes


def test_the_schema_in_the_documents_is_the_one_of_the_models() -> None:
    """Written again by `thoang rules schema > docs/schema/rules.schema.json`."""
    kept = json.loads((ROOT / "docs" / "schema" / "rules.schema.json").read_text())
    assert kept == rules_schema()


@pytest.mark.parametrize("file", sorted(DEFAULT_RULES.glob("*.yaml")))
def test_every_default_rule_fits_the_schema(file: Path) -> None:
    """An editor that follows the schema has no complaint."""
    jsonschema.validate(yaml.safe_load(file.read_text()), rules_schema())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: concentration", "kind: smell", "what.kind: is not one"),
        ("  kind: concentration\n", "", "what.kind: is missing"),
        ("quantity: pm25", "quantity: pm3", "is not one of the words"),
        ("scope: area", "scope: planet", "where.scope: is not one"),
        ("raise: {above: 50}", "raise: {below: 50}", "looks the wrong way"),
        ("raise: {above: 50}", "raise: {}", "must say one thing"),
        ("raise: {above: 50}", "raise: {above: queue}", "wanted a number from"),
        ("clear: {below: 42}", "clear: {below: 60}", "while it is still raised"),
        (
            "raise: {above: 80}, clear: {below: 70}",
            "raise: {above: 40}, clear: {below: 30}",
            "is not worse",
        ),
        ("name: bad", "name: poor", "is used twice"),
        ("for: 40m", "for: 40 minutes", "got '40 minutes'"),
        ("for: 40m", "for: 40", "is no duration; got 40; wanted such as 90s"),
        ("clear_for: 30m", "clearfor: 30m", "Did you mean 'clear_for'"),
        ("repeat: 3h", "repeat: 1m", "at least 10m"),
        ("owner: ", "owners: ", "is not a key"),
        ("cover: 30m", "cover: 2h", "wanted 1m to 1h"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_was_wanted(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    """File, line, what, wanted or the way out."""
    line = GOOD[: GOOD.index(old)].count("\n") + 1
    said = refused(tmp_path, GOOD.replace(old, new, 1))
    # A missing key is told at the mapping that lacks it.
    assert f"rule.yaml:{line if new else line - 1}: " in said
    assert words in said


def test_a_scope_that_a_condition_cannot_have_is_refused(tmp_path: Path) -> None:
    """Levels are of segments."""
    text = (DEFAULT_RULES / "traffic-queue.yaml").read_text()
    said = refused(tmp_path, text.replace("scope: segment", "scope: station"))
    assert "a rule on level cannot be scoped so; got station; wanted segment" in said


def test_sites_and_areas_are_looked_up_in_the_city(
    tmp_path: Path, real_city: City
) -> None:
    """With the nearest name as the way out."""
    text = GOOD.replace("scope: area", "scope: area\n  areas: [dieu-hanh-thuan-am]")
    said = refused(tmp_path, text, real_city)
    assert "is not in the city file; got 'dieu-hanh-thuan-am'" in said
    assert "dieu-hanh-thuan-an" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("[1, 2]", "is not a rule"),
        ("id: a\nid: b\n", "given twice"),
        ("a: &x [1]\nb: *x\n", "anchors"),
        ("id: !!python/object:os.system {}\n", "rule.yaml:"),
        ("{" * 200, "rule.yaml"),
        ("id: a\n---\nid: b\n", "more than one document"),
        ("x" * 300_000, "too large"),
    ],
)
def test_what_is_no_bounded_plain_yaml_is_refused_at_once(
    tmp_path: Path, text: str, words: str
) -> None:
    """Bombs, tags, aliases and other documents."""
    assert words in refused(tmp_path, text)


def test_a_folder_gives_the_mistakes_of_all_its_files(tmp_path: Path) -> None:
    """And says when two files have one id."""
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD)
    (tmp_path / "c.yaml").write_text(GOOD.replace("for: 40m", "for: long"))
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert "is the id of another rule" in str(caught.value)
    assert "c.yaml:26: for" in str(caught.value)


def test_an_empty_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    """Neither is taken for no rules."""
    with pytest.raises(RuleError, match="no rule file in this folder"):
        load_rules(tmp_path)
    with pytest.raises(RuleError, match="cannot be read"):
        load_rules(tmp_path / "none.yaml")


def test_editing_words_leaves_the_condition_and_editing_bounds_does_not() -> None:
    """Version and fingerprint tell the two apart."""
    rule = next(rule for rule in load_rules() if rule.id == "air-area")
    spoken = rule.model_copy(update={"reason": "another"})
    longer = rule.model_copy(update={"for_": 60})
    assert spoken.version() != rule.version()
    assert spoken.fingerprint() == rule.fingerprint()
    assert longer.fingerprint() != rule.fingerprint()
    assert longer.subject() == rule.subject()


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_mutated_rule_is_read_or_refused_with_a_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Nothing crashes, whatever one line becomes."""
    lines = GOOD.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    ends = data.draw(st.sampled_from(["", "{}", "[]", "null", ": :", "1e999", "- a"]))
    keep = data.draw(st.integers(0, len(lines[place])))
    lines[place] = lines[place][:keep] + ends
    file = tmp_path_factory.getbasetemp() / "mutated.yaml"
    file.write_text("\n".join(lines))
    told: tuple[Mistake, ...] = ()
    try:
        load_rules(file)
    except RuleError as error:
        told = error.mistakes
    assert all(m.file.endswith("mutated.yaml") and m.what for m in told)
