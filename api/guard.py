"""What every request passes: size, origin, security headers, one log line without personal data."""

import logging
import re
import secrets
import time
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import BodyTooLargeError, ForeignOriginError

logger = logging.getLogger("api.requests")

MAX_BODY = 64 * 1024
# Crash files of 50 MB with the form around them; who sends them is known before they are read.
MAX_UPLOAD = 51 * 1024 * 1024
# An image of 5 MB for a case, and the border of a territory, likewise.
MAX_IMAGE = 5 * 1024 * 1024 + MAX_BODY
MAX_TERRITORY = 5 * 1024 * 1024 + MAX_BODY
UPLOADS = (
    (re.compile(r"/crashes"), MAX_UPLOAD),
    (re.compile(r"/cases/\d+/images"), MAX_IMAGE),
    (re.compile(r"/admin/bodies(/\d+)?"), MAX_TERRITORY),
)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
}


class Guard:
    """ASGI middleware around the whole app; refusals are raised inside it as its own errors."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the request a nonce and an id, and the answer its headers and log line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["nonce"] = secrets.token_urlsafe(16)
        state["id"] = secrets.token_hex(4)
        began, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._protect(MutableHeaders(scope=message), state["nonce"])
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            # The template of the address, never the address: it may hold a code or a place.
            route = scope.get("route")
            logger.info(
                "%s %s %d %.0f ms %s",
                scope["method"],
                getattr(route, "path", "-"),
                status,
                (time.perf_counter() - began) * 1000,
                state["id"],
            )

    def _protect(self, headers: MutableHeaders, nonce: str) -> None:
        headers["content-security-policy"] = POLICY.format(nonce=nonce)
        headers.update(HEADERS)
        headers.setdefault("cache-control", "no-store")
        if self._secure:
            headers["strict-transport-security"] = "max-age=31536000"


class Intake:
    """ASGI middleware inside the error handling: refuses foreign forms and large bodies."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the origin before anything is read, and the size before anything is parsed."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        _require_own_origin(headers)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise HTTPException(400, "expected a whole number as content-length")
        most = _most(scope["path"])
        if int(length) > most:
            raise _too_large(most)
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                # FastAPI turns any other error of a body into 400.
                raise HTTPException(413, str(_too_large(most)))
            return message

        await self._app(scope, bounded, send)


def _require_own_origin(headers: Headers) -> None:
    # Browsers send one of the two with every form and request; programs need not.
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    foreign = site not in (None, "same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc != headers.get("host")
    )
    if foreign:
        raise ForeignOriginError("this was sent from another site and was not carried out")


def _most(path: str) -> int:
    return next((most for where, most in UPLOADS if where.fullmatch(path)), MAX_BODY)


def _too_large(most: int) -> BodyTooLargeError:
    return BodyTooLargeError(f"expected at most {most} bytes, got more")
