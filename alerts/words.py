"""Owns finding words in the catalogue, one file a language with the same keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from sensors.city.source import read_yaml

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")
CATALOGUE: Final = Path(__file__).parent / "catalogue"

Tree = Mapping[str, Any]


class NoWordsError(KeyError):
    """The catalogue does not have the words that are asked for."""

    def __str__(self) -> str:
        """Return the message as it is, not quoted as a key."""
        return str(self.args[0])


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """The words of every language.

    Parameters
    ----------
    trees
        Words by dotted key, by language.
    """

    trees: Mapping[Language, Tree]

    def say(self, language: Language, key: str, **values: object) -> str:
        """Return the words at a dotted key with ``{names}`` filled in.

        Raises
        ------
        NoWordsError
            When there are none at `key`, or they need a value that is not given.
        """
        found: object = self.trees[language]
        for step in key.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        if not isinstance(found, str):
            message = (
                f"no words at {key!r} in the {language} catalogue; "
                f"add them to alerts/catalogue/{language}.yaml"
            )
            raise NoWordsError(message)
        try:
            return found.format(**values) if values else found
        except (KeyError, IndexError) as error:
            message = f"the words at {key!r} ({language}) need {error}; got {[*values]}"
            raise NoWordsError(message) from error

    def has(self, key: str) -> bool:
        """Say whether every language has words at a dotted key."""
        return all(key in set(keys(tree)) for tree in self.trees.values())


def keys(tree: Tree, above: str = "") -> Iterator[str]:
    """Yield the dotted keys of all words below."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from keys(value, f"{above}{name}.")
        else:
            yield f"{above}{name}"


@cache
def load_words(language: Language) -> Tree:
    """Return the words of a language as they are in its file.

    Raises
    ------
    sensors.city.source.UnreadableError
        If the file is not readable YAML.
    """
    source = read_yaml(CATALOGUE / f"{language}.yaml")
    tree: Tree = source.data
    return tree


@cache
def load_catalogue() -> Catalogue:
    """Return the words of every language."""
    return Catalogue({language: load_words(language) for language in LANGUAGES})
