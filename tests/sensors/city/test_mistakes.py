"""Every kind of mistake in a city file is named, at its line."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from sensors.city import CityError, load_city

Write = Callable[[str], Path]


class Slip(NamedTuple):
    """One edit of the small city, and what must be said of it.

    `at` is text of the line at which the mistake is told, after the edit; `gone` is
    removed from the file besides.
    """

    old: str
    new: str
    says: str
    at: str = "# !"
    gone: str = ""


POLYGON = 'shape: {kind: polygon, code: "2"}'
CIRCLE = "shape: {kind: circle, lat: 11.05, lon: 106.05, radius_m: 9000"

FORM = {
    "unknown key": Slip("name_en: Small", "name_eng: Small # !", "mean 'name_en'"),
    "key of the whole missing": Slip("name_en: Small\n", "", "name_en", at="id: small"),
    "id not a slug": Slip("id: small", "id: Small City # !", "lower-case letters"),
    "time zone": Slip("Asia/Ho_Chi_Minh", "Asia/Saigon2 # !", "not a time zone"),
    "time zone outside": Slip("Asia/Ho_Chi_Minh", "../zone # !", "not a time zone"),
    "number for a text": Slip('code: "1"', "code: 1 # !", "Put it in quotes"),
    "text for a number": Slip("lat: 11.05", "lat: '11.05' # !", "valid number"),
    "latitude": Slip("lat: 11.05", "lat: 95.0 # !", "less than or equal to 90"),
    "not a number": Slip("lat: 11.05", "lat: .nan # !", "finite number"),
    "day": Slip("2025-06-30", "soon # !", "a day such as 2025-07-01"),
    "kind of area": Slip("kind: ward", "kind: wart # !", "Did you mean 'ward'"),
    "kind of shape": Slip(POLYGON, "shape: {kind: square} # !", "circle or members"),
    "shape without kind": Slip(POLYGON, "shape: {} # !", "does not say its kind"),
    "circle not marked": Slip(POLYGON, f"{CIRCLE}}} # !", "approximate: is missing"),
    "missing key": Slip("st-1\n    name_vi: Một", "st-1 # !", "name_vi: is missing"),
    "empty text": Slip("name_vi: Một", "name_vi: '' # !", "is empty"),
    "empty list": Slip("[pm25, no2]", "[] # !", "too few items"),
    "a text for a list": Slip("[pm25, no2]", "pm25 # !", "is not a list"),
    "a list for a mapping": Slip("  - {id: a1,", "  - [] # !\n  - {id: a1,", "mapping"),
    "lanes true": Slip("lanes: 2", "lanes: true # !", "valid integer"),
    "interval": Slip("interval_s: 300,", "interval_s: 0, # !\n    ", "or equal to 1"),
    "boundaries elsewhere": Slip("small.geo", "../small.geo", "not written", at="../"),
    "no areas": Slip("areas:\n", "areas: [] # !\nx:\n", "too few items"),
}
WRITING = {
    "key twice": Slip("name_en: Small", "name_en: X\nname_en: Y # !", "given twice"),
    "anchor": Slip("name_vi: Nhỏ", "name_vi: &n Nhỏ # !", "anchors"),
    "alias": Slip("name_vi: Nhỏ", "name_vi: *n # !", "anchors"),
    "Python object": Slip("Nhỏ", "!!python/name:os.system # !", "tags (!)"),
    "no such day": Slip("2025-06-30", "2025-06-31 # !", "a day such as"),
    "not YAML": Slip("name_vi: Nhỏ", "name_vi: [Nhỏ\n  a: b # !", "not YAML"),
    "tabulator": Slip("name_vi: Nhỏ", "\tname_vi: Nhỏ # !", "not YAML"),
    "two documents": Slip("devices:", "---\ndevices:", "one document", at="---"),
}
IDS = {
    "area twice": Slip("  - id: new", "  - id: old # !", "given twice"),
    "station like area": Slip("  - id: st-1", "  - id: new # !", "first to areas[2]"),
    "device twice": Slip("{id: t2,", "{id: t1, # !\n    ", "given twice"),
    "unknown parent": Slip('"1"', '"1"\n    parent: hue # !', "not in the file"),
    "unknown ward": Slip("area: new", "area: neu # !", "Did you mean 'new'"),
    "unknown centre": Slip("operations: centre", "operations: ioc # !", "'ioc'"),
    "unknown former area": Slip("formerly: old", "formerly: olt # !", "'old'"),
    "unknown neighbour": Slip("[east-2]", "[west] # !", "'west'"),
    "unknown site": Slip("site: st-1,", "site: st-9, # !\n    ", "'st-1'"),
    "undeclared hierarchy": Slip(
        "  - {id: operations, name_vi: Điều hành, name_en: Operations}\n",
        "",
        "'operations'",
        at="{id: centre",
    ),
}
AREAS = {
    "parent cycle": Slip('"1"', '"1"\n    parent: old # !', "comes back"),
    "other hierarchy": Slip('"1"', '"1"\n    parent: centre # !', "another hierarchy"),
    "parent not in force": Slip(
        "formerly: old", "formerly: old\n    parent: old # !", "not in force on all"
    ),
    "formerly of another hierarchy": Slip(
        "formerly: old", "formerly: centre # !", "belongs to another hierarchy"
    ),
    "not a centre": Slip("operations: centre", "operations: old # !", "is not an op"),
    "centre of a centre": Slip(
        "kind: centre,", "kind: centre, operations: centre, # !\n    ", "looked after"
    ),
    "days exchanged": Slip(
        "valid_from: 2025-07-01",
        "valid_from: 2025-07-01\n    valid_to: 2025-06-01 # !",
        "before the first",
    ),
    "overlap with former": Slip("06-30", "07-05", "overlap", at="formerly: old"),
    "one code, two areas": Slip(
        'code: "2"',
        'code: "1" # !',
        "dated areas overlap",
        gone="    valid_to: 2025-06-30\n",
    ),
    "no shape": Slip(f"    {POLYGON}\n", "", "has no shape", at="id: new"),
    "no such polygon": Slip(POLYGON, POLYGON.replace("2", "3") + " # !", "no polygon"),
}
PLACES = {
    "no latitude": Slip("    lat: 11.05\n", "", "lat is missing", at="id: st-1"),
    "no lanes": Slip("    lanes: 2\n", "", "lanes is missing", at="id: east-1"),
    "outside": Slip("lat: 11.05", "lat: 12.05 # !", "outside its area 'new'"),
    "outside a circle": Slip(
        POLYGON,
        "shape: {kind: circle, lat: 11, lon: 106, radius_m: 90, approximate: true}",
        "outside its area 'new'",
        at="lat: 11.05",
    ),
    "exchanged": Slip(
        "lat: 11.05\n    lon: 106.05",
        "lat: 11.1 # !\n    lon: 11.1",
        "outside its area",
    ),
    "length": Slip("length_m: 1090", "length_m: 1900 # !", "wanted about 1092 m"),
    "own neighbour": Slip("[east-2]", "[east-2, east-1] # !", "its own neighbour"),
    "not mutual": Slip("[east-1]", "[]", "does not name this", at="[east-2]"),
    "no boundaries": Slip("small.geojson", "none.geojson # !", "cannot be read"),
}
DEVICES = {
    "quantity": Slip("[pm25, no2]", "[pm2.5, no2] # !", "Did you mean 'pm25'"),
    "traffic quantity": Slip("[pm25, no2]", "[count] # !", "quantity of air"),
    "kind and site": Slip(
        "kind: air, site: st-1,", "kind: air, site: east-1, # !\n    ", "cannot observe"
    ),
    "lane of air": Slip("st-1, int", "st-1, lane: 1, int", "has no lane", at="lane: 1"),
    "no such lane": Slip("east-2, int", "east-2, lane: 3, int", "1 to 2", at="lane: 3"),
    "unit": Slip(
        "{id: a1,", "{units: {no2: ppx}, # !\n     id: a1,", "cannot come in this unit"
    ),
    "unit of what": Slip(
        "{id: a1,", "{units: {pm26: ppb}, # !\n     id: a1,", "Did you mean 'pm25'"
    ),
}

ALL = {**FORM, **WRITING, **IDS, **AREAS, **PLACES, **DEVICES}


def edited(text: str, slip: Slip) -> str:
    """Apply a slip once; the edit must find its place."""
    assert slip.old in text
    text = text.replace(slip.old, slip.new, 1)
    assert slip.gone in text
    return text.replace(slip.gone, "", 1) if slip.gone else text


def line_of(text: str, part: str) -> int:
    """Return the number of the first line that holds `part`."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize("name", ALL)
