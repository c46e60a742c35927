"""The map of hotspots and its ranked table: what a view shows, under an address that lasts."""

from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse

from api.deps import PagesDep, SettingsDep, StaffDep, StoreDep
from api.schemas.hotspots import HotspotOut
from api.services.areas import map_area, street_box
from api.services.case_states import OPEN
from api.services.choose_places import choose_places, offered
from api.services.export_hotspots import FORMATS
from api.services.read_release import Published, require_place
from api.services.view_release import View, view_release
from api.store.authorities import Case
from web.evidence import evidence_lead, evidence_sentence
from web.hotspot_filters import Occurring
from web.hotspot_layers import map_values, with_values
from web.hotspot_list import file_address, values_address
from web.hotspot_page import hotspot_page, opening_box
from web.maps import hotspot_map
from web.translation import translations
from web.words import place_title

from .map_query import MapQuery, MapValuesOut, QueryDep
from .refusals import refusals

router = APIRouter()

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]
REFUSED = refusals(401, 403, 404, 422)


@router.get("/hotspots", response_class=HTMLResponse, include_in_schema=False)
def show_hotspots(
    pages: PagesDep, store: StoreDep, user: StaffDep, settings: SettingsDep, asked: QueryDep
) -> str:
    """Show the map and the page of the ranked table that the address asks for."""
    view = view_release(store, user, asked.area, action="see hotspots", year=asked.year)
    release, language = view.newest, pages.language()
    say = translations(language).gettext
    query = asked.address() | {"area": view.area.id if asked.area else ""}
    shown = _shown(view, asked)
    context: dict[str, Any] = {"listing": None, "query": query}
    if release is not None:
        context = hotspot_page(
            release.places,
            shown,
            mode=release.mode,
            query=query,
            found=Occurring(years=view.years, **asdict(offered(release, view.cases))),
            language=language,
            translate=say,
        )
    return pages.render(
        "hotspots.html",
        language=language,
        map=hotspot_map(
            map_area(view.area),
            language=language,
            whole=street_box(settings, view.area),
            view=opening_box(shown),
        ),
        config={
            "area": map_area(view.area),
            "urls": {
                "values": values_address(query | {"area": view.area.id}),
                "place": "/api/places",
                "places": "/places",
            },
        },
        release=release.heading() if release else None,
        groups=groups_of(release, say, among={row["id"] for row in shown}) if release else [],
        grouped=bool(release and release.clusters),
        downloads=[
            {"label": form.label, "url": file_address(view.area.id, ending, query)}
            for ending, form in FORMATS.items()
        ]
        if shown
        else [],
        area=view.area.id,
        areas=[{"name": one.id, "title": one.title} for one in view.own],
        simulated=view.simulated,
        **context,
    )


@router.get("/api/hotspots/values", response_model=MapValuesOut, tags=["staff"], responses=REFUSED)
def list_values(store: StoreDep, user: StaffDep, asked: QueryDep) -> Response:
    """Return the class of every chosen place in every layer of the map, and no value.

    Each layer is one text with a sign for each id: the number of the class, "-" for not enough
    data. Stress is in the tiles.
    """
    view = view_release(store, user, asked.area, action="read hotspot map", year=asked.year)
    release = view.release
    rows = with_values(
        choose_places(release, view.cases, asked.choice()),
        release.content["parameters"].get("reference_rate"),
        asked.time,
    )
    # As it is: the schema would look at every one of thousands of ids.
    return JSONResponse({
        "release": release.number,
        "hash": release.content_hash,
        "ids": [row["id"] for row in rows],
        "layers": map_values(rows, release.mode),
    })  # fmt: skip


@router.get("/api/places/{place_id}", response_model=HotspotOut, tags=["staff"], responses=REFUSED)
def read_place(  # what an endpoint needs
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    place_id: Annotated[str, Path(pattern=r"^[si][0-9a-z]{4,20}$")],
    area: AreaName = "",
    period: Annotated[str, Query(pattern=r"^(\d{4})?$")] = "",
) -> dict[str, Any]:
    """Return the figures and the sentence of one place of a release."""
    year = int(period) if period else None
    view = view_release(store, user, area, action=f"read place {place_id}", year=year)
    return place_out(require_place(view.release, place_id), view, pages.language())


def place_out(row: dict[str, Any], view: View, language: str) -> dict[str, Any]:
    """Return a place of the release in view with its sentences and the state of its case."""
    say = translations(language).gettext
    mode, case = view.release.mode, view.cases.get(row["id"])
    return row | {
        "lead": evidence_lead(row, mode, language, say),
        "sentence": evidence_sentence(row, mode, language, say),
        "case": case.state if case else None,
    }


def groups_of(
    release: Published, say: Callable[[str], str], *, among: Collection[str]
) -> list[dict[str, Any]]:
    """Return the groups with a place `among` these, with the titles of all of their members."""
    title = {row["id"]: place_title(row, say) for row in release.places}
    return [
        group
        | {"members": [{"id": one, "title": title[one]} for one in group["places"] if one in title]}
        for group in release.clusters
        if any(one in among for one in group["places"])
    ]


def _shown(view: View, asked: MapQuery) -> list[dict[str, Any]]:
    """Return the places that fit, each with its case in short."""
    if view.newest is None:
        return []
    found = choose_places(view.newest, view.cases, asked.choice())
    return [row | _in_short(view.cases.get(row["id"])) for row in found]


def _in_short(case: Case | None) -> dict[str, Any]:
    if case is None:
        return {"case": "", "about_case": None}
    about = {"id": case.id, "owner": case.owner, "due_on": case.due_on, "open": case.state in OPEN}
    return {"case": case.state, "about_case": about}
