"""OGC API - Features, Part 1: what GDAL, QGIS and other programs of an authority read."""

import json
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import (
    InstallationDep,
    MaybeKeyDep,
    Pages,
    PagesDep,
    SettingsDep,
    UserDep,
    get_staff,
)
from api.errors import BadQueryError, NotFoundError
from api.services.features import COLLECTIONS
from api.services.find_features import find_features, known_parameters, read_query
from api.services.offer_features import Offered, Who, offer_all, offer_editions, offer_one
from web import feature_documents as documents
from web.columns import Column
from web.feature_api import service_definition
from web.feature_documents import GEOJSON, OPENAPI, Addresses, Collection, Document, Page
from web.translation import translations

from .open_data import FOR_ALL

router = APIRouter(prefix="/ogc", include_in_schema=False)

AREA_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class Asked:
    """One request to the service: in which form, of which area, in which language."""

    def __init__(self, request: Request, pages: PagesDep, settings: SettingsDep) -> None:
        self.given = request.query_params.multi_items()
        self.form = _form(request)
        self.area = request.query_params.get("area", "")
        if not AREA_LETTERS.issuperset(self.area):
            raise BadQueryError("expected area as small letters, digits and hyphens")
        self.at = Addresses(f"{settings.base_url}/ogc", self.area)
        self.say = translations(pages.language()).gettext
        self._pages: Pages = pages
        self._site = settings.base_url

    def require_plain(self) -> None:
        """Refuse every parameter that is not known everywhere."""
        known_parameters(self.given, ())

    def answer(
        self,
        document: Document,
        media: str = "application/json",
        **more: Any,  # noqa: ANN401 - as the page wants
    ) -> Response:
        """Return a document in the form that was asked for."""
        if self.form == "html":
            # Links of a page stay on the host on which it is read.
            shown = {"title": "", "columns": (), "document": document, "area_name": self.area,
                     "site": self._site}  # fmt: skip
            return HTMLResponse(self._pages.render("features.html", **shown | more))
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, default=date.isoformat)
        return Response(text, media_type=media)


AskedDep = Annotated[Asked, Depends(Asked)]


def get_reader(settings: SettingsDep, user: UserDep, key: MaybeKeyDep) -> Who:
    """Return the program or the account that reads, None for anybody."""
    return key or (get_staff(user, settings) if user else None)


ReaderDep = Annotated[Who, Depends(get_reader)]


def get_offered(here: InstallationDep, asked: AskedDep, who: ReaderDep, collection: str) -> Offered:
    """Return the collection of an address as its reader may read it."""
    return offer_one(here, who, asked.area, collection)


@router.get("")
@router.get("/")
def show_landing(asked: AskedDep) -> Response:
    """Return where everything is."""
    asked.require_plain()
    return asked.answer(documents.landing(asked.at, asked.form, asked.say))


@router.get("/conformance")
def show_conformance(asked: AskedDep) -> Response:
    """Return to which parts of the standard the service conforms."""
    asked.require_plain()
    return asked.answer(documents.conformance(asked.at, asked.form, asked.say))


@router.get("/api")
def show_definition(here: InstallationDep, asked: AskedDep) -> Response:
    """Return the service as an OpenAPI document."""
    asked.require_plain()
    editions = [one.collection.id for one in offer_editions(here, asked.area)]
    defined = service_definition(
        COLLECTIONS.values(),
        editions,
        asked.at,
        version("bicycle-barometer"),
        asked.say,
    )
    return asked.answer(defined, OPENAPI, title=defined["info"]["title"])


@router.get("/collections")
def list_collections(here: InstallationDep, asked: AskedDep, who: ReaderDep) -> Response:
    """Return the collections of an area, and those of everybody."""
    asked.require_plain()
    offered = offer_all(here, who, asked.area)
    listed = [(one.collection, one.extent) for one in offered]
    return asked.answer(documents.collections(listed, asked.at, asked.form, asked.say))


@router.get("/collections/{collection}")
def show_collection(asked: AskedDep, offered: Annotated[Offered, Depends(get_offered)]) -> Response:
    """Return what a collection is."""
    asked.require_plain()
    one = offered.collection
    told = documents.collection(one, offered.extent, asked.at, asked.form, asked.say)
    return _told(asked.answer(told, columns=one.columns(asked.say), **_seen(offered)), offered)


@router.get("/collections/{collection}/items")
def list_features(asked: AskedDep, offered: Annotated[Offered, Depends(get_offered)]) -> Response:
    """Return a page of the features of a collection."""
    one = offered.collection
    query = read_query(asked.given, one)
    features = offered.features()
    found = find_features(features, query)
    page = Page(
        features=[features.text(at) for at in found.chosen],
        matched=found.matched,
        parameters={
            key: value
            for key, value in asked.given
            if key not in {"offset", "f", "area"}
        },
        following=found.following,
    )  # fmt: skip
    document = documents.features(one, page, datetime.now(UTC), asked.at, asked.form, asked.say)
    if asked.form == "json":
        text = documents.with_features(document, page)
        return _told(Response(text, media_type=GEOJSON), offered)
    document["features"] = [json.loads(text) for text in page.features]
    shown = {"columns": _shown_columns(one, asked), "collection": one.id}
    return _told(asked.answer(document, GEOJSON, **shown, **_seen(offered)), offered)


@router.get("/collections/{collection}/items/{feature_id}")
def show_feature(
    asked: AskedDep, offered: Annotated[Offered, Depends(get_offered)], feature_id: str
) -> Response:
    """Return one feature."""
    asked.require_plain()
    one, features = offered.collection, offered.features()
    if feature_id not in features.ids:
        raise NotFoundError("no such feature")
    found = json.loads(features.text(features.ids.index(feature_id)))
    document = documents.feature(one, found, asked.at, asked.form, asked.say)
    shown = {"columns": one.columns(asked.say), **_seen(offered)}
    return _told(asked.answer(document, GEOJSON, **shown), offered)


def _seen(offered: Offered) -> dict[str, Any]:
    """Return what the page of a collection must say."""
    return {"simulated": True} if offered.simulated else {}


def _told(response: Response, offered: Offered) -> Response:
    """Let pages of others read what everybody may."""
    if offered.public:
        response.headers.update(FOR_ALL)
    return response


def _shown_columns(one: Collection, asked: Asked) -> list[Column]:
    return [column for column in one.queryables(asked.say) if column.name != "id"]


def _form(request: Request) -> str:
    """Return json or html: asked for by `f`, else what the program or browser accepts."""
    form = request.query_params.get("f")
    if form is None:
        accepted = request.headers.get("accept", "").lower()
        return "html" if "text/html" in accepted and "json" not in accepted else "json"
    if form not in documents.MEDIA:
        raise BadQueryError("expected f as json or html")
    return form
