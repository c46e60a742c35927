"""One place of the newest release, as a page and as a sheet to print."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from api.deps import LibraryDep, PagesDep, StaffDep, StoreDep
from api.services.areas import map_area
from api.services.view_place import view_place
from api.services.view_release import view_release
from web.countermeasures import by_kind, measure_kind_words, measure_words
from web.directions import direction_words
from web.evidence import evidence_sentences
from web.maps import place_map
from web.place_sheet import bars, because, place_sheet
from web.place_words import black_spot_sentence
from web.school_words import case_words
from web.site_visit import visit_checks
from web.translation import translations

from .hotspot_map import groups_of

router = APIRouter(include_in_schema=False)

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]
PlaceId = Annotated[str, Path(pattern=r"^[si][0-9a-z]{4,20}$")]
TOPICS = ("reported", "weight", "certainty", "danger", "crashes", "local", "cluster", "stress")


@router.get("/places/{place_id}", response_class=HTMLResponse)
def show_place(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    library: LibraryDep,
    place_id: PlaceId,
    area: AreaName = "",
) -> str:
    """Show the figures of one place, what students say of it and what could be done."""
    view = view_release(store, user, area, action=f"see place {place_id}")
    language = pages.language()
    sheet = view_place(store, view, library.get(view.area), place_id, language)
    release, shown, place = view.release, map_area(view.area), sheet.row
    say = translations(language).gettext
    sentences = evidence_sentences(place, release.mode, language, say)
    groups = iter(groups_of(release, say, among={place_id}))
    return pages.render(
        "place.html",
        language=language,
        map=place_map(
            shown, lon=place["lon"], lat=place["lat"], name=place["name"], language=language
        ),
        config={"area": shown},
        place=place,
        arms=sheet.arms,
        legend=[{"svg": Markup(one["svg"]), "words": one["words"]} for one in sheet.legend],  # noqa: S704 - as above
        plan=Markup(sheet.plan),  # noqa: S704 - drawn by us; names of streets are escaped in it
        case=sheet.case,
        states=case_words(say),
        sentences=dict.fromkeys(TOPICS, "") | sentences,
        missing=sheet.missing,
        group=next(groups, None),
        bars=bars(place, language, say),
        shares=sheet.shares,
        ways=direction_words(say),
        measures=by_kind(sheet.measures),
        measure_kinds=measure_kind_words(say),
        measure_words=measure_words(say),
        because={one.code: because(one, say) for one in sheet.measures},
        checks=visit_checks(place, say),
        spot=black_spot_sentence(sheet.spot, say) if sheet.spot else "",
        effects=sheet.effects,
        release=release.heading(),
        simulated=view.simulated,
    )


@router.get("/places/{place_id}/sheet.pdf")
def print_place(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    library: LibraryDep,
    place_id: PlaceId,
    area: AreaName = "",
) -> Response:
    """Print the sheet of one place, in the reader's language."""
    view = view_release(store, user, area, action=f"print place {place_id}")
    sheet = view_place(store, view, library.get(view.area), place_id, pages.language())
    name = f"place-{place_id}-{view.release.number}.pdf"
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(place_sheet(sheet), media_type="application/pdf", headers=headers)
