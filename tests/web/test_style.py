"""The style sheet: official colours, contrast, sizes an old person can read."""

import re
from itertools import product

import pytest

from streams.calc.aqi.vn import CATEGORIES
from web.assets import load_assets
from web.view.roads import LEVELS

CSS = load_assets()["thoang.css"].content.decode()
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w+);", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
)


def full(colour: str) -> str:
    """Write a colour with six digits."""
    digits = colour.removeprefix("#")
    return "".join(d * 2 for d in digits) if len(digits) == 3 else digits


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [int(full(colour)[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_known_contrast() -> None:
    """The contrast computed here is that of the literature: yellow on white 1.07."""
    assert contrast("#fff", "#000") == pytest.approx(21)
    assert contrast("#ffff00", "#fff") == pytest.approx(1.07, abs=0.01)


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda c: c.code)
def test_official_colours(category: object) -> None:
    """Categories have the Decision's colours, and ink that can be read on them."""
    code, colour, ink = (getattr(category, n) for n in ("code", "colour", "ink"))
    rule = re.search(rf"\.cat-{code} \{{ --cat: (#\w+); --on: (#\w+); \}}", CSS)
    assert rule is not None
    assert full(rule[1]).lower() == full(colour).lower()
    assert full(rule[2]).lower() == full(ink).lower()
    assert contrast(rule[1], rule[2]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_contrast(scheme: dict[str, str]) -> None:
    """Every text colour can be read on every ground, in both schemes."""
    for ink, ground in product(("ink", "muted", "accent", "loud"), ("paper", "card")):
        assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)
    assert contrast(scheme["note-ink"], scheme["note"]) >= 4.5
    assert contrast(scheme["card"], scheme["accent"]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_drawn_contrast(scheme: dict[str, str]) -> None:
    """Roads and the borders of colours can be told from the ground (3:1)."""
    roads = [
        name for name in scheme if name.startswith("road-") and name != "road-core"
    ]
    for road, ground in product(roads, ("land", "card")):
        assert contrast(scheme[road], scheme[ground]) >= 3, (road, ground)
    assert contrast(scheme["ink"], scheme["card"]) >= 3


def test_every_level_has_its_own_pattern() -> None:
    """Levels differ by width or dashes, not by colour alone."""
    patterns = []
    for level in LEVELS:
        rules = re.findall(rf"\.line\.lv-{level}[ ,][^{{]*\{{([^}}]*)\}}", CSS)
        core = "core" if level in {"jam", "closed"} else ""
        patterns.append((tuple(rules), core, level == "closed"))
    assert len(set(patterns)) == len(LEVELS)


def test_sizes() -> None:
    """Lines are at least 1.5 high; the category word is at least 2 rem."""
    assert re.search(r"font: 100%/1\.55 ", CSS)
    for height in re.findall(r"line-height: ([\d.]+)", CSS):
        assert float(height) >= 1.5 or height == "1.15"
    digits_only = re.search(r"\.number b \{[^}]*line-height: 1\.15", CSS)
    assert digits_only is not None
    assert CSS.count("line-height: 1.15") == 1
    word = re.search(r"\.word \{ font-size: clamp\(([\d.]+)rem", CSS)
    assert word is not None
    assert float(word[1]) >= 2


def test_kind_to_everybody() -> None:
    """Motion only where wanted, dark scheme, print, visible focus, no other host."""
    assert "prefers-reduced-motion: no-preference" in CSS
    assert "prefers-color-scheme: dark" in CSS
    assert "@media print" in CSS
    assert ":focus-visible { outline: 3px" in CSS
    assert "url(" not in CSS
    assert "@import" not in CSS
