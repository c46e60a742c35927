"""`barometer area …`: import areas, list them, look at them."""

from pathlib import Path
from typing import Annotated

import typer

from api.services.areas import require_area
from api.services.import_area import check_area_name, choose_country, import_area
from api.services.inspect_area import inspect_area
from api.store import areas
from geo.countries import country as profile_of
from geo.crs import BBox
from geo.osm import fetch_osm, read_osm

from .terminal import Bar, here, require_suffix, write

app = typer.Typer(no_args_is_help=True, help="Areas: import them, list them, look at them.")


@app.command("import")
def import_(  # noqa: PLR0913  # what a person may choose, by name
    name: str,
    *,
    osm: Annotated[Path | None, typer.Option(help="An .osm, .osm.bz2 or .osm.pbf file.")] = None,
    place: Annotated[str | None, typer.Option(help="A place name, asked of Overpass.")] = None,
    bbox: Annotated[str | None, typer.Option(help="W,S,E,N in degrees, from Overpass.")] = None,
    title: Annotated[str, typer.Option(help="What people call the area.")] = "",
    country: Annotated[
        str | None,
        typer.Option(help="Whose rules hold, such as DE or BE-WAL; else as before, or from tags."),
    ] = None,
) -> None:
    """Import an area from OpenStreetMap; the old version serves until the new one is complete.

    Example: barometer area import neubrandenburg --osm data/samples/neubrandenburg.osm.pbf
    """
    if sum(source is not None for source in (osm, place, bbox)) != 1:
        raise typer.BadParameter("expected exactly one of --osm, --place and --bbox")
    check_area_name(name)
    if country:
        profile_of(country)  # a slip is told before anything is read
    installation = here()
    with Bar() as bar:
        if osm is not None:
            data = read_osm(osm, bar)
        else:
            data = fetch_osm(place=place, bbox=_bbox(bbox) if bbox else None, progress=bar)
        chosen = choose_country(installation, name, data, country)
        import_area(
            installation, name, data, title=title or place or name, progress=bar,
            country=chosen.profile.code,
        )  # fmt: skip
    typer.echo(f"country {chosen.profile.code} ({chosen.reason})")
    typer.echo(f"{name} is ready")


@app.command("list")
def list_areas() -> None:
    """List the areas with their schools.

    Example: barometer area list
    """
    with here().store.read() as session:
        for area in areas.all_areas(session):
            typer.echo(
                f"{area.id}\t{area.title}\tversion {area.version}\tOSM {area.osm_date}"
                f"\tcountry {area.country}"
            )
            for school in areas.schools_of(session, area.id):
                typer.echo(f"  school {school.id}\t{school.name}")


@app.command("inspect")
def inspect(
    name: str,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="An .html file.")],
) -> None:
    """Write a page to look at: places, segments, forbidden turns, what was left out and why.

    Example: barometer area inspect neubrandenburg -o inspect.html
    """
    require_suffix(output, ".html")
    installation = here()
    with installation.store.read() as session:
        content = inspect_area(installation, require_area(session, name))
    write(output, content)


def _bbox(text: str) -> BBox:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"expected W,S,E,N in degrees, got {text!r}") from None
    return BBox(west=west, south=south, east=east, north=north)
