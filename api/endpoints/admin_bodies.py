"""Administrators make bodies, give them a territory and causes, and keys to their programs."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from shapely.geometry.base import BaseGeometry
from starlette.datastructures import FormData, UploadFile

from api.deps import AdminDep, PagesDep, StoreDep
from api.errors import InvalidBodyError
from api.services.apart import apart
from api.services.api_keys import add_key, live_keys, revoke_key
from api.services.areas import require_area
from api.services.bodies import (
    KINDS,
    BodyForm,
    add_body,
    area_titles,
    change_body,
    covers_area,
    require_body,
)
from api.services.territory import territory_of_bodies
from api.services.view_release import schools_in
from api.store import areas, bodies, users
from api.store.engine import Store
from geo.errors import GeoError
from geo.territories import MOST_BYTES, read_territory
from web.account_words import answers_for_words, body_kind_words
from web.territory_sketch import territory_sketch
from web.translation import translations

router = APIRouter(include_in_schema=False)

BodyId = Annotated[int, Path(ge=1, le=2**31 - 1)]
MAX_FIELDS, LONGEST_FIELD = 40, 2_000
NOTHING: dict[str, Any] = {"name": "", "area": "", "kind": "", "causes": [], "answer_days": 30}


async def read_form(request: Request, _admin: AdminDep) -> AsyncIterator[FormData]:
    """Read a form with a file, after it is known who sends it."""
    async with request.form(
        max_files=1, max_fields=MAX_FIELDS, max_part_size=LONGEST_FIELD
    ) as form:
        yield form


FormDep = Annotated[FormData, Depends(read_form)]


@router.get("/admin/bodies", response_class=HTMLResponse)
def list_bodies(pages: PagesDep, store: StoreDep, _admin: AdminDep) -> str:
    """List the bodies, and ask for a new one."""
    return _list(pages, store, NOTHING)


@router.post("/admin/bodies")
def create(pages: PagesDep, store: StoreDep, admin: AdminDep, form: FormDep) -> Response:
    """Make a body."""
    try:
        territory = _chosen_territory(form)
        with store.write() as session:
            body = add_body(
                session, _text(form, "area"), _text(form, "kind"), _said(form, territory), by=admin
            )
    except (InvalidBodyError, GeoError) as error:
        page = _list(pages, store, _values(form), error=pages.refusal(error))
        return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _to(body.id)


@router.get("/admin/bodies/{body_id}", response_class=HTMLResponse)
def show_body(
    pages: PagesDep,
    store: StoreDep,
    _admin: AdminDep,
    body_id: BodyId,
    done: Annotated[bool, Query()] = False,  # noqa: FBT002 - a parameter of the address
) -> str:
    """Show a body: its territory, causes, members and keys."""
    return _one(pages, store, body_id, done=done)


@router.post("/admin/bodies/{body_id}")
def change(
    pages: PagesDep, store: StoreDep, admin: AdminDep, form: FormDep, body_id: BodyId
) -> Response:
    """Change a body; its territory stays unless another one is given."""
    with store.read() as session:
        require_body(session, body_id)
    try:
        said = _said(form, _territory(form))
        with store.write() as session:
            body = require_body(session, body_id)
            change_body(session, body, said, whole_area=form.get("where") == "area", by=admin)
    except (InvalidBodyError, GeoError) as error:
        page = _one(pages, store, body_id, values=_values(form), error=pages.refusal(error))
        return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _to(body_id, "?done=true")


@router.post("/admin/bodies/{body_id}/keys")
def make_key(
    pages: PagesDep,
    store: StoreDep,
    admin: AdminDep,
    body_id: BodyId,
    name: Annotated[str, Form(max_length=100)] = "",
    may_write: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Make a key of a body and show it this once."""
    try:
        with store.write() as session:
            body = require_body(session, body_id)
            _, secret = add_key(session, body, name, may_write=may_write == "yes", by=admin)
    except InvalidBodyError as error:
        page = _one(pages, store, body_id, error=pages.refusal(error))
        return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return HTMLResponse(_one(pages, store, body_id, secret=secret), HTTPStatus.CREATED)


