"""Owns asking for words in one language; the words are `alerts`' to keep."""

from dataclasses import dataclass

from alerts.words import LANGUAGES, Catalogue, Language

__all__ = ["LANGUAGES", "Language", "Words"]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of one language.

    Parameters
    ----------
    language
        ``vi`` or ``en``.
    catalogue
        The words of every language.
    """

    language: Language
    catalogue: Catalogue

    def __call__(self, key: str, **values: object) -> str:
        """Return the words at a dotted key, with ``{names}`` filled in.

        Raises
        ------
        alerts.words.NoWordsError
            When there are no words at `key`.
        """
        return self.catalogue.say(self.language, key, **values)

    def pick(self, vi: str, en: str) -> str:
        """Return the one of two given texts that is in this language."""
        return vi if self.language == "vi" else en
