"""`barometer crashes …`: official crash files, and what is stored of them."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.services.areas import load_area, require_area
from api.services.import_crashes import CrashImport, Order, import_crashes, prepare_import
from api.store import crashes
from geo.crashes.profiles import GENERIC
from geo.crashes.records import Reading
from geo.crashes.survey import Preview, read_crashes, survey_files

from .terminal import here

app = typer.Typer(no_args_is_help=True, help="Official crashes: import them, list them.")


@app.command("import")
def import_(  # noqa: PLR0913 - a command has as many options as it needs
    area: str,
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX, GeoPackage or GeoJSON files.")],
    *,
    profile: Annotated[str, typer.Option(help="Instead of the one that is recognised.")] = "",
    column: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="For other files.")
    ] = None,
    severity: Annotated[
        list[str] | None, typer.Option(metavar="VALUE=SEVERITY", help="What a value means.")
    ] = None,
    bicycle: Annotated[
        list[str] | None, typer.Option(help="A value that means a bicycle; * if all had one.")
    ] = None,
    epsg: Annotated[int | None, typer.Option(help="Of the coordinates, if not degrees.")] = None,
    source: Annotated[str, typer.Option(help="Who gave the files; else the profile.")] = "",
    year: Annotated[int | None, typer.Option(help="Of rows that tell none.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the preview only.")] = False,
) -> None:
    """Import official crashes; what the source had for the same years is replaced.

    Example: barometer crashes import mytown collision.csv vehicle.csv casualty.csv
    """
    reading = Reading(
        profile=profile,
        columns={field: name for name, field in _pairs(column, "COLUMN=FIELD")},
        severity=dict(_pairs(severity, "VALUE=SEVERITY")),
        bicycle=tuple(bicycle or ()),
        epsg=epsg,
        year=year,
    )
    installation = here()
    with installation.store.read() as session:
        found = require_area(session, area)
        loaded = load_area(installation.settings, found)
    survey = survey_files([(path, path.name) for path in files], reading)
    name = source or (files[0].stem[:40] if survey.name == GENERIC else "")
    read = read_crashes(survey, reading, loaded.network, found.extent)
    order = Order(area, reading, name)
    ready = prepare_import(installation.store, found, loaded.version, read, order)
    typer.echo("\n".join(_preview(ready)))
    ready.crashes.require_some()
    if dry_run:
        typer.echo("nothing was stored (--dry-run)")
        return
    count = import_crashes(installation.store, None, ready, loaded)
    typer.echo(f"{count:,} crashes of {ready.source} stored in {area}")


@app.command("list")
def list_crashes(area: str) -> None:
    """List what is stored by source and year.

    Example: barometer crashes list mytown
    """
    with here().store.read() as session:
        for one in crashes.summary(session, require_area(session, area).id):
            unknown = f", unknown of {one.bicycle_unknown:,}" if one.bicycle_unknown else ""
            typer.echo(
                f"{one.source}\t{one.year}\t{one.rows:,} crashes\t"
                f"{one.with_bicycle:,} with a bicycle{unknown}\t"
                f"{one.located:,} located, {one.unlocated:,} not"
            )


def _pairs(given: Sequence[str] | None, form: str) -> list[tuple[str, str]]:
    found = []
    for text in given or ():
        before, sign, after = text.rpartition("=")
        if not (sign and before.strip() and after.strip()):
            raise typer.BadParameter(f"expected {form}, got {text!r}")
        found.append((before.strip(), after.strip()))
    return found


def _preview(ready: CrashImport) -> list[str]:
    preview = ready.crashes.preview
    guessed = " (guessed)" if preview.crs_guessed else ""
    unknown = f", unknown of {preview.bicycle_unknown:,}" if preview.bicycle_unknown else ""
    return [
        f"read as {preview.title or preview.profile}; coordinates in {preview.crs}{guessed}",
        *(f"  {column} = {field}" for field, column in preview.columns.items()),
        f"{preview.rows:,} rows, {preview.usable:,} usable, {preview.duplicates:,} duplicates",
        *(f"{count:>7,} × {reason}" for reason, count in preview.reasons.items()),
        *(
            f"  severity {value} = {meaning or 'not understood'}: {count:,}"
            for value, (meaning, count) in preview.severities.items()
        ),
        f"{preview.inside:,} inside the area ({preview.share_inside:.0%})",
        f"{preview.with_bicycle:,} with a bicycle{unknown}",
        f"{preview.at_intersections:,} at intersections, {preview.on_segments:,} on segments",
        f"{preview.unlocated:,} not located (farther than 30 m from every place)",
        *_years(preview, ready),
        *(_row(row) for row in preview.first_rows),
        *(f"note: {warning}" for warning in preview.warnings),
    ]


def _years(preview: Preview, ready: CrashImport) -> list[str]:
    return [
        f"  {year}: {count:,}"
        + (f", replaces {ready.replaces[year]:,}" if ready.replaces[year] else "")
        for year, count in preview.years.items()
    ]


def _row(row: object) -> str:
    return "  " + re.sub(r"[{}']", "", str(row))
