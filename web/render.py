"""Owns turning views into HTML: the templates and what every page is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sensors.city.area import Area
from sensors.city.site import Segment, Station
from sensors.reading import BY_NAME
from web.assets import Asset
from web.links import Links
from web.typography import Typography, rfc3339
from web.words import Language, Words

TEMPLATES = Path(__file__).parent / "templates"

_DIGITS = {"pm25": 1, "pm10": 1, "pm1": 1, "wind_speed": 1, "rain": 1, "temperature": 1}


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page.

    Parameters
    ----------
    language
        ``vi`` or ``en``.
    page
        Name of the page, as in `web.links`.
    now
        The city's clock [unix s].
    origin
        ``live``, ``simulated`` or ``replay``.
    other
        Address of the same page in the other language.
    sources
        Where data come from, to be named.
    assets
        Files that pages load.
    live
        Whether the page refreshes itself.
    """

    language: Language
    page: str
    now: int
    origin: str
    other: str
    sources: tuple[str, ...]
    assets: Mapping[str, Asset]
    live: bool = False

    @property
    def other_language(self) -> Language:
        """The other language."""
        return "en" if self.language == "vi" else "vi"

    def asset(self, name: str) -> str:
        """Return the address of a file that pages load."""
        return self.assets[name].url


class Renderer:
    """Writes pages in one language.

    Parameters
    ----------
    typography
        How numbers and times are written, with the words of the language.
    """

    def __init__(self, typography: Typography) -> None:
        self.typography = typography
        self.words: Words = typography.words
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            rfc3339=rfc3339, digits=digits_of, unit=unit_of
        )
        self._environment.globals.update(
            t=self.words,
            f=typography,
            area_name=self.area_name,
            site_name=self.site_name,
        )

    def page(self, template: str, links: Links, **values: object) -> str:
        """Write one page or one part of a page."""
        found = self._environment.get_template(template)
        return found.render(links=links, **values)

    def area_name(self, area: Area) -> str:
        """Name an area."""
        return self.words.pick(area.name_vi, area.name_en)

    def site_name(self, site: Station | Segment) -> str:
        """Name a station, with the network's code where it has one, or a segment."""
        name = self.words.pick(site.name_vi, site.name_en)
        code = site.code if isinstance(site, Station) else None
        return f"{code} {name}" if code and not name.endswith(code) else name


def digits_of(quantity: str) -> int:
    """Return how many decimals readers are given of a quantity."""
    return _DIGITS.get(quantity, 0)


def unit_of(quantity: str) -> str:
    """Return the unit of a quantity."""
    return BY_NAME[quantity].unit
