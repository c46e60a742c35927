"""The documents of OGC API - Features: landing page, conformance, collections, features, links."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from .columns import Column

    Words = Callable[[str], str]

Document = dict[str, Any]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
CONFORMANCE = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}"
    for part in ("core", "oas30", "geojson", "html")
]
MEDIA = {"json": "application/json", "html": "text/html"}
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
FILTERED = frozenset({
    "id", "kind", "type", "name", "state", "stress", "rank", "cluster", "place_id", "cause",
    "owner", "overdue", "opened_in", "opened_on", "due_on", "closed_on", "source", "year",
    "weekday", "hour", "severity", "bicycle", "child",
})  # fmt: skip
"""Columns by whose value features can be asked for."""


@dataclass(frozen=True)
class Told:
    """What people read of a collection."""

    title: str
    description: str
    links: tuple[Document, ...] = ()
    """To what is told of it elsewhere."""


@dataclass(frozen=True)
class Collection:
    """One kind of feature: its name, how its geometry is, its columns, and what is told of it."""

    id: str
    geometries: tuple[str, ...]
    columns: Callable[[Words], tuple[Column, ...]]
    told: Callable[[Words], Told]

    def queryables(self, _: Words) -> list[Column]:
        """Return the columns by which it can be asked for."""
        return [column for column in self.columns(_) if column.name in FILTERED]


@dataclass(frozen=True)
class Addresses:
    """Where the service is, and what every address of it carries on."""

    root: str
    """With /ogc, without a slash at its end."""
    area: str = ""
    """The area that was asked for by name."""

    def to(self, path: str, **more: str | int) -> str:
        """Return an address of the service."""
        query = ({"area": self.area} if self.area else {}) | more
        return f"{self.root}{path}" + (f"?{urlencode(query)}" if query else "")

    def link(self, rel: str, media: str, title: str, path: str, **more: str | int) -> Document:
        """Return a link to an address of the service."""
        return {"href": self.to(path, **more), "rel": rel, "type": media, "title": title}

    def itself(self, path: str, form: str, _: Words, **more: str | int) -> list[Document]:
        """Return the links of a document to itself and to its other form."""
        other = "html" if form == "json" else "json"
        media = MEDIA if "/items" not in path else MEDIA | {"json": GEOJSON}
        return [
            self.link("self", media[form], _("This document"), path, **{**more, "f": form}),
            self.link(
                "alternate", media[other], _("This document as {form}").format(form=other.upper()),
                path, **{**more, "f": other},
            ),
        ]  # fmt: skip


def segments(_: Words) -> Told:
    """Return what is told of the pieces of street."""
    return Told(
        _("Streets"),
        _("Pieces of street that students ride, with the figures of the newest release"),
    )


def intersections(_: Words) -> Told:
    """Return what is told of the crossings."""
    return Told(
        _("Crossings"),
        _("Crossings that students ride over, with the figures of the newest release"),
    )


def hotspots(_: Words) -> Told:
    """Return what is told of the hotspots."""
    return Told(_("Hotspots"), _("Confirmed and watched places of the newest release, as points"))


def cases(_: Words) -> Told:
    """Return what is told of the cases."""
    return Told(_("Cases"), _("What the authorities do about hotspots"))


def crashes(_: Words) -> Told:
    """Return what is told of the official crashes."""
    return Told(_("Official crashes"), _("Official records of crashes, for the police"))


def landing(at: Addresses, form: str, _: Words) -> Document:
    """Return the landing page."""
    return {
        "title": _("Bicycle Barometer: features"),
        "description": _(
            "For programs that read OGC API - Features: open data for everybody, and for those who "
            "sign in or have a key streets, crossings, hotspots and cases of the newest release."
        ),
        "links": [
            *at.itself("", form, _),
            at.link("service-desc", OPENAPI, _("Definition of the service"), "/api"),
            at.link("conformance", MEDIA["json"], _("What it conforms to"), "/conformance"),
            at.link("data", MEDIA["json"], _("Collections"), "/collections"),
        ],
    }


def conformance(at: Addresses, form: str, _: Words) -> Document:
    """Return to what the service conforms."""
    return {
        "title": _("What it conforms to"),
        "conformsTo": CONFORMANCE,
        "links": at.itself("/conformance", form, _),
    }


def collections(
    listed: Iterable[tuple[Collection, Document]], at: Addresses, form: str, _: Words
) -> Document:
    """Return the list of collections, each with where and when its features are."""
    return {
        "title": _("Collections"),
        "links": at.itself("/collections", form, _),
        "collections": [
            collection(one, extent, at, form, _, alone=False) for one, extent in listed
        ],
    }


def collection(
    one: Collection, extent: Document, at: Addresses, form: str, _: Words,
    *, alone: bool = True,
) -> Document:  # fmt: skip
    """Return the description of a collection; `alone`, as a document of its own."""
    told, path = one.told(_), f"/collections/{one.id}"
    own = at.itself(path, form, _) if alone else [at.link("self", MEDIA["json"], told.title, path)]
    return {
        "id": one.id,
        "title": told.title,
        "description": told.description,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent,
        "links": [
            *own,
            at.link("items", GEOJSON, told.title, f"{path}/items", f="json"),
            at.link("items", MEDIA["html"], told.title, f"{path}/items", f="html"),
            *told.links,
        ],
    }


def extent(bounds: Sequence[float], first: str | None, last: str | None) -> Document:
    """Return where and when the features of an area are."""
    return {
        "spatial": {"bbox": [list(bounds)], "crs": CRS84},
        "temporal": {"interval": [[first, last]], "trs": GREGORIAN},
    }


@dataclass(frozen=True)
class Page:
    """One page of features: which, of how many, and where the next ones are."""

    features: Sequence[str]
    """As texts of GeoJSON."""
    matched: int
    parameters: Mapping[str, str]
    """What was asked for, without the place in the list."""
    following: int | None


def features(
    one: Collection, page: Page, made: datetime, at: Addresses, form: str, _: Words
) -> Document:
    """Return what a page of features says of itself, without the features."""
    path = f"/collections/{one.id}"
    links = at.itself(f"{path}/items", form, _, **page.parameters)
    if page.following is not None:
        more: dict[str, str | int] = {
            **page.parameters, "f": form, "offset": page.following,
        }  # fmt: skip
        media = GEOJSON if form == "json" else MEDIA[form]
        links.append(at.link("next", media, _("Next page"), f"{path}/items", **more))
    return {
        "type": "FeatureCollection",
        "title": one.told(_).title,
        "timeStamp": made.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
        "links": [*links, at.link("collection", MEDIA["json"], one.told(_).title, path)],
    }


def with_features(document: Document, page: Page) -> str:
    """Return the text of a page of features."""
    head = json.dumps(document, ensure_ascii=False).removesuffix("}")
    return f'{head}, "features": [{",".join(page.features)}]}}'


def feature(
    one: Collection, found: Document, at: Addresses, form: str, _: Words
) -> Document:  # fmt: skip
    """Return one feature as a document of its own."""
    path = f"/collections/{one.id}"
    links = at.itself(f"{path}/items/{found['id']}", form, _)
    return found | {
        "links": [*links, at.link("collection", MEDIA["json"], one.told(_).title, path)]
    }
