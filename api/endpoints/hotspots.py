"""The police's map, ranked table and files: all from the newest release of their area."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse

from api.deps import LibraryDep, PagesDep, StaffDep, StoreDep
from api.schemas import HotspotsOut, ProblemOut
from api.services.areas import map_area
from api.services.export_hotspots import FORMATS
from api.services.read_release import Order, Published, require_place
from api.services.view_release import view_release
from geo.compass import eighth
from web.directions import shares_of_rides
from web.effects import effect_sentences, measures_at
from web.evidence import evidence_lead, evidence_sentence, evidence_sentences, weight_words
from web.maps import hotspot_map, place_map
from web.stability import stability
from web.translation import translations
from web.verdict import missing_to_confirm
from web.words import place_title

router = APIRouter()

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]
ListName = Annotated[Order, Query(alias="list")]
TOPICS = ("reported", "weight", "certainty", "danger", "crashes", "local", "cluster", "stress")
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
        groups=_groups(release, say) if release else [],
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


@router.get("/places/{place_id}", response_class=HTMLResponse, include_in_schema=False)
def show_place(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    library: LibraryDep,
    place_id: Annotated[str, Path(pattern=r"^[si][0-9a-z]{4,20}$")],
    area: AreaName = "",
) -> str:
    """Show the figures of one place."""
    view = view_release(store, user, area, action=f"see place {place_id}")
    release, shown, language = view.release, view.area, pages.language()
    place = require_place(release, place_id)
    case = view.cases.get(place_id)
    say = translations(language).gettext
    sentences = evidence_sentences(place, release.mode, language, say)
    places = library.get(shown).network.places
    drawn = place["kind"] == "segment" and place_id in places.index
    groups = (group for group in _groups(release, say) if group["id"] == place["cluster"])
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
        sentences=dict.fromkeys(TOPICS, "") | sentences,
        missing=missing_to_confirm(place, release.mode, release.content["policy"], language, say),
        group=next(groups, None),
        shares=shares_of_rides(
            place["passages_by"], eighth(places.geometry.loc[place_id]) if drawn else None, say
        ),
        effects=[
            " ".join(effect_sentences(row, language, translations(language), place_id))
            for row in measures_at(release.effects, place_id)
        ],
        release=release.heading(),
        simulated=view.simulated,
    )


def _groups(release: Published, say: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return the groups of places with the titles of their members."""
    title = {row["id"]: place_title(row, say) for row in release.places}
    return [
        group
        | {"members": [{"id": one, "title": title[one]} for one in group["places"] if one in title]}
        for group in release.clusters
    ]
