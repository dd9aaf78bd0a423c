"""Owns which address leads to which page, in both languages."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.links import path
from web.pages import plain
from web.pages.frame import Desk, Visit
from web.pages.front import front, part
from web.pages.road import road
from web.pages.station import station
from web.words import LANGUAGES, Language

Page = Callable[[Visit], Response]

PAGES: dict[str, Page] = {
    "front": front,
    "station": station,
    "road": road,
    "notices": plain.notices,
    "method": plain.method,
    "system": plain.system,
    "data": plain.data,
}
PARTS = {"now": "_now.html", "more": "_more.html"}


def page_router(desk: Desk) -> APIRouter:
    """Return the routes of every page."""
    router = APIRouter(include_in_schema=False)
    for language in LANGUAGES:
        for name, write in PAGES.items():
            router.add_api_route(
                path(language, name),
                _endpoint(desk, language, name, write),
                methods=["GET", "HEAD"],
            )
    return router


def error_page(desk: Desk, request: Request, status: int) -> Response:
    """Write the page of an error in the language of its address."""
    language: Language = "en" if request.url.path.startswith("/en") else "vi"
    now = desk.observer.now()
    return plain.error(Visit(desk, request, language, "error", now), status)


def _endpoint(
    desk: Desk, language: Language, name: str, write: Page
) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        id_ = request.path_params.get("id", "")
        visit = Visit(desk, request, language, name, desk.observer.now(), id_)
        asked = request.query_params.get("part", "")
        if name == "front" and asked in PARTS:
            return part(visit, PARTS[asked])
        return write(visit)

    return endpoint
