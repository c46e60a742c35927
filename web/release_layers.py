"""How a GIS draws a release: the layers of its GeoPackage in the colours of the site's map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .qgis import Category, ProjectLayer, dot, line, square, stress_categories
from .scale import BLUE, GREY, Layer, Scale, scales
from .school_words import case_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from .qgis import Symbol

    Words = Callable[[str], str]

PROJECT = "hotspots"
LABELLED = 10
MM_PER_PIXEL = 25.4 / 96
DOT_WIDTHS = 2.0
"""A crossing is drawn this much wider than a street."""
OPEN, CLOSED = "#1d2733", "#8a8f94"
LABEL = f'CASE WHEN "rank" <= {LABELLED} THEN "rank" || \' \' || coalesce("name", \'\') END'


def release_layers(mode: str, translate: Words) -> tuple[ProjectLayer, ...]:
    """Return the layers of a project, the topmost first; `mode` decides what is shown at first.

    Without enough conflicts for a risk, what students feel is shown instead of it.
    """
    _ = translate
    chosen: Layer = "risk" if mode == "risk" else "danger"
    titles = {
        "danger": (_("Crossings: how they feel"), _("Streets: how they feel")),
        "risk": (_("Crossings: risk of a ride"), _("Streets: risk of a ride")),
    }
    places = []
    for name in sorted(titles, key=lambda one: one != chosen):
        crossings, streets = titles[name]
        scale = scales(_)["risk" if name == "risk" else "danger"]
        shown = name == chosen
        places += [
            _layer("intersections", crossings, scale, _, shown=shown),
            _layer("segments", streets, scale, _, shown=shown),
        ]
    stress = ProjectLayer(
        "segments", _("Traffic stress"), "Line", tuple(stress_categories(_)), column="stress",
        shown=False, key="stress", project=PROJECT,
    )  # fmt: skip
    # Points lie on top, whatever they show.
    points = [one for one in places if one.geometry == "Point"]
    lines = [one for one in places if one.geometry == "Line"]
    return (_cases(_), *points, *lines, stress)


def project_title(area: str, translate: Words) -> str:
    """Return what QGIS shows as the title of the project."""
    _ = translate
    return _("Hotspots in {area}").format(area=area)


def default_layers(mode: str, translate: Words) -> tuple[ProjectLayer, ...]:
    """Return the one layer of each table that a GIS shows when it opens the file alone."""
    return tuple(layer for layer in release_layers(mode, translate) if layer.shown)


def _layer(table: str, title: str, scale: Scale, _: Words, *, shown: bool) -> ProjectLayer:
    point = table == "intersections"
    return ProjectLayer(
        table, title, "Point" if point else "Line", tuple(_categories(scale, _, point=point)),
        column=_band_expression(scale), label=LABEL, shown=shown, key=f"{table}_{scale.layer}",
        project=PROJECT,
    )  # fmt: skip


def _categories(scale: Scale, _: Words, *, point: bool) -> list[Category]:
    found = [
        Category(band.key, band.words, _symbol(band.color, band.width, point=point))
        for band in reversed(scale.bands)
    ]
    thin = dot(GREY[0], 1.6) if point else line(GREY[0], 0.5, dashed=True)
    return [*found, Category("unknown", _("not enough data: unknown, not safe"), thin)]


def _symbol(color: str, width: float, *, point: bool) -> Symbol:
    millimetres = width * MM_PER_PIXEL
    return dot(color, DOT_WIDTHS * millimetres) if point else line(color, millimetres)


def _band_expression(scale: Scale) -> str:
    """Return as an expression of QGIS in which band a place is: `scale.place_band`."""
    field = f'"{scale.field}"'
    # A risk is claimed only for confirmed and watched places (METHOD §6).
    unknown = f"{field} IS NULL" + (
        " OR \"state\" = 'unknown'" if scale.layer == "risk" else ""
    )  # fmt: skip
    steps = [f"WHEN {field} < {band.high:g} THEN '{band.key}'" for band in scale.bands[:-1]]
    return f"CASE WHEN {unknown} THEN 'unknown' {' '.join(steps)} ELSE '{scale.bands[-1].key}' END"


def _cases(_: Words) -> ProjectLayer:
    looks = {"done": BLUE[0], "declined": CLOSED}
    return ProjectLayer(
        "cases", _("Cases"), "Point",
        tuple(
            Category(state, words, square(looks.get(state, OPEN), 3.0))
            for state, words in case_words(_).items()
            if state != "merged"
        ),
        column="state", project=PROJECT,
    )  # fmt: skip
