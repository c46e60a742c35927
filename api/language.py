"""Remember the language that somebody chose in the address, on whichever page it was."""

from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.translation import LANGUAGES

COOKIE = "lang"
SECONDS = 365 * 24 * 3600


class RememberLanguage:
    """ASGI middleware: `?lang=` of a language that exists becomes a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the cookie to the answer of a page that was asked for in a language."""
        chosen = _chosen(scope)
        if chosen is None:
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", _cookie(chosen))
            await send(message)

        await self._app(scope, receive, answer)


NOT_PAGES = (".pdf", ".zip", ".gpkg", ".qgs", ".txt")


def _chosen(scope: Scope) -> str | None:
    # A poster in Thai does not make the teacher's pages Thai.
    if scope["type"] != "http" or scope["path"].endswith(NOT_PAGES):
        return None
    wished = parse_qs(scope["query_string"].decode("latin-1")).get(COOKIE, [""])[-1]
    return wished if wished in LANGUAGES else None


def _cookie(language: str) -> str:
    cookie: SimpleCookie = SimpleCookie({COOKIE: language})
    cookie[COOKIE].update({"path": "/", "max-age": str(SECONDS), "samesite": "lax"})
    return cookie[COOKIE].OutputString()
