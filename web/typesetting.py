"""Values in, accessible PDF out: the one place that calls typst.

Every word travels as data and is decoded inside the template, so text from people can never
become markup. PDF/UA-1 is enforced: typst refuses a page that breaks it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from .lifted_words import lift_words

if TYPE_CHECKING:
    from datetime import date

TEMPLATES = Path(__file__).parent / "typst"
FONTS = Path(__file__).parent / "static" / "vendor" / "fonts"


class FontsMissingError(RuntimeError):
    """The fonts are not there because the build did not fill web/static/vendor/."""


def typeset(template: str, data: dict[str, Any], *, day: date) -> bytes:
    """Return the PDF of a template; the same data and day give the same bytes."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    pdf: bytes = typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_displayable(data), sort_keys=True)},
        format="pdf",
        pdf_standards="ua-1",
        timestamp=int(noon.timestamp()),
    )
    return pdf


@cache
def _fonts() -> typst.Fonts:
    if not (FONTS / "characters.json").is_file():
        raise FontsMissingError(
            "expected fonts in web/static/vendor/, found none; install the package again"
        )
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _missing_glyphs() -> re.Pattern[str]:
    """Return a pattern for runs of characters that no font here can show."""
    _fonts()
    shown = json.loads((FONTS / "characters.json").read_text(encoding="utf-8"))
    ranges = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in shown if last >= ord(" "))
    return re.compile(f"[^\\n{ranges}]+")


def _displayable(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the value with its texts cut down to what the fonts can show.

    PDF/UA forbids a glyph that is not there, and one emoji in a title must not cost a school its
    report: a sign or control character is left out, a run of letters becomes a question mark.
    """
    if isinstance(value, str):
        composed = unicodedata.normalize("NFC", value)
        shown = _missing_glyphs().sub(lambda run: "?" if _has_letter(run[0]) else "", composed)
        if shown.startswith("<svg"):
            return lift_words(shown)
        # A heading must not become empty.
        return "?" if value and not shown.strip() else shown
    if isinstance(value, dict):
        return {key: _displayable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_displayable(item) for item in value]
    return value


def _has_letter(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LMN" for character in text)
