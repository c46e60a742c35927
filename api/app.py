"""The one place where the parts meet: `create_app(settings)`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from api.services.installation import open_installation
from api.services.limits import FailureLimit
from api.settings import Settings
from api.store import migrate
from web.assets import STATIC

from .endpoints import (
    account,
    accounts,
    admin_accounts,
    admin_bodies,
    admin_open,
    board,
    calendar,
    cards,
    case_changes,
    cases,
    crashes,
    downloads,
    drawing,
    factor,
    files,
    health,
    hotspot_map,
    hotspots,
    kit,
    moderation,
    new_campaign,
    ogc,
    open311,
    open_data,
    own,
    parents,
    patrol,
    places,
    schools,
    start,
    statistics,
    student,
    submissions,
    teach,
)
from .errors import UnsafeDatabaseError
from .failures import add_handlers
from .guard import Guard, Intake
from .language import RememberLanguage
from .worker import Worker

logger = logging.getLogger(__name__)

ENDPOINTS = (
    start,
    student,
    submissions,
    drawing,
    own,
    accounts,
    account,
    factor,
    admin_bodies,
    admin_accounts,
    new_campaign,
    cards,
    teach,
    board,
    moderation,
    kit,
    hotspot_map,
    hotspots,
    places,
    patrol,
    downloads,
    calendar,
    statistics,  # before cases: its address reads like that of one
    cases,
    case_changes,
    ogc,
    open311,
    schools,
    parents,
    crashes,
    open_data,
    admin_open,
    files,
    health,
)


def create_app(settings: Settings, *, worker: bool = True) -> FastAPI:
    """Return the program as an ASGI app.

    Parameters
    ----------
    settings
        Where the data lies and how the site is reached.
    worker
        Whether this process also does the long work; SQLite wants it so.

    Raises
    ------
    UnsafeDatabaseError
        If the database is not at the revision this version expects.
    """
    here = open_installation(settings)
    if not migrate.is_current(here.store):
        here.store.engine.dispose()
        raise UnsafeDatabaseError("the database is not up to date: run `barometer db upgrade`")
    embedded = Worker(here)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if worker:
            embedded.start()
        yield
        embedded.stop()
        here.store.engine.dispose()

    app = FastAPI(
        title="Bicycle Barometer",
        version=version("bicycle-barometer"),
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # both pages load scripts from another host
        redoc_url=None,
        middleware=[
            Middleware(Guard, secure=settings.secure),
            Middleware(RememberLanguage),
            Middleware(GZipMiddleware, minimum_size=1024),
        ],
    )
    app.state.here = here
    app.state.failures = FailureLimit()
    add_handlers(app)
    for module in ENDPOINTS:
        app.include_router(module.router)
    app.mount("/static", files.Assets(directory=STATIC), name="static")
    # Inside the router its refusals reach the error handlers; middleware of the app would not.
    app.router.middleware_stack = Intake(app.router.middleware_stack)
    return app
