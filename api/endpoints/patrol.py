"""The patrol plan of a week, for the police: list, map and a page to print."""

from datetime import time
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from api.deps import LibraryDep, PagesDep, SettingsDep, StaffDep, StoreDep
from api.services.areas import map_area, street_box
from api.services.plan_patrols import plan_week, print_week
from api.services.view_crashes import require_police
from api.services.view_release import view_release
from web.maps import patrol_map
from web.patrol import PatrolWeek, Stop, nothing_words, patrol_notes, stop_words
from web.translation import translations

router = APIRouter(include_in_schema=False)

BELL = r"^(0[2-9]|1\d|2[0-2]):[0-5]\d$"


class PatrolQuery(BaseModel):
    """What the address of a plan says."""

    area: str = Field("", pattern=r"^[a-z0-9-]{0,40}$")
    patrols: int = Field(5, ge=1, le=10, description="One team has two hours on each of five days")
    begin: str = Field("08:00", pattern=BELL, description="When lessons begin")
    end: str = Field("15:00", pattern=BELL)

    def bells(self) -> tuple[time, time]:
        """Return when lessons begin and end."""
        return time.fromisoformat(self.begin), time.fromisoformat(self.end)


QueryDep = Annotated[PatrolQuery, Query()]


@router.get("/patrol", response_class=HTMLResponse)
def show_patrol(
    pages: PagesDep, store: StoreDep, user: StaffDep, settings: SettingsDep, asked: QueryDep
) -> str:
    """Show the plan, its map, and the slots with the most conflicts an hour."""
    view = view_release(store, require_police(user), asked.area, action="see patrol plan")
    language, shown = pages.language(), map_area(view.area)
    say = translations(language).gettext
    week: PatrolWeek | None = None
    slots: list[Stop] = []
    if view.newest is not None:
        week, slots = plan_week(view, asked.patrols, *asked.bells(), language)
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
        asked=asked.model_dump(),
        plan=[stop_words(stop, week) for stop in stops] if week else [],
        slots=[stop_words(stop, week) for stop in slots] if week else [],
        nothing=nothing_words(week, say) if week and not stops else "",
        notes=patrol_notes(week, say) if week else [],
        release=view.newest.heading() if view.newest else None,
        simulated=view.simulated,
    )


@router.get("/patrol.pdf")
def print_patrol(  # what an endpoint needs
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    settings: SettingsDep,
    library: LibraryDep,
    asked: QueryDep,
) -> Response:
    """Print the plan of a week with its map, in the reader's language."""
    view = view_release(store, require_police(user), asked.area, action="print patrol plan")
    week, _ = plan_week(view, asked.patrols, *asked.bells(), pages.language())
    name = f"patrol-plan-{view.area.id}-{view.release.number}.pdf"
    headers = {"content-disposition": f'inline; filename="{name}"'}
    content = print_week(week, library.get(view.area), settings)
    return Response(content, media_type="application/pdf", headers=headers)
