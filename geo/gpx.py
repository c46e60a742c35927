"""Tracks and routes of GPX 1.0 and 1.1, whoever wrote them and whatever else they put in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

import numpy as np

from .errors import RouteFileUnreadableError
from .lines import RouteLine, given_id, line_without

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

BLOCK = 1 << 16
LINES = frozenset({"trk", "rte"})
# Garmin keeps the shape of a planned route in an extension of its points.
POINTS = frozenset({"trkpt", "rtept", "rpt"})
# How deep they stand: the document, a line in it, the name of a line.
ROOT, LINE, NAME = 1, 2, 3


def read_gpx(path: Path) -> Iterator[RouteLine]:
    """Yield every track and every planned route; segments of a track are joined in order.

    Times are not looked at: a pause is a gap like any other. A document type is refused, because
    entities in it can make a small file endless.

    Raises
    ------
    RouteFileUnreadableError
        If it is not well-formed XML, or not GPX.
    """
    reader = _Reader()
    with path.open("rb") as stream:
        # Some programs put a blank line before the declaration, which XML forbids.
        block = stream.read(BLOCK).lstrip()
        while block:
            reader.feed(block)
            yield from reader.take()
            block = stream.read(BLOCK)
    reader.feed(b"", last=True)
    yield from reader.take()


class _Reader:
    """Events of the parser on their way to lines."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._depth = 0
        self._in_line = False
        self._name = ""
        self._points: list[tuple[float, float]] = []
        self._problem: str | None = None
        self._found: list[RouteLine] = []

    def feed(self, block: bytes, *, last: bool = False) -> None:
        try:
            self._parser.Parse(block, last)
        except expat.ExpatError as error:
            said = expat.errors.messages[error.code]
            raise RouteFileUnreadableError(
                f"expected GPX, got broken XML: {said} in line {error.lineno:,}"
            ) from error

    def take(self) -> list[RouteLine]:
        found, self._found = self._found, []
        return found

    def _refuse_doctype(self, *_: object) -> None:
        raise RouteFileUnreadableError("expected GPX, got XML with a document type")

    def _start(self, qualified: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        tag = qualified.rpartition(" ")[2]
        if tag in POINTS:
            if self._in_line:
                self._add(attributes)
        elif self._depth == LINE and tag in LINES:
            self._in_line = True
            self._name, self._points, self._problem = "", [], None
        elif self._depth == NAME and self._in_line and tag == "name":
            self._parser.CharacterDataHandler = self._text
        elif self._depth == ROOT and tag != "gpx":
            raise RouteFileUnreadableError(f"expected GPX, got XML of <{tag}>")

    def _add(self, attributes: Mapping[str, str]) -> None:
        try:
            self._points.append((float(attributes["lon"]), float(attributes["lat"])))
        except (KeyError, ValueError):
            got = f"lat={attributes.get('lat')!r} lon={attributes.get('lon')!r}"
            line = self._parser.CurrentLineNumber
            self._problem = self._problem or f"expected two numbers, got {got} in line {line:,}"

    def _text(self, text: str) -> None:
        self._name += text

    def _end(self, _qualified: str) -> None:
        if self._depth == NAME:
            self._parser.CharacterDataHandler = None
        elif self._depth == LINE and self._in_line:
            self._in_line = False
            self._found.append(self._line())
        self._depth -= 1

    def _line(self) -> RouteLine:
        name = given_id(self._name)
        if self._problem:
            return line_without(name, self._problem)
        return RouteLine(name, np.array(self._points, dtype=float).reshape(-1, 2))
