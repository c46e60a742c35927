"""The map of recommended ways to a school: a page and a sheet for everybody."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.deps import LibraryDep, PagesDep, SettingsDep, StoreDep
from api.services.areas import map_area
from api.services.print_parents import print_parents
from api.services.recommend_ways import open_school, recommend_ways
from web.care_words import parents_words
from web.maps import parents_map
from web.paper_map import Paper
from web.parents_figure import sample_line
from web.parents_values import SCHOOL_ZONE_M

from .schools import SchoolId, pdf

router = APIRouter(include_in_schema=False)


@router.get("/schools/{school_id}/parents", response_class=HTMLResponse)
def show_parents(pages: PagesDep, store: StoreDep, library: LibraryDep, school_id: SchoolId) -> str:
    """Show the recommended ways to a school on a map and in words."""
    here = open_school(store, school_id)
    loaded, area = library.get(here.area), map_area(here.area)
    ways = recommend_ways(here.release, here.school, loaded, simulated=here.simulated)
    language, shown = pages.language(), ways.map
    at = {"name": shown.school, "lon": shown.lon, "lat": shown.lat, "zone": SCHOOL_ZONE_M}
    return pages.render(
        "parents.html",
        language=language,
        map=parents_map(area, ways.corridors(loaded.network), shown, language=language),
        config={"area": area, "school": at},
        school={"id": school_id, "name": shown.school},
        words=parents_words(shown, language),
        lines={look: sample_line(look) for look in ("calm", "map", "care")},
        release=here.release.heading() if here.release else None,
        simulated=shown.simulated,
    )


@router.get("/schools/{school_id}/parents.pdf")
def parents_sheet(
    pages: PagesDep,
    store: StoreDep,
    library: LibraryDep,
    settings: SettingsDep,
    school_id: SchoolId,
    paper: Annotated[Paper, Query()] = "a4",
) -> Response:
    """Print the recommended ways to a school."""
    here = open_school(store, school_id)
    area = library.get(here.area)
    ways = recommend_ways(here.release, here.school, area, simulated=here.simulated)
    sheet = print_parents(ways, area, settings, paper=paper, language=pages.language())
    return pdf(sheet, f"calm-ways-{school_id}-{paper}.pdf")
