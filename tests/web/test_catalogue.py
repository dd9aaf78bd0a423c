"""The words of the page: all there, in both languages, and none in templates."""

import re
from pathlib import Path
from unicodedata import is_normalized

from alerts.words import keys, load_words
from web.render import TEMPLATES

SOURCES = [*TEMPLATES.glob("*.html"), *Path(TEMPLATES).parent.rglob("*.py")]
VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỷỹỵ]")


def asked() -> set[str]:
    """Return every dotted key, or beginning of one, that templates and code ask for."""
    found: set[str] = set()
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"(?:\bt|words)\(\s*f?[\"']([\w.]+)", text))
    return found


def test_every_key_is_there() -> None:
    """What pages ask for is in both catalogues."""
    for language in ("vi", "en"):
        known = list(keys(load_words(language)))
        for key in asked():
            assert any(k == key or k.startswith(key) for k in known), (language, key)


def test_no_word_is_left_over() -> None:
    """Every word of the page's section is asked for by some page."""
    wanted = asked()
    for key in keys(load_words("vi")["web"], "web."):
        begun = (k for k in wanted if k.endswith(".") and key.startswith(k))
        assert key in wanted or any(begun), key


def test_same_placeholders() -> None:
    """Both languages take the same values, except where dates are written otherwise."""
    vi, en = load_words("vi")["web"], load_words("en")["web"]
    names = list(keys(vi))
    assert names == list(keys(en))
    for name, one, other in zip(names, values(vi), values(en), strict=True):
        if name not in {"date", "day"}:
            assert placeholders(one) == placeholders(other), name


def placeholders(text: str) -> set[str]:
    """Return the names that words want to be filled in."""
    return set(re.findall(r"\{\w+\}", text))


def values(tree: object) -> list[str]:
    """Return all words below, in order."""
    if isinstance(tree, dict):
        return [word for below in tree.values() for word in values(below)]
    return [str(tree)]


def test_templates_have_no_words() -> None:
    """Templates hold no Vietnamese, and no words between tags but units and signs."""
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not VIETNAMESE.search(text.lower()), path.name
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
        bare = re.sub(r"<[^>]*>|&\w+;", " ", bare)
        left = set(re.findall(r"[A-Za-z]{3,}", bare))
        assert left <= {"VN_AQI", "AQI", "openapi", "json"}, (path.name, left)


def test_composed() -> None:
    """All words are in composed form (NFC)."""
    for language in ("vi", "en"):
        for text in values(load_words(language)):
            assert is_normalized("NFC", text)
