"""Worked cases: those beside this file, and those of the folder THOANG_ORACLES."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

KINDS = {"aqi_case": "aqi-*.json", "traffic_case": "traffic-*.json"}


def _cases(pattern: str) -> list[Any]:
    folders = [Path(__file__).parent]
    if "THOANG_ORACLES" in os.environ:
        folders.append(Path(os.environ["THOANG_ORACLES"]))
    files = [file for folder in folders for file in sorted(folder.glob(pattern))]
    return [
        pytest.param(case, id=f"{file.stem}:{case['id']}")
        for file in files
        for case in json.loads(file.read_text("utf-8"), parse_float=Decimal)
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hand every case of its kind to a test that asks for one."""
    for name, pattern in KINDS.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, _cases(pattern))
