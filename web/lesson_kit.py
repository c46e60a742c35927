"""The lesson kit of a class: every part by its file name, and all of them in one archive."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, get_args

from .answers import answers
from .geopackage import geopackage
from .kit_values import Part
from .kit_words import nothing_words, source_words
from .lesson_layers import dictionary, lesson_layers
from .lesson_plan import lesson_plan
from .qgis import kit_layers, layer_styles, qgis_project
from .slides import slides
from .translation import translations
from .work_sheet import work_sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from .kit_values import LessonKit

    Words = Callable[[str], str]

GEOPACKAGE: Part = "way-to-school.gpkg"
LICENCE = "© OpenStreetMap contributors, ODbL 1.0, https://www.openstreetmap.org/copyright"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "gpkg": "application/geopackage+sqlite3",
    "qgs": "application/x-qgis-project",
    "txt": "text/plain; charset=utf-8",
}


def kit_part(kit: LessonKit, part: Part) -> bytes:
    """Return one file of the kit."""
    return _MAKERS[part](kit)


def kit_archive(kit: LessonKit) -> bytes:
    """Return all files of the kit as ZIP; the same kit gives the same bytes."""
    archive = io.BytesIO()
    moment = (kit.day.year, kit.day.month, kit.day.day, 12, 0, 0)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as folder:
        for part in get_args(Part):
            about = zipfile.ZipInfo(f"lesson-kit-{kit.campaign_id}/{part}", moment)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            folder.writestr(about, kit_part(kit, part))
    return archive.getvalue()


def media_type(part: Part) -> str:
    """Return what a browser is told a part is."""
    return MEDIA_TYPES[part.rpartition(".")[2]]


def _readme(kit: LessonKit) -> bytes:
    _ = translations(kit.language).gettext
    lines = [
        _("Lesson kit: our way to school"),
        f"{kit.school} · {kit.campaign}",
        source_words(kit, _),
        "",
        *([_("Simulated data: made by a program, not by students."), ""] if kit.simulated else []),
        *([nothing_words(kit, _), ""] if not kit.places else []),
        *(f"{name}  {words}" for name, words in _contents(_).items()),
        "",
        _("Keep {project} and {data} in the same folder. QGIS is free: https://qgis.org").format(
            project="way-to-school.qgs", data=GEOPACKAGE
        ),
        "",
        *_rules(kit, _),
        "",
        _("Licence of the map data and of what is made from it: {licence}").format(licence=LICENCE),
        "",
    ]
    return "\r\n".join(lines).encode()


def _contents(translate: Words) -> dict[Part, str]:
    _ = translate
    return {
        "lesson-plan.pdf": _("for the teacher: one lesson, or two"),
        "slides.pdf": _("for the screen"),
        "work-sheet.pdf": _("for the geography class, with a map"),
        "answers.pdf": _("for the teacher: the answers to the work sheet"),
        "way-to-school.qgs": _("opens the map in QGIS 3.22 or later"),
        "way-to-school.gpkg": _("the data of the map, for every GIS"),
    }


def _rules(kit: LessonKit, translate: Words) -> list[str]:
    _ = translate
    rules = [
        _(
            "A place is in the data only if at least {n} students ride there. Counts "
            "are rounded down to 5, 10, 15 and so on. Places with fewer students are "
            "unknown, not safe."
        ).format(n=kit.at_least)
    ]
    if kit.results and kit.results.one_class:
        rules.append(_("All answers come from one class."))
    return rules


def _geopackage(kit: LessonKit) -> bytes:
    _ = translations(kit.language).gettext
    found = lesson_layers(kit, _)
    return geopackage(found.layers, found.tables, layer_styles(kit_layers(_)), day=kit.day)


def _project(kit: LessonKit) -> bytes:
    _ = translations(kit.language).gettext
    return qgis_project(
        kit_layers(_),
        title=_("{school}: our way to school").format(school=kit.school),
        geopackage=GEOPACKAGE,
        around=kit.school_in_metres,
        meanings={column: meaning for _layers, column, meaning in dictionary(_)},
    )


_MAKERS: dict[Part, Callable[[LessonKit], bytes]] = {
    "README.txt": _readme,
    "lesson-plan.pdf": lesson_plan,
    "slides.pdf": slides,
    "work-sheet.pdf": work_sheet,
    "answers.pdf": answers,
    "way-to-school.qgs": _project,
    "way-to-school.gpkg": _geopackage,
}
