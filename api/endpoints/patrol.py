"""The patrol plan of a week, for the police: list, map and a page to print."""

from datetime import time
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.deps import PagesDep, SettingsDep, StaffDep, StoreDep
from api.services.areas import map_area, street_box
from api.services.plan_patrols import plan_week
from api.services.view_crashes import require_police
from api.services.view_release import view_release
from web.maps import patrol_map
from web.patrol import PatrolWeek, Stop, nothing_words, patrol_notes, patrol_sheet, stop_words
from web.translation import translations

router = APIRouter(include_in_schema=False)

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]
Patrols = Annotated[int, Query(ge=1, le=10)]
"""One team has two hours on each of five days."""
Bell = Annotated[str, Query(pattern=r"^(0[2-9]|1\d|2[0-2]):[0-5]\d$")]


@router.get("/patrol", response_class=HTMLResponse)
def show_patrol(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    settings: SettingsDep,
    area: AreaName = "",
    patrols: Patrols = 5,
    begin: Bell = "08:00",
    end: Bell = "15:00",
) -> str:
    """Show the plan, its map, and the slots with the most conflicts an hour."""
    view = view_release(store, require_police(user), area, action="see patrol plan")
    language, shown = pages.language(), map_area(view.area)
    say = translations(language).gettext
    asked = {"patrols": patrols, "begin": begin, "end": end}
    week: PatrolWeek | None = None
    slots: list[Stop] = []
    if view.newest is not None:
        week, slots = plan_week(view, patrols, _time(begin), _time(end), language)
    stops = week.stops if week else ()
    marks = {
        stop.number: {"at": [stop.row["lon"], stop.row["lat"]], "text": str(stop.number)}
        for stop in stops
    }
    return pages.render(
        "patrol.html",
        language=language,
        map=patrol_map(
            shown,
            list(marks.values()),
            language=language,
            whole=street_box(settings, view.area),
        ),
        config={"area": shown},
        areas=[{"name": one.id, "title": one.title} for one in view.own],
        asked=asked,
        plan=[stop_words(stop, week) for stop in stops] if week else [],
        slots=[stop_words(stop, week) for stop in slots] if week else [],
        nothing=nothing_words(week, say) if week and not stops else "",
        notes=patrol_notes(week, say) if week else [],
        release=view.newest.heading() if view.newest else None,
        simulated=view.simulated,
    )


@router.get("/patrol.pdf")
def print_patrol(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    area: AreaName = "",
    patrols: Patrols = 5,
    begin: Bell = "08:00",
    end: Bell = "15:00",
) -> Response:
    """Print the plan of a week on one page, in the reader's language."""
    view = view_release(store, require_police(user), area, action="print patrol plan")
    week, _ = plan_week(view, patrols, _time(begin), _time(end), pages.language())
    name = f"patrol-plan-{view.area.id}-{view.release.number}.pdf"
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(patrol_sheet(week), media_type="application/pdf", headers=headers)


def _time(bell: str) -> time:
    return time.fromisoformat(bell)
