"""The sessions of the site as cookies that scripts and other sites cannot read."""

from fastapi import Request, Response

from api.settings import Settings

PARTICIPANT = "barometer_class"
STAFF = "barometer_staff"
ENTRY = "barometer_entry"
"""Says between password and code that the password was right."""
DAYS = 14
"""How long a device stays signed in."""


def read_cookie(request: Request, settings: Settings, name: str) -> str:
    """Return the token in a cookie, empty without one."""
    return request.cookies.get(_full(settings, name), "")


def set_cookie(
    response: Response,
    settings: Settings,
    name: str,
    token: str,
    *,
    seconds: int = DAYS * 24 * 3600,
) -> None:
    """Keep a token in this browser, for two weeks if nothing else is said."""
    response.set_cookie(
        _full(settings, name),
        token,
        max_age=seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, settings: Settings, name: str) -> None:
    """Forget a session in this browser."""
    response.delete_cookie(
        _full(settings, name), path="/", secure=settings.secure, httponly=True, samesite="lax"
    )


def _full(settings: Settings, name: str) -> str:
    # `__Host-` binds a cookie to this host and to https; plain http on localhost cannot use it.
    return f"__Host-{name}" if settings.secure else name
