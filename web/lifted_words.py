"""Words of a drawing that typst must set itself: in an SVG it loses the marks that join letters.

Thai has such marks in most names. A word that has them is taken out of the SVG and travels beside
it; the template writes it at the same spot, turned and with the same edge.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
from defusedxml.ElementTree import fromstring

SVG = "http://www.w3.org/2000/svg"
STEP = re.compile(r"\s*(translate|rotate)\(([^)]*)\)")
ET.register_namespace("", SVG)


def lift_words(svg: str) -> str | dict[str, Any]:
    """Return the SVG as it is, or without the words that joined marks make impossible in it.

    Returns
    -------
    str or dict
        The text of the SVG; where words were taken out, `svg`, the `width` and `height` of its
        view box and `words`: each with `text`, its origin `x` and `y` on the base line and its
        `size` in units of the view box, `turn` in degrees clockwise, `anchor`, `bold`, `fill` and
        `edge`, the colour of a wide outline or empty.

    Raises
    ------
    ValueError
        If a word to take out stands in a transformation other than translate and rotate.
    """
    if not _joins(svg):
        return svg
    root = fromstring(svg)
    _, _, width, height = (float(one) for one in root.attrib["viewBox"].split())
    words = [_told(*one) for one in _take(root, np.eye(3))]
    return {"svg": ET.tostring(root, "unicode"), "width": width, "height": height, "words": words}


def _joins(text: str) -> bool:
    return any(unicodedata.category(one) == "Mn" for one in text)


def _take(parent: ET.Element, to_page: np.ndarray) -> list[tuple[ET.Element, np.ndarray]]:
    """Take the words with joined marks out of an element; return each with where it stands."""
    taken = []
    for child in list(parent):
        if child.tag == f"{{{SVG}}}text" and _joins(child.text or ""):
            parent.remove(child)
            taken.append((child, to_page))
        elif len(child):
            # Only what holds such words must be understood.
            holds = any(_joins(one.text or "") for one in child.iter(f"{{{SVG}}}text"))
            taken += _take(child, to_page @ _matrix(child)) if holds else []
    return taken


def _matrix(element: ET.Element) -> np.ndarray:
    given = element.get("transform", "")
    if STEP.sub("", given).strip():
        raise ValueError(f"expected translate and rotate around words, got {given!r}")
    found = np.eye(3)
    for name, numbers in STEP.findall(given):
        first, *rest = (float(one) for one in re.split(r"[\s,]+", numbers.strip()))
        if name == "translate":
            step = np.array([[1, 0, first], [0, 1, rest[0] if rest else 0], [0, 0, 1]])
        else:
            sine, cosine = math.sin(math.radians(first)), math.cos(math.radians(first))
            step = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
        found = found @ step
    return found


def _told(word: ET.Element, to_page: np.ndarray) -> dict[str, Any]:
    x, y, _ = to_page @ (float(word.get("x", 0)), float(word.get("y", 0)), 1)
    return {
        "text": word.text,
        "x": round(float(x), 3),
        "y": round(float(y), 3),
        "turn": round(math.degrees(math.atan2(to_page[1, 0], to_page[0, 0])), 2),
        "size": float(word.attrib["font-size"]),
        "anchor": word.get("text-anchor", "start"),
        "bold": word.get("font-weight") == "700",
        "fill": word.get("fill", "#000000"),
        "edge": word.get("stroke", ""),
    }
