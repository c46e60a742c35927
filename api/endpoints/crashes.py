"""The police's official crashes: what is stored, a new file, its preview, its import."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile

from api.deps import InstallationDep, PagesDep, StaffDep
from api.services.apart import apart
from api.services.areas import area_folder
from api.services.crash_uploads import (
    KEPT,
    MAX_FILES,
    MAX_UPLOAD,
    Upload,
    change_upload,
    discard_upload,
    find_upload,
    keep_upload,
    sweep_uploads,
)
from api.services.import_crashes import (
    CrashImport,
    FilesRead,
    Order,
    check_source,
    import_crashes,
    prepare_import,
    read_files,
)
from api.services.installation import Installation
from api.services.view_crashes import record_view, require_crashes, require_police, view_crashes
from api.store.models import Area, User
from geo.crashes.errors import CrashMappingError
from geo.crashes.profiles import FIELDS, GENERIC, profiles
from geo.crashes.records import Reading
from geo.crashes.survey import Survey, survey_files
from geo.crashes.words import SEVERITIES
from geo.errors import GeoError

router = APIRouter(include_in_schema=False)

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,80}$")]
MAX_FIELDS, LONGEST_FIELD = 400, 4_000
MOST_VALUES = 60
EXAMPLE = 24


def get_police(user: StaffDep) -> User:
    """Return the signed-in police officer or administrator; for others nothing is here."""
    return require_police(user)


PoliceDep = Annotated[User, Depends(get_police)]


async def read_form(request: Request, _user: PoliceDep) -> AsyncIterator[FormData]:
    """Read a form with files, after it is known who sends it; files end with the request."""
    async with request.form(
        max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=LONGEST_FIELD
    ) as form:
        yield form


FormDep = Annotated[FormData, Depends(read_form)]


@router.get("/crashes", response_class=HTMLResponse)
def show_crashes(
    pages: PagesDep,
    here: InstallationDep,
    user: PoliceDep,
    area: AreaName = "",
    stored: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> str:
    """Show what is stored by source and year, what has no place, and the form for files."""
    sweep_uploads(here.settings)
    view = view_crashes(here.store, user, area)
    return pages.render(
        "crashes.html",
        area={"name": view.area.id, "title": view.area.title or view.area.id},
        areas=[{"name": one.id, "title": one.title or one.id} for one in view.own],
        sources=view.stored,
        unlocated=[
            {
                "source": one.source, "year": one.year, "id": one.crash_id,
                "severity": one.severity, "bicycle": one.bicycle, "distance_m": one.distance_m,
                "lon": one.location.x, "lat": one.location.y,
            }
            for one in view.unlocated
        ],
        all_unlocated=view.all_unlocated,
        profiles=_profiles(),
        max_mb=MAX_UPLOAD >> 20,
        max_files=MAX_FILES,
        stored=stored,
        simulated=view.simulated,
    )  # fmt: skip


@router.post("/crashes")
def upload(here: InstallationDep, user: PoliceDep, form: FormDep, area: AreaName = "") -> Response:
    """Keep files for their preview; files that are none are refused and go at once."""
    with here.store.read() as session:
        found, _ = require_crashes(session, user, area)
    reading = Reading(profile=_one_of(_text(form, "profile"), [*profiles(), GENERIC]))
    files = [
        (one.filename or "", one.file)
        for one in form.getlist("files")
        if isinstance(one, UploadFile) and one.filename
    ]
    order = Order(found.id, reading, _text(form, "source"))
    token = keep_upload(here.settings, user, files, order)
    kept = find_upload(here.settings, user, token)
    try:
        apart(survey_files, kept.paths, reading)
    except GeoError:
        discard_upload(kept)
        raise
    record_view(here.store, user, found.id, "preview crashes")
    return RedirectResponse(f"/crashes/{token}", HTTPStatus.SEE_OTHER)


@router.get("/crashes/{token}", response_class=HTMLResponse)
def preview(pages: PagesDep, here: InstallationDep, user: PoliceDep, token: Token) -> str:
    """Show what an import would store, and what the columns are taken for."""
    kept = find_upload(here.settings, user, token)
    area = _area_of(here, user, kept)
    read = _read(here, area, kept)
    survey = read.survey
    ready, refused = None, ""
    try:
        ready = prepare_import(here.store, area, area.version, read.crashes, kept.order)
    except GeoError as error:
        refused = pages.refusal(error)
    return pages.render(
        "crashes_preview.html",
        path=f"/crashes/{token}",
        token=token,
        area={"name": area.id, "title": area.title or area.id},
        names=kept.names,
        values=_values(kept, survey, ready),
        columns=_columns(survey),
        examples={name: text[:EXAMPLE] for name, text in read.examples.items()},
        fields=FIELDS,
        severities=SEVERITIES,
        profiles=_profiles(),
        is_generic=survey.profile is None,
        preview=ready.crashes.preview if ready else None,
        replaces=ready.replaces if ready else {},
        source=ready.source if ready else "",
        refused=refused,
        hours=int(KEPT.total_seconds() // 3600),
    )


@router.post("/crashes/{token}")
def read_otherwise(here: InstallationDep, user: PoliceDep, form: FormDep, token: Token) -> Response:
    """Read the files of an upload in another way and show the preview again."""
    kept = find_upload(here.settings, user, token)
    _area_of(here, user, kept)
    order = _order(form, kept)
    apart(survey_files, kept.paths, order.reading)  # what cannot be is refused before it is kept
    change_upload(user, kept, order)
    return RedirectResponse(f"/crashes/{token}", HTTPStatus.SEE_OTHER)


@router.post("/crashes/{token}/import")
def confirm(here: InstallationDep, user: PoliceDep, token: Token) -> Response:
    """Import what the preview showed; then the files go."""
    kept = find_upload(here.settings, user, token)
    area = _area_of(here, user, kept)
    found = _read(here, area, kept).crashes
    ready = prepare_import(here.store, area, area.version, found, kept.order)
    count = import_crashes(here.store, user, ready, here.library.get(area))
    discard_upload(kept)
    query = urlencode({"area": area.id, "stored": count})
    return RedirectResponse(f"/crashes?{query}", HTTPStatus.SEE_OTHER)


@router.post("/crashes/{token}/discard")
def give_up(here: InstallationDep, user: PoliceDep, token: Token) -> Response:
    """Remove the files of an upload; nothing of them is kept."""
    kept = find_upload(here.settings, user, token)
    discard_upload(kept)
    query = urlencode({"area": kept.order.area_id})
    return RedirectResponse(f"/crashes?{query}", HTTPStatus.SEE_OTHER)


def _area_of(here: Installation, user: User, kept: Upload) -> Area:
    with here.store.read() as session:
        return require_crashes(session, user, kept.order.area_id)[0]


def _read(here: Installation, area: Area, kept: Upload) -> FilesRead:
    folder = area_folder(here.settings, area.id, area.version)
    return apart(read_files, kept.paths, kept.order.reading, folder, area.extent)


def _order(form: FormData, kept: Upload) -> Order:
    profile = _one_of(_text(form, "profile"), [*profiles(), GENERIC])
    columns = {name: _text(form, f"column_{name}") for name in FIELDS if f"column_{name}" in form}
    said = {
        _text(form, f"value_{number}"): _one_of(_text(form, f"meaning_{number}"), SEVERITIES)
        for number in range(MOST_VALUES)
        if f"value_{number}" in form
    }
    every = _text(form, "every_bicycle") == "yes"
    values = tuple(one.strip() for one in _text(form, "bicycle").split(";") if one.strip())
    reading = Reading(
        profile=profile or kept.order.reading.profile,
        # Columns and values of other files mean nothing for an official profile.
        columns=columns if profile in {"", GENERIC} else {},
        severity={value: meaning for value, meaning in said.items() if meaning},
        bicycle=("*",) if every else values,
        epsg=_number(form, "epsg"),
        year=_number(form, "year"),
    )
    source = _text(form, "source")
    return Order(kept.order.area_id, reading, check_source(source) if source else "")


def _values(kept: Upload, survey: Survey, ready: CrashImport | None) -> dict[str, Any]:
    reading = kept.order.reading
    return {
        "profile": survey.name,
        "columns": survey.columns,
        "bicycle": "" if reading.bicycle == ("*",) else "; ".join(reading.bicycle),
        "every_bicycle": reading.bicycle == ("*",),
        "epsg": reading.epsg or "",
        "year": reading.year or "",
        "source": kept.order.source,
        "severities": list(ready.crashes.preview.severities.items())[:MOST_VALUES] if ready else [],
    }


def _columns(survey: Survey) -> list[str]:
    return list(dict.fromkeys(name for file in survey.files for name in file.columns))


def _profiles() -> list[dict[str, str]]:
    return [{"name": name, "title": one.title} for name, one in profiles().items()]


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _one_of(text: str, known: Any) -> str:  # noqa: ANN401 - a list or a tuple of names
    return text if text in known else ""


def _number(form: FormData, name: str) -> int | None:
    text = _text(form, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):  # noqa: PLR2004 - EPSG numbers
        raise CrashMappingError(f"expected a whole number of at most 6 digits, got {text[:20]!r}")
    return int(text)
