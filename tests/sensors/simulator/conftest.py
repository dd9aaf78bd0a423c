"""The real city, and scenes in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sensors.city import City, load_city
from sensors.simulator.scene import Scene
from sensors.simulator.settings import JamSettings, SmokeSettings


@pytest.fixture(scope="session")
def city_file() -> Path:
    """Return the file of the Bình Dương area."""
    return Path(__file__).parents[3] / "cities" / "binh-duong.yaml"


@pytest.fixture(scope="session")
def city(city_file: Path) -> City:
    """Return the Bình Dương area."""
    return load_city(city_file)


@pytest.fixture(scope="session")
def make_scene(city: City) -> Callable[..., Scene]:
    """Return a maker of scenes in the Bình Dương area, given anchors and a seed."""

    def make(*anchors: int, seed: int = 1) -> Scene:
        return Scene(city, seed, SmokeSettings(), JamSettings(), anchors)

    return make
