"""A file that cannot be read as a city is refused in one clear message."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.city import CityError, load_city

Write = Callable[[str], Path]

WHOLE = {
    "empty": (b"", "empty"),
    "a list": (b"- 1\n", "not a city file"),
    "a word": (b"city\n", "not a city file"),
    "not UTF-8": (b"id: \xff\n", "not UTF-8 at byte 4"),
    "control characters": (b"id: \x00\n", "not YAML"),
    "too large": (b"# " + b"x" * (8 * 1024 * 1024), "too large"),
    "deeply nested": (b"[" * 100_000, "nested too deeply"),
    "deeply nested mappings": (b"{a: " * 100_000, "nested too deeply"),
    "complex key": (b"? [a, b]\n: 1\n", "a key must be a word"),
    "aliases that grow": (b"a: &a [x]\nb: [*a, *a]\n", "anchors"),
    "huge number": (b"grace_s: " + b"9" * 5000, "grace_s"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_is_no_city_is_refused(name: str, tmp_path: Path) -> None:
    """Bytes of any kind end in one clear message and never in a crash."""
    raw, says = WHOLE[name]
    path = tmp_path / "city.yaml"
    path.write_bytes(raw)
    with pytest.raises(CityError, match=says):
        load_city(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message names the path that cannot be read."""
    with pytest.raises(CityError, match=r"none\.yaml: cannot be read"):
        load_city(tmp_path / "none.yaml")


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_no_text_crashes_the_loader(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """Whatever is in the file, it is refused in words."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(CityError):
        load_city(path)


FEATURE = (
    b'{"type": "FeatureCollection", "features": '
    b'[{"properties": {%b}, "geometry": {"type": %b}}]}'
)
BOUNDARIES = {
    "missing": (None, "cannot be read"),
    "not JSON": (b"{", "not JSON"),
    "not UTF-8": (b"\xff", "not JSON"),
    "deep": (b"[" * 100_000, "not JSON"),
    "not a collection": (b'{"type": "Feature"}', "not a collection"),
    "point": (
        FEATURE % (b'"code": "2"', b'"Point", "coordinates": [1, 2]'),
        "features.0.geometry",
    ),
    "no code": (
        FEATURE % (b"", b'"Polygon", "coordinates": []'),
        "properties.code",
    ),
}


@pytest.mark.parametrize("name", BOUNDARIES)
def test_bad_boundaries_are_told_at_their_name(
    name: str, small: str, write: Write
) -> None:
    """What is wrong with the GeoJSON is told at the line that names it."""
    raw, says = BOUNDARIES[name]
    path = write(small)
    boundaries = path.with_name("small.geojson")
    if raw is None:
        boundaries.unlink()
    else:
        boundaries.write_bytes(raw)
    with pytest.raises(CityError, match=says) as caught:
        load_city(path)
    (mistake,) = caught.value.mistakes
    assert mistake.line == 1 + small.splitlines().index("boundaries: small.geojson")
