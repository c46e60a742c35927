"""The police's map, ranked table and files: all from the newest release of their area."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from api.deps import LibraryDep, PagesDep, ReadDep, StaffDep, WriteDep
from api.errors import AreaNotFoundError
from api.schemas import HotspotsOut, ProblemOut
from api.services.areas import map_area, require_area
from api.services.export_hotspots import hotspots_csv, hotspots_geojson, hotspots_geopackage
from api.services.read_release import cases, newest_release, require_place, require_release
from api.store import areas, audit, campaigns
from api.store.engine import Session
from api.store.models import Area, User
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
def show_hotspots(pages: PagesDep, session: WriteDep, user: StaffDep, area: AreaName = "") -> str:
    """Show the map and the ranked table."""
    own = own_areas(session, user)
    shown = _chosen(own, area)
    release = newest_release(session, shown.id)
    if release is not None:
        audit.record(session, user.id, "see hotspots", f"area {shown.id}", release=release.number)
    language = pages.language()
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
        areas=[{"name": one.id, "title": one.title} for one in own],
        simulated=campaigns.has_simulated(session, shown.id),
    )


@router.get(
    "/api/hotspots",
    response_model=HotspotsOut,
    tags=["staff"],
    responses={401: PROBLEM, 404: PROBLEM, 422: PROBLEM},
)
def list_hotspots(
    pages: PagesDep, session: ReadDep, user: StaffDep, area: AreaName = ""
) -> dict[str, Any]:
    """Return the places of the newest release, ranked, each with its figures and its sentence."""
    shown = _chosen(own_areas(session, user), area)
    release = require_release(session, shown.id)
    language = pages.language()
    say = translations(language).gettext
    found = cases(session, shown.id)
    return {
        "release": release.heading(),
        "places": [
            row
            | {
                "sentence": evidence_sentence(row, release.mode, language, say),
                "case": found[row["id"]].state if row["id"] in found else None,
            }
            for row in release.places
        ],
    }


@router.get("/hotspots/{area}.{ending}", include_in_schema=False)
def download(
    session: WriteDep,
    user: StaffDep,
    library: LibraryDep,
    area: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")],
    ending: Literal["geojson", "csv", "gpkg"],
) -> Response:
    """Download the newest release for another program."""
    shown = _chosen(own_areas(session, user), area)
    release = require_release(session, shown.id)
    if ending == "csv":
        content = hotspots_csv(release)
    elif ending == "geojson":
        content = hotspots_geojson(release, library.get(shown))
    else:
        content = hotspots_geopackage(release, library.get(shown))
    audit.record(session, user.id, "download", f"area {area}", ending=ending)
    name = f"hotspots-{area}-{release.number}.{ending}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA[ending], headers=headers)


@router.get("/places/{place_id}", response_class=HTMLResponse, include_in_schema=False)
def show_place(
    pages: PagesDep,
    session: ReadDep,
    user: StaffDep,
    place_id: Annotated[str, Path(pattern=r"^[si][0-9a-z]{4,20}$")],
    area: AreaName = "",
) -> str:
    """Show the figures of one place."""
    shown = _chosen(own_areas(session, user), area)
    release = require_release(session, shown.id)
    place = require_place(release, place_id)
    language = pages.language()
    say = translations(language).gettext
    case = cases(session, shown.id).get(place_id)
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
        simulated=campaigns.has_simulated(session, shown.id),
    )


def own_areas(session: Session, user: User) -> list[Area]:
    """Return the areas whose releases this account may see."""
    if user.role == "admin":
        return list(areas.all_areas(session))
    own = user.area_id or (user.school.area_id if user.school else None)
    return [require_area(session, own)] if own else []


def _chosen(own: list[Area], name: str) -> Area:
    for area in own:
        if name in ("", area.id):
            return area
    # A foreign area and one that does not exist read the same.
    raise AreaNotFoundError(f"no area {name!r}" if name else "no area has been imported yet")