def test_a_mistake_is_named_at_its_line(name: str, small: str, write: Write) -> None:
    """Each kind of mistake is told in its own words, at the line it was made in."""
    slip = ALL[name]
    text = edited(small, slip)
    path = write(text)
    with pytest.raises(CityError) as caught:
        load_city(path)
    told = [str(mistake) for mistake in caught.value.mistakes]
    place = f"{path}:{line_of(text, slip.at)}: "
    assert any(m.startswith(place) and slip.says in m for m in told), told


def test_all_mistakes_are_told_together(small: str, write: Write) -> None:
    """One look at the message shows every mistake, in the order of the lines."""
    for name in ("latitude", "kind of area", "own neighbour", "unit", "key twice"):
        small = edited(small, ALL[name])
    with pytest.raises(CityError) as caught:
        load_city(write(small))
    lines = [mistake.line for mistake in caught.value.mistakes]
    assert lines == [n for n, text in enumerate(small.splitlines(), 1) if "# !" in text]


def test_a_mistake_of_an_item_does_not_make_others(small: str, write: Write) -> None:
    """A ward with a wrong field is still the ward that stations stand in."""
    slip = ALL["kind of area"]
    with pytest.raises(CityError) as caught:
        load_city(write(edited(small, slip)))
    assert len(caught.value.mistakes) == 1


def test_the_small_city_has_no_mistake(small: str, write: Write) -> None:
    """What the slips are made in is right without them."""
    assert load_city(write(small)).warnings == ()


def test_a_site_without_a_device_is_only_a_warning(small: str, write: Write) -> None:
    """A city may be described before its devices stand."""
    line = "  - {id: t2, kind: traffic, site: east-2, interval_s: 60, period_s: 60}\n"
    (warning,) = load_city(write(small.replace(line, ""))).warnings
    assert warning.line == line_of(small, "id: east-2")
    assert "no device observes" in str(warning)
