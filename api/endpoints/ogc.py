"""OGC API - Features, Part 1: what GDAL, QGIS and other programs of an authority read."""

import json
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import (
    LibraryDep,
    MaybeKeyDep,
    Pages,
    PagesDep,
    SettingsDep,
    StoreDep,
    UserDep,
    get_signed_in,
    get_staff,
)
from api.errors import BadQueryError, NotFoundError
from api.services.features import (
    COLLECTIONS,
    DIGITS,
    collections_of,
    features_of,
    require_collection,
    view_features,
)
from api.services.find_features import find_features, known_parameters, read_query
from api.services.view_release import View
from web import feature_documents as documents
from web.columns import Column
from web.feature_api import service_definition
from web.feature_documents import GEOJSON, OPENAPI, Addresses, Collection, Document, Page
from web.translation import translations

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
            shown = {"title": "", "columns": (), "document": document, "area_name": self.area}
            return HTMLResponse(self._pages.render("features.html", **shown | more))
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, default=date.isoformat)
        return Response(text, media_type=media)


AskedDep = Annotated[Asked, Depends(Asked)]


def get_view(
    request: Request,
    asked: AskedDep,
    store: StoreDep,
    settings: SettingsDep,
    user: UserDep,
    key: MaybeKeyDep,
) -> View:
    """Return what the account or the program that asks may see."""
    action = f"read features {request.path_params.get('collection', '')}".strip()
    return view_features(
        store, key or get_staff(get_signed_in(user), settings), asked.area, action=action
    )


ViewDep = Annotated[View, Depends(get_view)]


@router.get("")
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
def show_definition(asked: AskedDep) -> Response:
    """Return the service as an OpenAPI document."""
    asked.require_plain()
    defined = service_definition(
        COLLECTIONS.values(), asked.at, version("bicycle-barometer"), asked.say
    )
    return asked.answer(defined, OPENAPI, title=defined["info"]["title"])


@router.get("/collections")
def list_collections(asked: AskedDep, view: ViewDep) -> Response:
    """Return the collections of an area."""
    asked.require_plain()
    listed = documents.collections(
        collections_of(view), _extent(view), asked.at, asked.form, asked.say
    )
    return asked.answer(listed)


@router.get("/collections/{collection}")
def show_collection(asked: AskedDep, view: ViewDep, collection: str) -> Response:
    """Return what a collection is."""
    asked.require_plain()
    one = require_collection(view, collection)
    told = documents.collection(one, _extent(view), asked.at, asked.form, asked.say)
    return asked.answer(told, columns=one.columns(asked.say))


@router.get("/collections/{collection}/items")
def list_features(
    asked: AskedDep, view: ViewDep, store: StoreDep, library: LibraryDep, collection: str
) -> Response:
    """Return a page of the features of a collection."""
    one = require_collection(view, collection)
    query = read_query(asked.given, one)
    features = features_of(store, view, library.get(view.area), collection)
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
    shown = _shown_columns(one, asked)
    if asked.form == "json":
        return Response(documents.with_features(document, page), media_type=GEOJSON)
    document["features"] = [json.loads(text) for text in page.features]
    return asked.answer(document, GEOJSON, columns=shown, collection=one.id)


@router.get("/collections/{collection}/items/{feature_id}")
def show_feature(
    asked: AskedDep,
    view: ViewDep,
    store: StoreDep,
    library: LibraryDep,
    collection: str,
    feature_id: str,
) -> Response:
    """Return one feature."""
    asked.require_plain()
    one = require_collection(view, collection)
    features = features_of(store, view, library.get(view.area), collection)
    if feature_id not in features.ids:
        raise NotFoundError("no such feature")
    found = json.loads(features.text(features.ids.index(feature_id)))
    document = documents.feature(one, found, asked.at, asked.form, asked.say)
    return asked.answer(document, GEOJSON, columns=one.columns(asked.say))


def _extent(view: View) -> dict[str, Any]:
    day = view.newest.day.isoformat() if view.newest else None
    area = view.territory.polygon or view.area.extent
    return documents.extent([round(one, DIGITS) for one in area.bounds], day, None)


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
