"""Where police and administrators decide that a release becomes open data."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import InstallationDep, PagesDep, StaffDep
from api.errors import BarometerError, NotFoundError, status_of
from api.services.areas import own_area
from api.services.decide_edition import decide_edition, may_publish
from api.services.edition_facts import period_of
from api.services.installation import Installation
from api.services.list_editions import open_areas
from api.services.public_rows import public_places
from api.services.release_content import K_PUBLIC
from api.services.view_release import view_release
from api.store import jobs
from api.store.models import User

router = APIRouter(include_in_schema=False)

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]
AreaField = Annotated[str, Form(pattern=r"^[a-z0-9-]{1,40}$")]
ReleaseField = Annotated[int, Form(ge=1, le=2**31 - 1)]


def get_publisher(user: StaffDep) -> User:
    """Return who may decide for a whole area: police of the area, or an administrator."""
    if not may_publish(user):
        raise NotFoundError("no such page")
    return user


PublisherDep = Annotated[User, Depends(get_publisher)]


@router.get("/admin/open", response_class=HTMLResponse)
def show_publishing(
    pages: PagesDep, here: InstallationDep, user: PublisherDep, area: AreaName = ""
) -> str:
    """Show what of the newest release would become open data, and what is published."""
    return _page(pages, here, user, area)


@router.post("/admin/open")
def publish(
    pages: PagesDep,
    here: InstallationDep,
    user: PublisherDep,
    area: AreaField,
    release: ReleaseField,
) -> Response:
    """Decide that the newest release of an area becomes open data, if it is the one shown."""
    with here.store.read() as session:
        own, _ = own_area(session, user, area)
    try:
        with here.store.write() as session:
            decide_edition(session, user, own.id, release)
    except BarometerError as error:
        page = _page(pages, here, user, area, error=pages.refusal(error))
        return HTMLResponse(page, status_of(error))
    return RedirectResponse(f"/admin/open?area={own.id}", HTTPStatus.SEE_OTHER)


def _page(
    pages: PagesDep, here: Installation, user: User, area: str, error: str | None = None
) -> str:
    view = view_release(here.store, user, area, action="see open data")
    with here.store.read() as session:
        listed = open_areas(here.settings, session)
        job = (
            jobs.latest(session, jobs.OPEN_DATA, f"{view.area.id}/{view.newest.number}")
            if view.newest
            else None
        )
    editions = [one for each in listed if each.area.id == view.area.id for one in each.editions]
    release = view.newest
    return pages.render(
        "admin_open.html",
        path="/admin/open",
        area={"name": view.area.id, "title": view.area.title or view.area.id},
        areas=[{"name": one.id, "title": one.title or one.id} for one in view.own],
        release=release.heading() if release else None,
        period=period_of(release.day) if release else None,
        places=sum(1 for _ in public_places(release)) if release else 0,
        hidden=len(release.places) if release else 0,
        editions=editions,
        published=release is not None and release.number in {one.release for one in editions},
        making=job is not None and job.state in {"queued", "running"},
        at_least=K_PUBLIC,
        failed=job.message if job is not None and job.state == "failed" else None,
        error=error,
        simulated=view.simulated,
    )
