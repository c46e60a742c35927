"""What the page of hotspots shows of a release: layers, filters, the table and their addresses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from geo.crs import BBox

from .evidence import weight_words
from .hotspot_filters import Occurring, filters
from .hotspot_layers import layers_of
from .hotspot_list import list_places, map_address
from .hotspot_parts import part_notes, part_of
from .school_words import case_words

KEPT = ("area", "layer", "list")
"""Of an address, when every filter is taken away."""
NO_FILTERS = (*KEPT, "sort", "page")
PARTS = ("school", "time", "reason")
"""Filters that leave out places of which a release does not tell a part (PRIVACY R3, R6)."""
Row = dict[str, Any]
ROOM = 0.001
"""Around what a map opens on, in degrees: one place has no extent."""


def hotspot_page(  # noqa: PLR0913  # what a view consists of
    rows: Sequence[Row],
    shown: Sequence[Row],
    *,
    mode: str,
    query: Mapping[str, str],
    found: Occurring,
    language: str,
    translate: Callable[[str], str],
) -> dict[str, Any]:
    """Return what the template needs.

    Parameters
    ----------
    rows
        Every place of the release.
    shown
        Those that fit the filters, each with the state of its `case`, empty without one, and
        `about_case`: its number, owner and due day.
    query
        What the address says, every name of it, empty for what is usual.
    """
    usual = "risk" if mode == "risk" else "danger"
    listing = list_places(shown, mode=mode, query=query, translate=translate)
    # Only of the rows of this page: words for a whole city take a second.
    rests = [
        row
        | {
            "rests_on": weight_words(row["weight"], language, translate),
            "of_part": part_of(row, query, language, translate),
        }
        for row in listing.rows
    ]
    return {
        "query": query,
        "address": lambda **changes: map_address(query, **changes),
        "layers": layers_of(rows, mode, translate),
        "layer": query["layer"] or usual,
        "filters": filters(found, query, translate),
        "choosing": any(query[name] for name in query if name not in NO_FILTERS),
        "left_out": any(query[name] for name in PARTS),
        "of_whom": part_notes(shown, query, language, translate),
        "unfiltered": map_address({name: query[name] for name in KEPT}),
        "every": len(rows),
        "listing": replace(listing, rows=rests),
        "case_words": case_words(translate),
    }


def opening_box(rows: Sequence[Row]) -> BBox | None:
    """Return the box of what claims something: land without a hotspot would make all small."""
    spots = [row for row in rows if row["state"] != "unknown"] or rows
    if not spots:
        return None
    lons, lats = [row["lon"] for row in spots], [row["lat"] for row in spots]
    return BBox(min(lons) - ROOM, min(lats) - ROOM, max(lons) + ROOM, max(lats) + ROOM)
