"""Owns what every page starts from: language, place, and what surrounds it."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from web.assets import Asset
from web.drawing.city_map import Cartographer
from web.links import PARAMETERS, Links
from web.observer import Observer
from web.render import Frame, Renderer
from web.responses import tagged
from web.words import Language

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, eq=False)
class Desk:
    """What pages are made with.

    Parameters
    ----------
    observer
        Looks at the city.
    renderers
        Writers of pages by language.
    assets
        Files that pages load, by name.
    cartographer
        Draws maps.
    """

    observer: Observer
    renderers: Mapping[Language, Renderer]
    assets: Mapping[str, Asset]
    cartographer: Cartographer


@dataclass(frozen=True, eq=False)
class Visit:
    """One request for one page.

    Parameters
    ----------
    desk
        What pages are made with.
    request
        The request.
    language
        Language of the page.
    page, id
        Name of the page, as in `web.links`, and what it is about.
    now
        The city's clock [unix s].
    """

    desk: Desk
    request: Request
    language: Language
    page: str
    now: int
    id: str = ""

    @property
    def renderer(self) -> Renderer:
        """The writer of the visit's language."""
        return self.desk.renderers[self.language]

    def asked(self, parameter: str) -> str:
        """Return a query parameter by its English name; empty where it is missing."""
        name = PARAMETERS[self.language][parameter]
        return self.request.query_params.get(name, "")[:64]

    @property
    def links(self) -> Links:
        """Addresses that keep the reader's place."""
        place = self.asked("place")
        known = self.desk.observer.city.area(place) is not None
        return Links(self.language, place if known else "")

    def frame(self, *, live: bool = False) -> Frame:
        """Return what surrounds the page."""
        city = self.desk.observer.city
        kept = {name: self.asked(name) for name in ("zoom", "hours")}
        return Frame(
            language=self.language,
            page=self.page,
            now=self.now,
            origin=city.origin,
            other=self.links.other(
                "front" if self.page == "error" else self.page, self.id, **kept
            ),
            sources=city.sources,
            assets=self.desk.assets,
            live=live,
        )

    def answer(
        self, template: str, title: str, *, live: bool = False, **values: object
    ) -> Response:
        """Write the page and tag it."""
        body = self.renderer.page(
            template, self.links, frame=self.frame(live=live), title=title, **values
        )
        return tagged(self.request, body, HTML)
