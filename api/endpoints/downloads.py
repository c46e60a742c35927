"""The newest release as a file for another program."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from api.deps import LibraryDep, PagesDep, StaffDep, StoreDep
from api.services.export_hotspots import FORMATS, Export
from api.services.view_release import view_release

router = APIRouter()


@router.get("/hotspots/{area}.{ending}", include_in_schema=False)
def download(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    library: LibraryDep,
    area: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")],
    ending: Literal["gpkg", "zip", "geojson", "parquet", "xlsx", "csv"],
) -> Response:
    """Download the newest release for another program."""
    view = view_release(store, user, area, action=f"download {ending}")
    export = Export(
        release=view.release,
        area=library.get(view.area),
        title=view.area.title,
        cases=view.cases,
        language=pages.language(),
        today=datetime.now(UTC).date(),
    )
    chosen = FORMATS[ending]
    headers = {"content-disposition": f'attachment; filename="{export.name}.{ending}"'}
    return Response(chosen.write(export), media_type=chosen.media, headers=headers)
