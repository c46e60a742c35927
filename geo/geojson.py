"""Lines of GeoJSON, read feature by feature: a file may be larger than the memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from .errors import RouteFileUnreadableError
from .lines import EXPECTED, RouteLine, given_id, line_without, points, reprojection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .lines import Reproject

BLOCK = 1 << 16
# An error this near the end of what has been read may be only a value that goes on.
TAIL = 64
GEOMETRIES = frozenset({
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
})  # fmt: skip
LINES = frozenset({"LineString", "MultiLineString"})
# Between two texts of a sequence (RFC 8142) stands a record separator.
BLANK = " \t\r\n\x1e"


def read_geojson(path: Path) -> Iterator[RouteLine]:
    """Yield the lines of a FeatureCollection, a Feature, a geometry, or a sequence of them.

    Raises
    ------
    RouteFileUnreadableError
        If it is not JSON in UTF-8, not GeoJSON, or in an unknown coordinate system.
    """
    with path.open(encoding="utf-8-sig") as stream:
        text = _Text(stream)
        try:
            while text.next():
                yield from _document(text)
        except UnicodeDecodeError as error:
            raise RouteFileUnreadableError(f"expected JSON in UTF-8, got {error.reason}") from error
        except json.JSONDecodeError as error:
            where = f"character {text.passed + error.pos:,}"
            raise RouteFileUnreadableError(f"expected JSON, got {error.msg} at {where}") from error
        except RecursionError as error:
            raise RouteFileUnreadableError("expected GeoJSON, got endless brackets") from error


class _Text:
    """JSON that is read on while it is taken apart."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder()
        self.passed = 0

    def next(self) -> str:
        """Return the next sign that is not blank without taking it; nothing at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in BLANK:
                    return self._buffer[self._at]
                self._at += 1
            if self._ended:
                return ""
            self._read_on(BLOCK)

    def take(self, signs: str) -> str:
        """Take the next sign, which must be one of these."""
        sign = self.next()
        if not sign or sign not in signs:
            raise json.JSONDecodeError(f"no {' or '.join(signs)}", self._buffer, self._at)
        self._at += 1
        return sign

    def value(self) -> Any:  # noqa: ANN401 - JSON of strangers
        """Take the next value whole."""
        self.next()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                goes_on = error.msg.startswith("Unterminated") or (
                    error.pos > len(self._buffer) - TAIL
                )
                if self._ended or not goes_on:
                    raise
            else:
                # A number at the very end may have more digits.
                if end < len(self._buffer) or self._ended:
                    self._at = end
                    return found
            self._read_on(max(BLOCK, len(self._buffer)))

    def _read_on(self, count: int) -> None:
        more = self._stream.read(count)
        self._ended = not more
        self.passed += self._at
        self._buffer = self._buffer[self._at :] + more
        self._at = 0


def _document(text: _Text) -> Iterator[RouteLine]:
    if text.next() != "{":
        raise RouteFileUnreadableError(f"expected a GeoJSON object, got {text.next()!r}")
    members: dict[str, Any] = {}
    collected = False
    for key in _keys(text):
        if key == "features" and text.next() == "[":
            collected = True
            reproject = _reproject(members)
            for feature in _items(text):
                yield _route(feature, reproject)
        else:
            members[key] = text.value()
            if key == "crs" and collected and _reproject(members):
                raise RouteFileUnreadableError("expected `crs` before `features`, got it after")
    if not collected:
        if members.get("type") not in {"Feature", *GEOMETRIES}:
            raise RouteFileUnreadableError(
                "expected a GeoJSON FeatureCollection, Feature or geometry, "
                f"got an object of type {members.get('type')!r}"
            )
        yield _route(members, _reproject(members))


def _keys(text: _Text) -> Iterator[str]:
    """Yield the keys of an object; whoever takes one takes its value before the next."""
    for _ in _members(text, "{", "}"):
        key = text.value()
        text.take(":")
        yield key


def _items(text: _Text) -> Iterator[Any]:
    for _ in _members(text, "[", "]"):
        yield text.value()


def _members(text: _Text, opens: str, closes: str) -> Iterator[None]:
    """Yield at every member between brackets; whoever asks takes it before the next."""
    text.take(opens)
    if text.next() == closes:
        text.take(closes)
        return
    sign = ","
    while sign == ",":
        yield
        sign = text.take(f",{closes}")


def _reproject(members: dict[str, Any]) -> Reproject | None:
    """Return what the `crs` member of GeoJSON 2008 asks for; RFC 7946 has none."""
    if "crs" not in members:
        return None
    match members["crs"]:
        case {"type": "name", "properties": {"name": str(name)}}:
            return reprojection(name)
        case other:
            raise RouteFileUnreadableError(f"expected a named `crs` or none, got {other!r}")


def _route(feature: object, reproject: Reproject | None) -> RouteLine:
    if not isinstance(feature, dict):
        return line_without(None, f"expected a feature, got {type(feature).__name__}")
    known = feature.get("properties")
    properties = known if isinstance(known, dict) else {}
    name = given_id(properties.get("id"), feature.get("id"), properties.get("name"))
    geometry = feature if feature.get("type") in GEOMETRIES else feature.get("geometry")
    if not isinstance(geometry, dict):
        return line_without(name, f"{EXPECTED}, got no geometry")
    parts = _parts(geometry)
    if parts is None:
        return line_without(name, f"{EXPECTED}, got {_kind(geometry)}")
    try:
        found = [points(part) for part in parts]
    except ValueError as error:
        return line_without(name, str(error))
    line = np.concatenate(found) if found else np.empty((0, 2))
    return RouteLine(name, reproject(line) if reproject else line)


def _kind(geometry: dict[str, Any]) -> str:
    kind = geometry.get("type")
    if kind in LINES:
        return f"a {kind} without coordinates"
    return f"a {kind}" if kind in GEOMETRIES else "an unknown geometry"


def _parts(geometry: dict[str, Any]) -> list[Any] | None:
    match geometry:
        case {"type": "LineString", "coordinates": list(line)}:
            return [line]
        case {"type": "MultiLineString", "coordinates": list(lines)}:
            return lines
    return None
