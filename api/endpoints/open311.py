"""Open311 GeoReport v2: cases for the ticket systems of towns, and their updates back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Path, Request, Response

from api.deps import InstallationDep, PagesDep, SettingsDep, StoreDep, WritingKeyDep
from api.errors import BadQueryError, NotFoundError
from api.services.service_requests import Asked, read_asked, service_requests
from api.services.take_update import Update, take_update
from web import georeport
from web.georeport import MEDIA, Row
from web.translation import translations

router = APIRouter(prefix="/open311/v2", include_in_schema=False)

Ending = Literal["json", "xml"]
RequestId = Annotated[str, Path(pattern=r"^[0-9]{1,9}$")]
Text = Annotated[str, Form()]
MOST_DIGITS = 9


@router.get("/discovery.{ending}")
def discover(settings: SettingsDep, ending: Ending) -> Response:
    """Return where the service is and what it speaks."""
    told = georeport.discovery(f"{settings.base_url}/open311/v2", f"{settings.base_url}/help")
    return _answer(georeport.written_alone(told, ending, root="discovery"), ending)


@router.get("/services.{ending}")
def list_services(pages: PagesDep, ending: Ending) -> Response:
    """Return the kinds of cause that cases have."""
    told = georeport.services(translations(pages.language()).gettext)
    return _answer(georeport.written(told, ending, root="services", item="service"), ending)


@router.get("/services/{code}.{ending}")
def show_service(code: str, ending: Ending) -> Response:
    """Return what a report of a service would have to tell."""
    if code not in {one["service_code"] for one in georeport.services(str)}:
        raise NotFoundError("no such service")
    told = georeport.service_definition(code)
    return _answer(georeport.written_alone(told, ending, root="service_definition"), ending)


@router.get("/requests.{ending}")
def list_requests(request: Request, pages: PagesDep, store: StoreDep, ending: Ending) -> Response:
    """Return the cases that everybody may know of."""
    asked = read_asked(request.query_params)
    return _requests(_found(request, pages, store, asked), ending)


@router.post("/requests.{ending}")
def refuse_request(ending: Ending) -> None:  # noqa: ARG001 - the handler of errors reads it again
    """Refuse a report: places come from what students say of their rides."""
    words = (
        "no reports are taken here: hotspots come from the rides of students; "
        "tell the town of anything else"
    )
    raise HTTPException(405, words, {"allow": "GET"})


@router.get("/requests/{request_id}.{ending}")
def show_request(
    request: Request, pages: PagesDep, store: StoreDep, request_id: RequestId, ending: Ending
) -> Response:
    """Return one case, in a list as the standard has it."""
    found = _found(request, pages, store, Asked(ids=frozenset({request_id})))
    if not found:
        raise NotFoundError("no such request")
    return _requests(found, ending)


@router.post("/servicerequestupdates.{ending}")
def take(
    here: InstallationDep,
    key: WritingKeyDep,
    ending: Ending,
    *,
    service_request_id: Text = "",
    update_id: Text = "",
    status: Text = "",
    description: Text = "",
) -> Response:
    """Take an update of a town's own system on a case of its body, as FixMyStreet sends it."""
    if not (service_request_id.isascii() and service_request_id.isdigit()):
        raise BadQueryError("expected service_request_id as a number")
    if len(service_request_id) > MOST_DIGITS:
        raise NotFoundError("no such case")
    take_update(here, key, Update(int(service_request_id), update_id, status, description))
    rows = [{"update_id": update_id}]
    told = georeport.written(rows, ending, root="service_request_updates", item="request_update")
    return _answer(told, ending)


def _found(request: Request, pages: PagesDep, store: StoreDep, asked: Asked) -> list[Row]:
    area = request.query_params.get("jurisdiction_id", "")
    say = translations(pages.language()).gettext
    with store.read() as session:
        return service_requests(session, area, asked, say)


def _requests(rows: list[Row], ending: Ending) -> Response:
    return _answer(georeport.written(rows, ending, root="service_requests", item="request"), ending)


def _answer(text: str, ending: Ending) -> Response:
    return Response(text, media_type=f"{MEDIA[ending]}; charset=utf-8")
