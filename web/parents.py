"""The map for parents as PDF: recommended ways to a school on A4 or A3, and the same in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date

from .care_words import parents_words
from .parents_figure import parents_figure, sample_line, sample_mark
from .translation import translations
from .typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from geo.network import Network

    from .paper_map import Paper
    from .parents_values import ParentsMap

    Words = Callable[[str], str]

SIZES_MM: Mapping[Paper, tuple[float, float]] = {"a4": (184.0, 205.0), "a3": (271.0, 318.0)}
"""Width and height of the map on each paper, which stands upright."""
UNKNOWN_DAY = date(2000, 1, 1)
"""In the file of a map that is older than every release, so that it stays the same."""


def parents_sheet(  # noqa: PLR0913 - what is drawn and how
    shown: ParentsMap,
    ways: gpd.GeoDataFrame,
    network: Network,
    ground: Mapping[str, gpd.GeoDataFrame],
    *,
    paper: Paper,
    language: str,
) -> bytes:
    """Return two pages as PDF/UA-1: the map with its legend, and all of it in words."""
    _ = translations(language).gettext
    words = parents_words(shown, language)
    data = words | {
        "language": language,
        "author": "Bicycle Barometer",
        "paper": paper,
        "simulated": _("Simulated data: made by a program, not by students.")
        if shown.simulated
        else "",
        "map": parents_figure(shown, ways, network, ground, size=SIZES_MM[paper])
        if shown.ways
        else "",
        "map-alt": _(
            "Map of the recommended ways to {school}. The lists on the next page say the same in "
            "words."
        ).format(school=shown.school),
        "lines": [
            {"svg": sample_line(look), "words": said} for look, said in words["legend"].items()
        ],
        "marks": [
            {"svg": sample_mark("start"), "words": _("A way begins")},
            {"svg": sample_mark("meeting"), "words": _("Meeting point")},
            {"svg": sample_mark("care"), "words": _("Take care here")},
        ],
        "footer": _footer(shown, language, _),
        "attribution": _("© OpenStreetMap contributors, ODbL"),
    }
    return typeset("parents.typ", data, day=shown.release_day or UNKNOWN_DAY)


def _footer(shown: ParentsMap, language: str, _: Words) -> str:
    if shown.release_day is None:
        return shown.school or "?"
    day = format_date(shown.release_day, format="long", locale=language)
    return _("Release {number} of {day}").format(number=shown.release_number, day=day)
