"""Worked cases: those beside this file, and those of the folder THOANG_ORACLES."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

KINDS = {"aqi_case": "aqi-*.json", "traffic_case": "traffic-*.json"}


def _folders() -> list[tuple[str, Path]]:
    folders = [("", Path(__file__).parent)]
    if "THOANG_ORACLES" in os.environ:
        more = Path(os.environ["THOANG_ORACLES"])
        if not more.is_dir():
            message = (
                f"THOANG_ORACLES is {more}, which is no folder: correct or unset it"
            )
            raise pytest.UsageError(message)
        folders.append(("more/", more))
    return folders


def _cases(pattern: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{prefix}{file.stem}:{case['id']}")
        for prefix, folder in _folders()
        for file in sorted(folder.glob(pattern))
        for case in json.loads(file.read_text("utf-8"), parse_float=Decimal)
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hand every case of its kind to a test that asks for one."""
    for name, pattern in KINDS.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, _cases(pattern))
