"""A release, or the places of it that were chosen, as a file for another program."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from api.deps import LibraryDep, PagesDep, StaffDep, StoreDep
from api.services.choose_places import Choice, choose_places
from api.services.export_hotspots import FORMATS, Export
from api.services.read_release import only_places
from api.services.view_release import view_release

from .map_query import QueryDep

router = APIRouter()


@router.get("/hotspots/{area}.{ending}", include_in_schema=False)
def download(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    library: LibraryDep,
    area: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")],
    ending: Literal["gpkg", "zip", "geojson", "parquet", "xlsx", "csv"],
    asked: QueryDep,
) -> Response:
    """Download the places of the newest release that fit a choice, or all of them."""
    view = view_release(store, user, area, action=f"download {ending}", year=asked.year)
    release, choice, cases = view.release, asked.choice(), view.cases
    if choice != Choice():
        release = only_places(release, choose_places(release, cases, choice))
        kept = {row["id"] for row in release.places}
        cases = {place: case for place, case in cases.items() if place in kept}
    export = Export(
        release=release,
        choice=choice.words(),
        area=library.get(view.area),
        title=view.area.title,
        cases=cases,
        language=pages.language(),
        today=datetime.now(UTC).date(),
    )
    chosen = FORMATS[ending]
    headers = {"content-disposition": f'attachment; filename="{export.name}.{ending}"'}
    return Response(chosen.write(export), media_type=chosen.media, headers=headers)
