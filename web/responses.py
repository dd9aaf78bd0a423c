"""Owns what every answer carries: security headers, entity tags, how long it keeps."""

from hashlib import blake2b

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Everything is served from here; no inline script or style, no frame, no plug-in.
CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the security headers to every answer, and lets any page read the API."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and complete the headers of its answer."""
        open_data = scope.get("path", "").startswith(("/api/", "/openapi.json"))

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if open_data:
                    headers["Access-Control-Allow-Origin"] = "*"
                    headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self.app(scope, receive, complete)


def tagged(
    request: Request, body: str, media_type: str, cache: str = "no-cache"
) -> Response:
    """Return `body` with an entity tag, or 304 where the reader has it already."""
    content = body.encode()
    tag = f'W/"{blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
