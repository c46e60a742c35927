"""What is told of the collections of open data: one per edition and kind of place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .feature_documents import Collection, Document, Told
from .open_columns import GEOMETRY, open_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .columns import Column

    Words = Callable[[str], str]

GEOMETRIES = {"segments": "LineString", "intersections": "Point"}


def columns(_: Words) -> tuple[Column, ...]:
    """Return the columns of every file of an edition but its geometry."""
    return tuple(one.column for one in open_columns(_) if one.name != GEOMETRY)


def open_collection(
    name: str, layer: str, facts: Mapping[str, str], licence: Mapping[str, str], page: str
) -> Collection:
    """Return the collection of one layer of an edition.

    Parameters
    ----------
    layer
        A key of `GEOMETRIES`.
    facts
        Of the edition: the title of its area, its period and whether students are simulated.
    page
        Its address, where everything else is told.
    """
    told = partial(_told, layer, facts, licence, page)
    return Collection(name, (GEOMETRIES[layer],), columns, told)


def any_open_collection() -> Collection:
    """Return what is the same in the collections of every edition."""
    return Collection(
        "open", tuple(GEOMETRIES.values()), columns, lambda _: Told(_("Open data"), "")
    )


def _told(
    layer: str, facts: Mapping[str, str], licence: Mapping[str, str], page: str, _: Words
) -> Told:
    what, described = {
        "segments": (
            _("Streets"),
            _("Pieces of street that at least ten students ride; one that is missing is not safe"),
        ),
        "intersections": (
            _("Crossings"),
            _("Crossings that at least ten students ride over; one that is missing is not safe"),
        ),
    }[layer]
    title = (
        _("{area}, school year {period}: {what} (open data, simulated)")
        if facts["simulated"]
        else _("{area}, school year {period}: {what} (open data)")
    )
    return Told(
        title.format(area=facts["area_title"], period=facts["period"], what=what),
        described,
        (
            _elsewhere("license", licence["path"], licence["title"]),
            _elsewhere("describedby", page, _("All about this edition, and its files")),
        ),
    )


def _elsewhere(rel: str, address: str, title: str) -> Document:
    return {"href": address, "rel": rel, "type": "text/html", "title": title}
