"""`barometer report` and `barometer hotspots`: files of the newest release."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.errors import NotFoundError
from api.services.areas import require_area
from api.services.export_hotspots import FORMATS, Export
from api.services.print_report import print_report
from api.services.read_release import cases, require_release
from api.services.view_school import whole_view
from api.store import areas
from api.store.engine import Session
from api.store.models import School

from .terminal import here, require_suffix, write


def report(
    school: str,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the PDF goes.")],
    language: str = "en",
) -> None:
    """Print the safety report of a school, named by its number or its name.

    Example: barometer report "Albert-Einstein-Gymnasium" -o report.pdf
    """
    installation = here()
    with installation.store.read() as session:
        found = _find_school(session, school)
        view = whole_view(session, found)
        pdf = print_report(view, installation.library.get(view.area), language)
    write(output, pdf)


def hotspots(
    area: str,
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="A .gpkg, .zip, .geojson, .parquet, .xlsx or .csv file."
        ),
    ],
    language: str = "en",
) -> None:
    """Write the newest release of an area as a file for other programs.

    It holds both orders: `rank`, where a fix helps most, and `rank_danger`, where a ride is most
    dangerous. GeoPackage and Excel hold the cases as well; the .zip is a GeoPackage with the
    project that opens it in QGIS.

    Example: barometer hotspots neubrandenburg -o hotspots.gpkg
    """
    installation = here()
    with installation.store.read() as session:
        found = require_area(session, area)
        release = require_release(session, found.id)
        known = cases(session, found.id)
        title = found.title
        loaded = installation.library.get(found)
    require_suffix(output, *(f".{ending}" for ending in FORMATS))
    export = Export(release, loaded, title, known, language, datetime.now(UTC).date())
    write(output, FORMATS[output.suffix.removeprefix(".")].write(export))


def _find_school(session: Session, text: str) -> School:
    found = [
        school
        for area in areas.all_areas(session)
        for school in areas.schools_of(session, area.id)
        if text in (str(school.id), school.name)
    ]
    if not found:
        raise NotFoundError(f"no school {text!r}: `barometer area list` names them")
    if len(found) > 1:
        numbers = ", ".join(str(school.id) for school in found)
        raise NotFoundError(f"{len(found)} schools are called {text!r}: use a number of {numbers}")
    return found[0]
