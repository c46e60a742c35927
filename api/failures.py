"""How a refusal reaches people (a page) and programs (problem details), without what they sent."""

import logging
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from geo.errors import GeoError
from web.georeport import MEDIA, failure
from web.pages import render
from web.refusals import refusal_words
from web.translation import choose_language

from .errors import (
    BarometerError,
    ClassCodeRequiredError,
    SecondFactorMissingError,
    SignInRequiredError,
    TooManyAttemptsError,
    UnknownKeyError,
    status_of,
)

logger = logging.getLogger(__name__)

MAX_PROBLEMS = 5
RETRY_SECONDS = 600
OPEN311 = "/open311/v2/"
"""Beginning of the addresses whose refusals have a format of their own."""
PROGRAMS = ("/api/", "/ogc", "/open311")
"""Beginnings of the addresses that programs use: they get problem details, no page."""


def add_handlers(app: FastAPI) -> None:
    """Answer every error of ours, of the framework and of nobody."""
    app.add_exception_handler(BarometerError, _refused)
    app.add_exception_handler(GeoError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def problem(request: Request, status: HTTPStatus | int, error: Exception | str) -> Response:
    """Return the problem as `application/problem+json` to programs, as a page to people."""
    code = HTTPStatus(status)
    language = choose_language(
        request.query_params.get("lang"),
        request.cookies.get("lang"),
        accept=request.headers.get("accept-language", ""),
    )
    detail = error if isinstance(error, str) else refusal_words(language, error)
    if request.url.path.startswith(OPEN311):
        ending = "xml" if request.url.path.endswith(".xml") else "json"
        return Response(failure(code, detail, ending), code, media_type=MEDIA[ending])
    if _is_for_programs(request):
        content = {"type": _type(error), "title": code.phrase, "status": code, "detail": detail}
        return JSONResponse(content, code, media_type="application/problem+json")
    page = render(
        "error.html",
        language=language,
        nonce=request.state.nonce,
        status=code.value,
        title=code.phrase,
        detail=detail,
    )
    return HTMLResponse(page, code)


def _is_for_programs(request: Request) -> bool:
    path = request.url.path
    browses = path.startswith("/ogc") and "text/html" in request.headers.get("accept", "")
    return path.startswith(PROGRAMS) and not browses


def _type(error: Exception | str) -> str:
    """Return by what a program recognises the refusal: the class of its error in kebab case."""
    if isinstance(error, BarometerError | GeoError):
        name = type(error).__name__.removesuffix("Error")
        return "urn:barometer:" + re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
    return "about:blank"


def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, SignInRequiredError) and not _is_for_programs(request):
        if isinstance(error, ClassCodeRequiredError):
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", HTTPStatus.SEE_OTHER)
    if isinstance(error, SecondFactorMissingError) and not _is_for_programs(request):
        return RedirectResponse("/account/factor", HTTPStatus.SEE_OTHER)
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(request, error)
    response = problem(request, status, error)
    if isinstance(error, TooManyAttemptsError):
        response.headers["retry-after"] = str(RETRY_SECONDS)
    if isinstance(error, UnknownKeyError):
        response.headers["www-authenticate"] = "Bearer"
    return response


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    found = error.errors()
    sentences = [f"{_where(one['loc'])}: {_what(one)}" for one in found[:MAX_PROBLEMS]]
    if len(found) > MAX_PROBLEMS:
        sentences.append(f"and {len(found) - MAX_PROBLEMS} more")
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(sentences))


def _where(location: tuple[Any, ...]) -> str:
    parts = [part if isinstance(part, str) else f"[{part}]" for part in location[1:]]
    # A key that came from outside is somebody's text: it is echoed only where it is plain.
    plain = [part if part.isascii() and len(part) < 40 else "…" for part in parts]  # noqa: PLR2004
    return ".".join(plain).replace(".[", "[") or "body"


def _what(one: dict[str, Any]) -> str:
    if one["type"] == "union_tag_invalid":  # pydantic's own sentence repeats what came
        return f"expected one of {one['ctx']['expected_tags']}"
    text = str(one["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    response = problem(request, error.status_code, str(error.detail))
    response.headers.update(error.headers or {})
    return response


def _unexpected(request: Request, error: Exception) -> Response:
    logger.error("request %s failed", request.state.id, exc_info=error)
    detail = f"this is our fault; it is logged as {request.state.id}"
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)
