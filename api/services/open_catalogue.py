"""The open data in DCAT-AP 3, the language in which data portals ask each other what there is."""

from collections.abc import Iterable, Sequence
from typing import Any

import shapely

from api.settings import Settings

from .edition_facts import LICENCE
from .list_editions import EditionFile, ListedEdition, OpenArea

EU = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
FILE_TYPES = {"gpkg": "GPKG", "parquet": "PARQUET", "csv": "CSV"}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "dcatap": "http://data.europa.eu/r5r/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
Node = dict[str, Any]


def open_catalogue(settings: Settings, listed: Iterable[OpenArea]) -> Node:
    """Return the catalogue of every edition as JSON-LD."""
    site = settings.base_url.rstrip("/")
    publisher = {
        "@id": f"{site}/open#publisher",
        "@type": "foaf:Agent",
        "foaf:name": settings.publisher,
    }
    datasets = [
        _dataset(site, edition, publisher["@id"], one.editions)
        for one in listed
        for edition in one.editions
    ]
    return {
        "@context": CONTEXT,
        "@id": f"{site}/open/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _english("Open data on ways to school"),
        "dct:description": _english(
            "How safe ways to school are, as students rated them: an edition per area and school "
            "year, each place from at least ten students."
        ),
        "dct:publisher": publisher,
        "dct:language": _concept("dct:LinguisticSystem", f"{EU}/language/ENG"),
        "dct:license": _licence(),
        "foaf:homepage": {"@id": f"{site}/open", "@type": "foaf:Document"},
        "dcat:themeTaxonomy": {"@id": f"{EU}/data-theme", "@type": "skos:ConceptScheme"},
        "dcat:dataset": datasets,
    }


def _dataset(
    site: str, edition: ListedEdition, publisher: str, others: Sequence[ListedEdition]
) -> Node:
    package = edition.package
    page = f"{site}{edition.path}"
    same = [one for one in others if one.period == edition.period]
    older = [f"{site}{one.path}" for one in same if one.release < edition.release]
    node: Node = {
        "@id": f"{page}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": package["name"],
        "dct:title": _english(package["title"]),
        "dct:description": _english(package["description"]),
        "dct:publisher": {"@id": publisher},
        "dct:issued": _typed(package["created"][:10], "xsd:date"),
        "dct:language": _concept("dct:LinguisticSystem", f"{EU}/language/ENG"),
        "dct:accessRights": _concept("dct:RightsStatement", f"{EU}/access-right/PUBLIC"),
        "dcat:theme": {"@id": f"{EU}/data-theme/TRAN", "@type": "skos:Concept"},
        "dcat:keyword": [_english(word) for word in package["keywords"]],
        "dcat:version": package["version"],
        "dcat:landingPage": {"@id": page, "@type": "foaf:Document"},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(package["temporal"]["start"], "xsd:date"),
            "dcat:endDate": _typed(package["temporal"]["end"], "xsd:date"),
        },
        "dct:spatial": {
            "@type": "dct:Location",
            "dcat:bbox": _typed(_box(package["spatial"]["bbox"]), "gsp:wktLiteral"),
        },
        "dcat:distribution": [_distribution(page, edition, file) for file in edition.data],
    }
    if edition.superseded_by:
        newer = f"{site}/open/{edition.area_id}/{edition.superseded_by}#dataset"
        node["dct:isReplacedBy"] = {"@id": newer}
    if older:
        node["dct:replaces"] = [{"@id": f"{one}#dataset"} for one in older]
    return node


def _distribution(page: str, edition: ListedEdition, file: EditionFile) -> Node:
    address = f"{page}/{file.name}"
    return {
        "@id": address + "#distribution",
        "@type": "dcat:Distribution",
        "dct:title": _english(f"{edition.package['title']}, {FILE_TYPES[file.format]}"),
        "dcat:accessURL": {"@id": page},
        "dcat:downloadURL": {"@id": address},
        "dct:format": _concept(
            "dct:MediaTypeOrExtent", f"{EU}/file-type/{FILE_TYPES[file.format]}"
        ),
        "dcat:mediaType": _concept("dct:MediaType", f"{IANA}/{file.media_type}"),
        "dct:license": _licence(),
        "dcat:byteSize": _typed(str(file.size), "xsd:nonNegativeInteger"),
        "dcatap:availability": {
            "@id": f"{EU}/planned-availability/STABLE",
            "@type": "skos:Concept",
        },
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _concept(
                "spdx:ChecksumAlgorithm", "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
            ),
            "spdx:checksumValue": _typed(file.sha256, "xsd:hexBinary"),
        },
    }


def _licence() -> Node:
    return _concept("dct:LicenseDocument", LICENCE["path"])


def _concept(kind: str, address: str) -> Node:
    return {"@id": address, "@type": kind}


def _english(text: str) -> Node:
    return {"@value": text, "@language": "en"}


def _typed(value: str, kind: str) -> Node:
    return {"@value": value, "@type": kind}


def _box(bounds: Sequence[float]) -> str:
    return str(shapely.to_wkt(shapely.box(*bounds), rounding_precision=6))
