"""The document about rules is kept true."""

import re
from pathlib import Path

import pytest
import yaml

from alerts.rule import AreaWhere, Rule, SegmentWhere, StationWhere, Step
from alerts.rulefile import load_rules

DOCUMENT = (Path(__file__).parents[2] / "docs" / "rules.md").read_text()
EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.mark.parametrize("model", [Rule, Step, StationWhere, SegmentWhere, AreaWhere])
def test_every_field_is_in_the_document(model: type[Rule]) -> None:
    """By the name that people write."""
    names = [field.alias or name for name, field in model.model_fields.items()]
    assert [name for name in names if f"`{name}`" not in DOCUMENT] == []


def test_every_default_rule_is_in_the_document() -> None:
    """By its id."""
    assert [r.id for r in load_rules() if f"`{r.id}`" not in DOCUMENT] == []


def test_the_first_example_is_a_rule_and_the_others_are_parts(tmp_path: Path) -> None:
    """They can be copied as they are."""
    (tmp_path / "first.yaml").write_text(EXAMPLES[0])
    rule = load_rules(tmp_path)[0]
    assert rule.id == "ozone-di-an"
    whole = yaml.safe_load(EXAMPLES[0])
    for part in EXAMPLES[1:]:
        Rule.model_validate(whole | yaml.safe_load(part))
