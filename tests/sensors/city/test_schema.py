"""The exported JSON Schema."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from sensors.city import city_schema

ROOT = Path(__file__).parents[3]


def test_the_exported_schema_is_up_to_date() -> None:
    """Run `thoang city schema > docs/schema/city.schema.json` when this fails."""
    exported = ROOT / "docs/schema/city.schema.json"
    assert json.loads(exported.read_text(encoding="utf-8")) == city_schema()


def test_the_shipped_city_meets_the_schema() -> None:
    """An editor that knows the schema has nothing to underline."""
    text = (ROOT / "cities/binh-duong.yaml").read_text(encoding="utf-8")
    data = json.loads(json.dumps(yaml.safe_load(text), default=str))
    jsonschema.validate(data, city_schema())


def test_a_mistake_fails_the_schema() -> None:
    """The schema is as strict as the models about keys."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"id": "x", "colour": "red"}, city_schema())
