"""Owns every address of the pages, in both languages."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from web.words import Language

_PATHS: dict[Language, dict[str, str]] = {
    "vi": {
        "front": "/",
        "station": "/tram/{id}",
        "road": "/duong/{id}",
        "notices": "/thong-bao",
        "method": "/phuong-phap",
        "system": "/he-thong",
        "data": "/so-lieu",
    },
    "en": {
        "front": "/en/",
        "station": "/en/station/{id}",
        "road": "/en/road/{id}",
        "notices": "/en/notices",
        "method": "/en/method",
        "system": "/en/system",
        "data": "/en/data",
    },
}
PARAMETERS: dict[Language, dict[str, str]] = {
    "vi": {"place": "noi", "zoom": "vung", "hours": "gio"},
    "en": {"place": "place", "zoom": "zoom", "hours": "hours"},
}
PAGES = tuple(_PATHS["vi"])


def path(language: Language, page: str) -> str:
    """Return the path of a page, with ``{id}`` where it takes one."""
    return _PATHS[language][page]


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses in one language that keep the reader's place.

    Parameters
    ----------
    language
        ``vi`` or ``en``.
    place
        Id of the area where the reader lives, empty where none is chosen.
    """

    language: Language
    place: str = ""

    def to(self, page: str, id: str = "", **query: str) -> str:  # noqa: A002  # its name in paths
        """Return the address of a page; `query` by the English parameter names."""
        return _address(self.language, page, id, {"place": self.place, **query})

    def name(self, parameter: str) -> str:
        """Return a parameter's name in this language."""
        return PARAMETERS[self.language][parameter]

    def other(self, page: str, id: str = "", **query: str) -> str:  # noqa: A002  # its name in paths
        """Return the address of the same page in the other language."""
        language: Language = "en" if self.language == "vi" else "vi"
        return _address(language, page, id, {"place": self.place, **query})


def _address(language: Language, page: str, id_: str, query: dict[str, str]) -> str:
    names = PARAMETERS[language]
    given = {names[key]: value for key, value in query.items() if value}
    where = _PATHS[language][page].format(id=quote(id_, safe=""))
    return f"{where}?{urlencode(given)}" if given else where
