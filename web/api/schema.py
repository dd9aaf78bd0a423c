"""Owns the exported description: ``python -m web.api.schema docs/schema``."""

import json
import sys
from pathlib import Path
from typing import cast

from fastapi import FastAPI

from alerts.words import load_catalogue
from sensors.city.city import City
from sensors.city.file import CityFile
from web.app import create_app
from web.settings import WebSettings
from web.source import Source

NAME = "openapi.json"


def written() -> str:
    """Return the description as its file in ``docs/schema`` holds it."""
    return json.dumps(_app().openapi(), ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str]) -> None:
    """Write the description into the folder named on the command line."""
    (Path(arguments[0]) / NAME).write_text(written(), encoding="utf-8")


def _app() -> FastAPI:
    """Return an application of which only the routes are looked at."""
    nowhere = CityFile.model_validate(
        {
            "id": "nowhere",
            "name_vi": "Nowhere",
            "name_en": "Nowhere",
            "timezone": "UTC",
            "hierarchies": [{"id": "operations", "name_vi": "-", "name_en": "-"}],
            "areas": [
                {
                    "id": "nowhere-at-all",
                    "name_vi": "-",
                    "name_en": "-",
                    "kind": "centre",
                    "hierarchy": "operations",
                }
            ],
        }
    )
    unread = cast("Source", None)
    return create_app(WebSettings(), unread, City(nowhere), load_catalogue(), lambda: 0)


if __name__ == "__main__":
    main(sys.argv[1:])
