"""Owns how errors are told: problem details [RFC9457], or a page to people."""

from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from stores.record import StoreUnavailableError
from web.api.models import Problem

MEDIA_TYPE = "application/problem+json"

ErrorPage = Callable[[Request, int], Response]


class NotFoundError(Exception):
    """There is nothing of this kind with this id.

    Parameters
    ----------
    kind
        ``station``, ``segment``, ``page`` …
    id
        What was asked for.
    """

    def __init__(self, *, kind: str, id: str) -> None:  # noqa: A002  # its name in paths
        super().__init__(f"no {kind} has the id {id!r}; /api/v1/{kind}s lists them")
        self.kind = kind
        self.id = id


def tell_problems(app: FastAPI, page: ErrorPage) -> None:
    """Answer errors of `app`: under /api as problem details, elsewhere as `page`."""

    def told(request: Request, status: int, detail: str) -> Response:
        if request.url.path.startswith("/api/"):
            return problem(request, status, detail)
        return page(request, status)

    @app.exception_handler(NotFoundError)
    async def not_found(request: Request, error: NotFoundError) -> Response:
        return told(request, HTTPStatus.NOT_FOUND, str(error))

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        return told(request, error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return told(request, HTTPStatus.UNPROCESSABLE_ENTITY, _mistakes(error))

    @app.exception_handler(StoreUnavailableError)
    async def unavailable(request: Request, _: StoreUnavailableError) -> Response:
        detail = "the store cannot be read now; try again in a few seconds"
        answer = told(request, HTTPStatus.SERVICE_UNAVAILABLE, detail)
        answer.headers["Retry-After"] = "5"
        return answer

    @app.exception_handler(Exception)
    async def failed(request: Request, _: Exception) -> Response:
        # The server logs the exception itself; its text is not for the outside.
        detail = "the server could not answer; its log says why"
        return told(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def problem(request: Request, status: int, detail: str) -> Response:
    """Return problem details."""
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
    )
    return Response(body.model_dump_json(), status, media_type=MEDIA_TYPE)


def _mistakes(error: RequestValidationError) -> str:
    told = (
        f"{'.'.join(str(step) for step in one['loc'])}: {one['msg']}"
        f" (got {str(one.get('input'))[:80]!r})"
        for one in error.errors()
    )
    return "; ".join(told)
