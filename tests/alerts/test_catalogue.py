"""The words: the same keys in both languages, and everything that codes need."""

import string
import unicodedata

import pytest

from alerts.advice import GROUPS
from alerts.rulefile import load_rules
from alerts.words import LANGUAGES, Catalogue, NoWordsError, keys, load_words
from sensors.reading import QUANTITIES
from streams.calc.aqi.vn import CATEGORIES, POLLUTANTS
from streams.calc.level import LEVELS

KINDS = ("raise", "change", "update", "clear")


def names(text: str) -> set[str]:
    """Return the placeholders of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    """No word is missing in one of them."""
    vi, en = (set(keys(load_words(language))) for language in LANGUAGES)
    assert vi ^ en == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_words_are_composed(language: str, catalogue: Catalogue) -> None:
    """NFC, so that equal words are equal strings and lines do not jump."""
    tree = catalogue.trees[language]  # type: ignore[index]  # one of LANGUAGES
    for key in keys(tree):
        text = catalogue.say(language, key)  # type: ignore[arg-type]  # as above
        assert unicodedata.is_normalized("NFC", text), key


def test_every_code_has_its_words(catalogue: Catalogue) -> None:
    """Categories, levels, pollutants, groups, and advice for each."""
    wanted = [f"category.{category.code}" for category in CATEGORIES]
    wanted += [f"level.{level}" for level in LEVELS]
    wanted += [f"advice.traffic.{level}" for level in LEVELS]
    wanted += [f"pollutant.{pollutant}" for pollutant in POLLUTANTS]
    wanted += [f"group.{group}" for group in GROUPS]
    codes = [*(category.code for category in CATEGORIES), "none"]
    wanted += [f"advice.air.{code}.{group}" for code in codes for group in GROUPS]
    assert [key for key in wanted if not catalogue.has(key)] == []
    assert {"pm25", "pm1"} < {quantity.name for quantity in QUANTITIES}


def test_every_default_rule_has_words_for_all_it_can_say(catalogue: Catalogue) -> None:
    """Headline and body of each kind, and a word for each step."""
    for rule in load_rules():
        for kind in KINDS:
            assert catalogue.has(f"notices.{rule.text}.{kind}.headline")
            assert catalogue.has(f"notices.{rule.text}.{kind}.body")
        for step in rule.steps:
            sections = ("category", "level", "step")
            assert any(catalogue.has(f"{section}.{step.name}") for section in sections)


def test_words_that_are_not_there_are_asked_for_by_name(catalogue: Catalogue) -> None:
    """The message says which file lacks which key, or which value."""
    with pytest.raises(NoWordsError, match=r"alerts/catalogue/vi\.yaml"):
        catalogue.say("vi", "category.lovely")
    with pytest.raises(NoWordsError, match="'clock'"):
        catalogue.say("en", "wording.moment", day=1)


def test_a_section_is_no_word(catalogue: Catalogue) -> None:
    """A key must lead to a text."""
    with pytest.raises(NoWordsError):
        catalogue.say("en", "category")
