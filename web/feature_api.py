"""The definition of the OGC API - Features service in OpenAPI 3.0: what may be asked and comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .feature_documents import GEOJSON, Addresses, Collection
from .open_features import any_open_collection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .columns import Column

    Words = Callable[[str], str]

Document = dict[str, Any]
JSON_TYPES = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
KEY_SENT = {"key": "bearer", "password": "basic"}
"""How a program may send its key, by name: alone, or as a password of any user."""
REFUSALS = {
    "400": "BadRequest", "401": "Unauthorized", "403": "Forbidden", "404": "NotFound",
    "429": "TooManyRequests", "503": "ServiceUnavailable",
}  # fmt: skip


def service_definition(
    listed: Iterable[Collection],
    editions: Sequence[str],
    at: Addresses,
    version: str,
    _: Words,
) -> Document:
    """Return the OpenAPI document of the service; `editions` are collections of open data."""
    opened = any_open_collection()
    offered = list(listed)
    paths: Document = {
        "/": _get(_("Landing page"), "Landing", public=True),
        "/conformance": _get(_("What it conforms to"), "Conformance", public=True),
        "/api": _get(_("Definition of the service"), "Anything", public=True),
        "/collections": _get(_("Collections"), "Collections", anybody=True),
    }
    for one in offered:
        paths |= _of_collection(one, one.id, _)
    if editions:
        named = [_parameter("editionId", {"type": "string", "enum": list(editions)}, at="path")]
        paths |= _of_collection(opened, "{editionId}", _, named, anybody=True)
    return {
        "openapi": "3.0.3",
        "info": {"title": _("Bicycle Barometer: features"), "version": version},
        "servers": [{"url": at.root}],
        "paths": paths,
        "components": {
            "schemas": _schemas([*offered, opened], _),
            "responses": {
                name: {
                    "description": name,
                    "content": {
                        "application/problem+json": {
                            "schema": {"$ref": "#/components/schemas/Problem"}
                        }
                    },
                }
                for name in REFUSALS.values()
            },
            "securitySchemes": {
                name: {"type": "http", "scheme": scheme, "description": _("Key of a body")}
                for name, scheme in KEY_SENT.items()
            },
        },
    }  # fmt: skip


def _of_collection(
    one: Collection, name: str, _: Words, named: Sequence[Document] = (), *, anybody: bool = False
) -> Document:
    title, path = one.told(_).title, f"/collections/{name}"
    single = [*named, _parameter("featureId", at="path")]
    asked = [*named, *_asked(one, _)]
    return {
        path: _get(title, "Collection", anybody=anybody, parameters=named),
        f"{path}/items": _get(title, f"{one.id}Items", anybody=anybody, parameters=asked),
        f"{path}/items/{{featureId}}": _get(
            title, f"{one.id}Feature", anybody=anybody, parameters=single
        ),
    }


def _get(
    summary: str, schema: str, *, public: bool = False, anybody: bool = False,
    parameters: Iterable[Document] = (),
) -> Document:  # fmt: skip
    """Return an operation: `public` without any key, for `anybody` also without one."""
    media = GEOJSON if schema.endswith(("Items", "Feature")) else "application/json"
    content: Document = {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    if schema == "Anything":
        content = {"application/vnd.oai.openapi+json;version=3.0": {"schema": {"type": "object"}}}
    content["text/html"] = {"schema": {"type": "string"}}
    refused = [code for code in REFUSALS if not public or code == "400"]
    keys: list[Document] = [] if public else [{name: []} for name in KEY_SENT]
    return {
        "get": {
            "summary": summary,
            "parameters": [
                *parameters,
                _parameter("f", {"type": "string", "enum": ["json", "html"]}),
                _parameter("area", {"type": "string", "pattern": "^[a-z0-9-]{0,40}$"}),
                _parameter("lang", {"type": "string"}),
            ],
            "responses": {
                "200": {"description": summary, "content": content},
                **{
                    code: {"$ref": f"#/components/responses/{REFUSALS[code]}"} for code in refused
                },
            },
            "security": [{}, *keys] if anybody else keys,
        }
    }  # fmt: skip


def _asked(one: Collection, _: Words) -> list[Document]:
    number = {"type": "number"}
    box = {"type": "array", "items": number, "minItems": 4, "maxItems": 6}
    return [
        _parameter("bbox", box) | {"style": "form", "explode": False},
        _parameter("datetime", {"type": "string"}),
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
        _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}),
        *(
            _parameter(column.name, _schema(column)) | {"description": column.description}
            for column in one.queryables(_)
        ),
    ]


def _parameter(name: str, schema: Document | None = None, *, at: str = "query") -> Document:
    return {
        "name": name, "in": at, "required": at == "path", "schema": schema or {"type": "string"},
    }  # fmt: skip


def _schema(column: Column) -> Document:
    limits = {"enum": list(column.values)} if column.values else {}
    return JSON_TYPES[column.type] | limits


def _schemas(offered: Iterable[Collection], _: Words) -> Document:
    links = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
    text, whole = {"type": "string"}, {"type": "integer", "minimum": 0}
    found: Document = {
        "Link": _object({"href": text, "rel": text, "type": text, "title": text}),
        "Problem": _object({"type": text, "title": text, "status": whole, "detail": text}),
        "Landing": _object({"title": text, "description": text, "links": links}),
        "Conformance": _object({"conformsTo": {"type": "array", "items": text}}),
        "Collection": _object({
            "id": text, "title": text, "description": text, "links": links,
            "extent": {"type": "object"},
        }),
        "Collections": _object({
            "links": links,
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/Collection"}},
        }),
    }  # fmt: skip
    for one in offered:
        properties = {
            column.name: _schema(column)
            | {"nullable": True, "description": column.description}
            # An enumeration does not hold what is empty unless it says so.
            | ({"enum": [*column.values, None]} if column.values else {})
            for column in one.columns(_)
        }
        geometry = _object({"type": {"type": "string", "enum": list(one.geometries)}})
        found[f"{one.id}Feature"] = _object({
            "type": {"type": "string", "enum": ["Feature"]}, "id": text, "geometry": geometry,
            "properties": {"type": "object", "properties": properties},
        })  # fmt: skip
        found[f"{one.id}Items"] = _object({
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "links": links, "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": whole, "numberReturned": whole,
            "features": {
                "type": "array", "items": {"$ref": f"#/components/schemas/{one.id}Feature"},
            },
        })  # fmt: skip
    return found


def _object(properties: Document) -> Document:
    return {"type": "object", "required": list(properties), "properties": properties}
