"""The police's places and files: all from the newest release of their area."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.deps import LibraryDep, PagesDep, StaffDep, StoreDep
from api.schemas.hotspots import HotspotsOut
from api.services.areas import map_area
from api.services.view_release import view_release
from web.stability import stability
from web.translation import translations
from web.words import place_title

from .hotspot_map import place_out
from .refusals import refusals

router = APIRouter()

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]


@router.get(
    "/api/hotspots",
    response_model=HotspotsOut,
    tags=["staff"],
    responses=refusals(401, 403, 404, 422),
)
def list_hotspots(
    pages: PagesDep, store: StoreDep, user: StaffDep, area: AreaName = ""
) -> dict[str, Any]:
    """Return the places of the newest release, ranked, each with its figures and its sentence."""
    view = view_release(store, user, area, action="read hotspots")
    release, language = view.release, pages.language()
    return {
        "release": release.heading(),
        "places": [place_out(row, view, language) for row in release.places],
        "clusters": release.clusters,
    }


@router.get("/hotspots/stability", response_class=HTMLResponse, include_in_schema=False)
def show_stability(
    pages: PagesDep, store: StoreDep, user: StaffDep, library: LibraryDep, area: AreaName = ""
) -> str:
    """Show how far the ranking hangs on settings, on who answered and on weights of crashes."""
    view = view_release(store, user, area, action="see stability")
    release, language, shown = view.release, pages.language(), map_area(view.area)
    say, found = translations(language).gettext, release.robustness
    known = {row["id"] for row in release.places}
    places = library.get(view.area).network.places
    return pages.render(
        "stability.html",
        language=language,
        area=shown,
        release=release.heading(),
        stable=stability(found, language, say) if found else None,
        severities=[
            row
            | {
                "linked": row["id"] in known,
                "title": place_title(places.loc[row["id"], ["name", "kind"]].to_dict(), say),
            }
            for row in (found or {}).get("severities", [])
            if row["id"] in places.index
        ],
        simulated=view.simulated,
    )
