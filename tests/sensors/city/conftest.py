from collections.abc import Callable
from pathlib import Path

import pytest

from sensors.city import City, load_city

SMALL = """\
id: small
name_vi: Nhỏ
name_en: Small
timezone: Asia/Ho_Chi_Minh
boundaries: small.geojson
hierarchies:
  - {id: administrative, name_vi: Hành chính, name_en: Administrative}
  - {id: operations, name_vi: Điều hành, name_en: Operations}
areas:
  - {id: centre, name_vi: C, name_en: C, kind: centre, hierarchy: operations,
     shape: {kind: members}}
  - id: old
    name_vi: Cũ
    name_en: Old
    kind: district
    hierarchy: administrative
    code: "1"
    valid_to: 2025-06-30
    shape: {kind: members}
  - id: new
    name_vi: Mới
    name_en: New
    kind: ward
    hierarchy: administrative
    operations: centre
    formerly: old
    code: "2"
    valid_from: 2025-07-01
    shape: {kind: polygon, code: "2"}
stations:
  - id: st-1
    name_vi: Một
    name_en: One
    lat: 11.05
    lon: 106.05
    area: new
    station_class: regulatory
    quantities: [pm25, no2]
segments:
  - id: east-1
    name_vi: Đông 1
    name_en: East 1
    road: Đường Đông
    direction: {vi: hướng đông, en: eastbound}
    line: [[106.00, 11.0], [106.01, 11.0]]
    length_m: 1090
    lanes: 2
    limit_kmh: 50
    areas: [new]
    downstream: [east-2]
  - id: east-2
    name_vi: Đông 2
    name_en: East 2
    road: Đường Đông
    direction: {vi: hướng đông, en: eastbound}
    line: [[106.01, 11.0], [106.02, 11.0]]
    length_m: 1090
    lanes: 2
    limit_kmh: 50
    areas: [new]
    upstream: [east-1]
devices:
  - {id: a1, kind: air, site: st-1, interval_s: 300, period_s: 300}
  - {id: t1, kind: traffic, site: east-1, interval_s: 60, period_s: 60}
  - {id: t2, kind: traffic, site: east-2, interval_s: 60, period_s: 60}
"""

BOUNDARIES = """{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"code": "2"}, "geometry": {"type": "Polygon",
  "coordinates": [[[106, 11], [106.1, 11], [106.1, 11.1], [106, 11.1], [106, 11]]]}}
]}"""

CITIES = Path(__file__).parents[3] / "cities"

Write = Callable[[str], Path]


@pytest.fixture
def small() -> str:
    """Give a city file without a mistake, as text."""
    return SMALL


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a city file, with its boundaries beside it, and return its path."""

    def written(text: str) -> Path:
        (tmp_path / "small.geojson").write_text(BOUNDARIES, encoding="utf-8")
        path = tmp_path / "small.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="session")
def binh_duong() -> City:
    """Load the Bình Dương area as the project ships it."""
    return load_city(CITIES / "binh-duong.yaml")
