"""The documents of Open311 GeoReport v2, as JSON and as XML of the same values."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from .case_words import cause_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Words = Callable[[str], str]

Row = dict[str, Any]
MEDIA = {"json": "application/json", "xml": "text/xml"}
# XML knows no such characters.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-28T00:00:00Z"
"""When what is served here, and how, last changed."""


def written(rows: Sequence[Row], ending: str, *, root: str, item: str) -> str:
    """Return rows as a list of JSON, or as elements `item` below `root` of XML."""
    if ending == "json":
        return json.dumps(list(rows), ensure_ascii=False, allow_nan=False)
    top = ET.Element(root)
    for row in rows:
        _fill(ET.SubElement(top, item), row)
    return _document(top)


def written_alone(row: Row, ending: str, *, root: str) -> str:
    """Return one document."""
    if ending == "json":
        return json.dumps(row, ensure_ascii=False, allow_nan=False)
    top = ET.Element(root)
    _fill(top, row)
    return _document(top)


def services(_: Words) -> list[Row]:
    """Return the kinds of cause as the services that a town can give."""
    return [
        {
            "service_code": code,
            "service_name": words,
            "description": _("Hotspots that students reported on their way to school: {cause}")
            .format(cause=words),
            "metadata": False,
            "type": "realtime",
            "keywords": "bicycle, school",
            "group": _("Way to school"),
        }
        for code, words in cause_words(_).items()
    ]  # fmt: skip


def service_definition(code: str) -> Row:
    """Return what a report of a service must tell: nothing, because none is taken."""
    return {"service_code": code, "attributes": []}


def discovery(root: str, contact: str) -> Row:
    """Return where the service is and what it speaks."""
    return {
        "changeset": CHANGED,
        "contact": contact,
        "key_service": contact,
        "endpoints": [
            {
                "specification": SPECIFICATION, "url": root, "changeset": CHANGED,
                "type": "production", "formats": list(MEDIA.values()),
            }
        ],
    }  # fmt: skip


def failure(code: int, words: str, ending: str) -> str:
    """Return a refusal in the format of the standard."""
    return written([{"code": code, "description": words}], ending, root="errors", item="error")


def _fill(parent: ET.Element, row: Row) -> None:
    for name, value in row.items():
        element = ET.SubElement(parent, name)
        if isinstance(value, list):
            inner = name.removesuffix("s")
            for one in value:
                if isinstance(one, dict):
                    _fill(ET.SubElement(element, inner), one)
                else:
                    ET.SubElement(element, inner).text = _text(one)
        else:
            element.text = _text(value)


def _text(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else CONTROL.sub("", str(value))


def _document(top: ET.Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(top, encoding="unicode")
