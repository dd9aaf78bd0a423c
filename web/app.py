"""Owns putting the web application together; it is run by `thoang`."""

from collections.abc import Callable, Mapping
from functools import partial

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from alerts.words import Catalogue
from sensors.city.city import City
from web.api.routes import api_router
from web.assets import Asset, load_assets
from web.drawing.city_map import Cartographer
from web.observer import Observer
from web.pages.frame import Desk
from web.pages.routes import error_page, page_router
from web.problem import NotFoundError, tell_problems
from web.render import Renderer
from web.responses import SecurityHeaders
from web.settings import WebSettings
from web.source import Source
from web.typography import Typography
from web.words import LANGUAGES, Words

FOR_GOOD = "public, max-age=31536000, immutable"
ABOUT_API = (
    "Air quality (VN_AQI) and road congestion of a city, open to everyone. "
    "Times are RFC 3339 in UTC. Data whose `origin` is not `live` are not real."
)


def create_app(
    settings: WebSettings,
    source: Source,
    city: City,
    catalogue: Catalogue,
    now: Callable[[], int],
) -> FastAPI:
    """Put the citizen page and the open data API together.

    Parameters
    ----------
    settings
        Options of the page.
    source
        What was stored; `web.store_source.StoreSource` reads it from a store.
    city
        The city file; its `origin` decides whether a banner is shown.
    catalogue
        Words for people.
    now
        The city's clock [unix s]: event time where messages carry it, else the wall's.
    """
    words = {language: Words(language, catalogue) for language in LANGUAGES}
    desk = Desk(
        observer=Observer(city, source, settings, now),
        renderers={
            language: Renderer(Typography(words[language], city.zone))
            for language in LANGUAGES
        },
        assets=load_assets(),
        cartographer=Cartographer(city),
    )
    app = FastAPI(
        title="Thoáng",
        description=ABOUT_API,
        version="1",
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(api_router(desk.observer))
    app.include_router(page_router(desk))
    _serve_assets(app, desk.assets)
    tell_problems(app, partial(error_page, desk))
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(SecurityHeaders)
    return app


def _serve_assets(app: FastAPI, assets: Mapping[str, Asset]) -> None:
    @app.get("/static/{digest}/{name}", include_in_schema=False)
    def asset(digest: str, name: str) -> Response:
        found = assets.get(name)
        if found is None or found.url != f"/static/{digest}/{name}":
            raise NotFoundError(kind="file", id=name)
        headers = {"Cache-Control": FOR_GOOD}
        return Response(found.content, media_type=found.media_type, headers=headers)