@router.post("/admin/bodies/{body_id}/keys/{key_id}/revoke")
def end_key(store: StoreDep, admin: AdminDep, body_id: BodyId, key_id: BodyId) -> Response:
    """Make a key of a body useless."""
    with store.write() as session:
        revoke_key(session, key_id, of=require_body(session, body_id), by=admin)
    return _to(body_id, "?done=true")


def _to(body_id: int, query: str = "") -> Response:
    return RedirectResponse(f"/admin/bodies/{body_id}{query}", HTTPStatus.SEE_OTHER)


def _list(
    pages: PagesDep, store: Store, values: dict[str, Any], *, error: str | None = None
) -> str:
    say = translations(pages.language()).gettext
    with store.read() as session:
        titles = area_titles(session)
        found = bodies.all_bodies(session)
        whole = {one.id: covers_area(one, require_area(session, one.area_id)) for one in found}
    return pages.render(
        "admin_bodies.html",
        path="/admin/bodies",
        bodies=[
            {
                "id": one.id, "name": one.name, "kind": one.kind, "area": titles[one.area_id],
                "causes": one.causes, "whole": whole[one.id], "answer_days": one.answer_days,
            }
            for one in found
        ],
        areas=titles,
        values=values,
        error=error,
        **_words(say),
    )  # fmt: skip


def _one(
    pages: PagesDep,
    store: Store,
    body_id: int,
    *,
    values: dict[str, Any] | None = None,
    error: str | None = None,
    secret: str = "",
    done: bool = False,
) -> str:
    say = translations(pages.language()).gettext
    with store.read() as session:
        body = require_body(session, body_id)
        area = require_area(session, body.area_id)
        inside = schools_in(session, area.id, territory_of_bodies([body]))
        facts = {
            "id": body.id,
            "name": body.name,
            "kind": body.kind,
            "area": area.title or area.id,
            "whole": covers_area(body, area),
            "schools": len(inside),
            "all_schools": len(areas.schools_of(session, area.id)),
            "members": [one.email for one in users.of_body(session, body.id)],
            "keys": [
                {"id": one.id, "name": one.name, "writes": one.may_write, "used_on": one.used_on}
                for one in live_keys(session, body)
            ],
        }
        said = {"name": body.name, "causes": body.causes, "answer_days": body.answer_days}
        sketch = territory_sketch(body.territory, area.extent)
    return pages.render(
        "admin_body.html",
        path=f"/admin/bodies/{body_id}",
        body=facts,
        sketch=sketch,
        values=values or said,
        error=error,
        secret=secret,
        done=done,
        **_words(say),
    )


def _words(say: Any) -> dict[str, Any]:  # noqa: ANN401 - gettext
    return {
        "kinds": {kind: body_kind_words(say)[kind] for kind in KINDS},
        "causes": answers_for_words(say),
        "max_mb": MOST_BYTES >> 20,
    }


def _values(form: FormData) -> dict[str, Any]:
    texts = {name: _text(form, name) for name in ("name", "area", "kind", "answer_days")}
    return texts | {"causes": _texts(form, "causes")}


def _said(form: FormData, territory: BaseGeometry | None) -> BodyForm:
    days = _text(form, "answer_days")
    whole = days.isascii() and days.isdigit() and len(days) < 5  # noqa: PLR2004 - a year has 365
    return BodyForm(
        _text(form, "name"), tuple(_texts(form, "causes")), int(days) if whole else None, territory
    )


def _territory(form: FormData) -> BaseGeometry | None:
    """Return the polygon of the file, read where a hostile one does no harm; None without one."""
    file = form.get("territory")
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    return apart(read_territory, file.file.read(MOST_BYTES + 1))


def _chosen_territory(form: FormData) -> BaseGeometry | None:
    """Return the polygon of the file, or None if the whole area was asked for."""
    territory = _territory(form)
    if territory is None and form.get("where") != "area":
        raise InvalidBodyError("expected a file, or the whole area", "choice")
    return territory


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _texts(form: FormData, name: str) -> list[str]:
    return [one for one in form.getlist(name) if isinstance(one, str)]
