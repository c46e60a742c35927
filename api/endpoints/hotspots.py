"""The police's map, ranked table and files: all from the newest release of their area."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from api.deps import LibraryDep, PagesDep, StaffDep, StoreDep
from api.schemas import HotspotsOut, ProblemOut
from api.services.areas import map_area
from api.services.export_hotspots import hotspots_csv, hotspots_geojson, hotspots_geopackage
from api.services.read_release import require_place
from api.services.view_release import view_release
from web.evidence import evidence_sentence
from web.maps import hotspot_map, place_map
from web.translation import translations

router = APIRouter()

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]
MEDIA = {
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "gpkg": "application/geopackage+sqlite3",
}
PROBLEM: dict[str, Any] = {"model": ProblemOut, "content": {"application/problem+json": {}}}


@router.get("/hotspots", response_class=HTMLResponse, include_in_schema=False)
def show_hotspots(pages: PagesDep, store: StoreDep, user: StaffDep, area: AreaName = "") -> str:
    """Show the map and the ranked table."""
    view = view_release(store, user, area, action="see hotspots")
    shown, release, language = view.area, view.newest, pages.language()
    return pages.render(
        "hotspots.html",
        language=language,
        map=hotspot_map(map_area(shown), language=language),
        config={
            "area": map_area(shown),
            "urls": {"hotspots": f"/api/hotspots?area={shown.id}", "places": "/places"},
        },
        release=release.heading() if release else None,
        places=release.places if release else [],
        downloads=[
            {"label": label, "url": f"/hotspots/{shown.id}.{ending}"}
            for ending, label in (("gpkg", "GeoPackage"), ("geojson", "GeoJSON"), ("csv", "CSV"))
        ]
        if release
        else [],
        areas=[{"name": one.id, "title": one.title} for one in view.own],
        simulated=view.simulated,
    )


@router.get(
    "/api/hotspots",
    response_model=HotspotsOut,
    tags=["staff"],
    responses={401: PROBLEM, 404: PROBLEM, 422: PROBLEM},
)
def list_hotspots(
    pages: PagesDep, store: StoreDep, user: StaffDep, area: AreaName = ""
) -> dict[str, Any]:
    """Return the places of the newest release, ranked, each with its figures and its sentence."""
    view = view_release(store, user, area, action="read hotspots")
    release, language = view.release, pages.language()
    say = translations(language).gettext
    return {
        "release": release.heading(),
        "places": [
            row
            | {
                "sentence": evidence_sentence(row, release.mode, language, say),
                "case": view.cases[row["id"]].state if row["id"] in view.cases else None,
            }
            for row in release.places
        ],
    }


@router.get("/hotspots/{area}.{ending}", include_in_schema=False)
def download(
    store: StoreDep,
    user: StaffDep,
    library: LibraryDep,
    area: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")],
    ending: Literal["geojson", "csv", "gpkg"],
) -> Response:
    """Download the newest release for another program."""
    view = view_release(store, user, area, action=f"download {ending}")
    release = view.release
    if ending == "csv":
        content = hotspots_csv(release)
    elif ending == "geojson":
        content = hotspots_geojson(release, library.get(view.area))
    else:
        content = hotspots_geopackage(release, library.get(view.area))
    name = f"hotspots-{area}-{release.number}.{ending}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA[ending], headers=headers)


@router.get("/places/{place_id}", response_class=HTMLResponse, include_in_schema=False)
def show_place(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    place_id: Annotated[str, Path(pattern=r"^[si][0-9a-z]{4,20}$")],
    area: AreaName = "",
) -> str:
    """Show the figures of one place."""
    view = view_release(store, user, area, action=f"see place {place_id}")
    release, shown, language = view.release, view.area, pages.language()
    place = require_place(release, place_id)
    case = view.cases.get(place_id)
    say = translations(language).gettext
    return pages.render(
        "place.html",
        language=language,
        map=place_map(
            map_area(shown),
            lon=place["lon"],
            lat=place["lat"],
            name=place["name"],
            language=language,
        ),
        config={"area": map_area(shown)},
        place=place,
        case={"state": case.state, "owner": case.owner} if case else None,
        sentence=evidence_sentence(place, release.mode, language, say),
        release=release.heading(),
        simulated=view.simulated,
    )
