"""The police's map, ranked table and files: all from the newest release of their area."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.deps import LibraryDep, PagesDep, StaffDep, StoreDep
from api.schemas import HotspotsOut, ProblemOut
from api.services.areas import map_area
from api.services.export_hotspots import FORMATS
from api.services.read_release import Order, Published
from api.services.view_release import view_release
from web.evidence import evidence_lead, evidence_sentence, weight_words
from web.maps import hotspot_map
from web.stability import stability
from web.translation import translations
from web.words import place_title

router = APIRouter()

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]
ListName = Annotated[Order, Query(alias="list")]
PROBLEM: dict[str, Any] = {"model": ProblemOut, "content": {"application/problem+json": {}}}


@router.get("/hotspots", response_class=HTMLResponse, include_in_schema=False)
def show_hotspots(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    area: AreaName = "",
    order: ListName = "priority",
) -> str:
    """Show the map and one of the two ranked tables."""
    view = view_release(store, user, area, action="see hotspots")
    shown, release, language = view.area, view.newest, pages.language()
    say = translations(language).gettext
    return pages.render(
        "hotspots.html",
        language=language,
        map=hotspot_map(map_area(shown), language=language),
        config={
            "area": map_area(shown),
            "urls": {"hotspots": f"/api/hotspots?area={shown.id}", "places": "/places"},
        },
        release=release.heading() if release else None,
        order=order,
        places=[
            row | {"rests_on": weight_words(row["weight"], language, say)}
            for row in release.ordered(order)
        ]
        if release
        else [],
        groups=groups_of(release, say) if release else [],
        downloads=[
            {"label": form.label, "url": f"/hotspots/{shown.id}.{ending}"}
            for ending, form in FORMATS.items()
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
                "lead": evidence_lead(row, release.mode, language, say),
                "sentence": evidence_sentence(row, release.mode, language, say),
                "case": view.cases[row["id"]].state if row["id"] in view.cases else None,
            }
            for row in release.places
        ],
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


def groups_of(release: Published, say: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return the groups of places with the titles of their members."""
    title = {row["id"]: place_title(row, say) for row in release.places}
    return [
        group
        | {"members": [{"id": one, "title": title[one]} for one in group["places"] if one in title]}
        for group in release.clusters
    ]
