"""Files that browsers fetch: static assets with a long life, and the tiles of an area."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.deps import SettingsDep
from api.errors import NotFoundError
from api.services.areas import area_folder
from web.assets import STATIC

router = APIRouter(include_in_schema=False)

LONG = "public, max-age=31536000, immutable"
SHORT = "public, max-age=300"


class Assets(StaticFiles):
    """Static files: kept long where the address carries their hash, else checked again soon."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file with its cache header."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = LONG if b"v=" in scope["query_string"] else SHORT
        return response


@router.get("/sw.js")
def offline_script() -> FileResponse:
    """Serve what answers in the browser without a connection; from the root it sees every page."""
    # Browsers ask for it again on every visit: a new version must not wait for an old copy.
    headers = {"cache-control": "no-cache"}
    return FileResponse(STATIC / "js" / "sw.js", media_type="text/javascript", headers=headers)


@router.get("/areas/{area}/{version}/{name}")
def tiles(
    settings: SettingsDep,
    area: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")],
    version: Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")],
    name: Literal["basemap.pmtiles", "network.pmtiles"],
) -> FileResponse:
    """Serve an area's tiles by ranges; a version never changes."""
    path = area_folder(settings, area, version) / name
    if not path.is_file():
        raise NotFoundError("no such file")
    headers = {"cache-control": LONG}
    return FileResponse(path, media_type="application/vnd.pmtiles", headers=headers)
