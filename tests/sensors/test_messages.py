import json
import re
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from sensors.decoders.refusal import REASONS
from sensors.messages import MODELS, AirQuantity, VehicleClass, main, schema, written
from sensors.quality import RANGES
from sensors.reading import QUANTITIES, VEHICLE_CLASSES
from sensors.units import units_of

_DOCS = Path(__file__).parents[2] / "docs"
_TEXT = (_DOCS / "messages.md").read_text(encoding="utf-8")
_EXAMPLES = re.findall(r"^```json (\w+)\n(.*?)^```", _TEXT, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("kind", MODELS)
def test_schemas_are_fresh(kind: str) -> None:
    """docs/schema holds what ``python -m sensors.messages docs/schema`` writes."""
    path = _DOCS / "schema" / f"{kind}.schema.json"
    assert path.read_text(encoding="utf-8") == written(kind)


def test_main_writes_all_schemas(tmp_path: Path) -> None:
    """One file a kind of topic is written, each a valid JSON Schema."""
    main([str(tmp_path)])
    for kind in MODELS:
        data = json.loads((tmp_path / f"{kind}.schema.json").read_text("utf-8"))
        Draft202012Validator.check_schema(data)


@pytest.mark.parametrize(
    ("kind", "text"), _EXAMPLES, ids=[f"{n}-{e[0]}" for n, e in enumerate(_EXAMPLES)]
)
def test_examples_are_right(kind: str, text: str) -> None:
    """Each example in the documents fits its schema and its model."""
    Draft202012Validator(schema(kind)).validate(json.loads(text))
    MODELS[kind].model_validate_json(text)


def test_there_are_examples_of_each_kind() -> None:
    """No kind of message is without an example."""
    assert {kind for kind, _ in _EXAMPLES} == set(MODELS)


def test_the_models_know_all_quantities() -> None:
    """The models name the quantities of `sensors.reading`, no more and no fewer."""
    air = {quantity.name for quantity in QUANTITIES if quantity.kind == "air"}
    assert set(get_args(AirQuantity)) == air
    assert get_args(VehicleClass) == VEHICLE_CLASSES


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda quantity: quantity.name)
def test_quantities_are_documented(quantity: object) -> None:
    """Units and ranges in the documents are those of the code."""
    name = getattr(quantity, "name", "")
    found = next(each for each in QUANTITIES if each.name == name)
    line = next(row for row in _TEXT.splitlines() if row.startswith(f"| `{name}` |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    gross = RANGES[name]
    assert cells[1] == found.unit
    assert cells[2] == " ".join(f"`{unit}`" for unit in units_of(found))
    assert [float(cell) for cell in cells[3:]] == [
        gross.fail_below,
        gross.suspect_below,
        gross.suspect_above,
        gross.fail_above,
    ]


def test_reasons_are_documented() -> None:
    """Every reason of a refusal is listed with its meaning."""
    for reason, meaning in REASONS.items():
        assert f"| `{reason}` | {meaning} |" in _TEXT
