"""The pages of one school: its safety meter, its convoys, and what to print of both."""

from datetime import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from api.deps import LibraryDep, PagesDep, SettingsDep, StaffDep, StoreDep
from api.services.areas import map_area
from api.services.print_convoy import MARGIN_MIN, convoy_times, print_convoy
from api.services.print_report import print_letter, print_report
from api.services.view_school import (
    SchoolView,
    SchoolYear,
    open_cases,
    require_convoy,
    tell_change,
    tell_year,
    view_school,
)
from geo.policy import load_policy
from geo.protection import K_STAFF
from web.maps import convoy_map
from web.school_words import (
    case_words,
    change_sentence,
    meter_lead,
    meter_missing,
    safety_words,
)
from web.translation import translations
from web.words import place_title

router = APIRouter(include_in_schema=False)

SchoolId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Bell = Annotated[str, Query(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


@router.get("/schools/{school_id}", response_class=HTMLResponse)
def show_school(pages: PagesDep, store: StoreDep, user: StaffDep, school_id: SchoolId) -> str:
    """Show the safety meter of a school, who answered, what changed and what is being done."""
    view = view_school(store, user, school_id, action="see school")
    language = pages.language()
    say = translations(language).gettext
    now = tell_year(view.newest, view.school) if view.newest else None
    then = tell_year(view.earlier, view.school) if view.earlier else None
    change = tell_change(view)
    return pages.render(
        "school.html",
        language=language,
        school={"id": school_id, "name": view.school.name},
        release=view.newest.heading() if view.newest else None,
        meter=_meter(now, language) if now else None,
        years=[_year(one, language) for one in (now, then) if one],
        needs=_needs(view, now),
        change={
            "sentence": change_sentence(change, language, say),
            "places": change.places if change else 0,
        },
        cases=[
            {
                "id": row["id"],
                "title": place_title(row, say),
                "type": row["type"],
                "state": case_words(say).get(case.state, case.state),
                "owner": case.owner,
                "due_on": case.due_on,
                "answer": case.answer,
            }
            for row, case in open_cases(view)
        ],
        convoys=len(view.convoys),
        campaigns=[
            {"id": one.id, "title": one.title, "from_day": one.from_day, "to_day": one.to_day}
            for one in (view.campaigns if user.role in {"teacher", "admin"} else ())
        ],
        area=view.area.id,
        at_least=K_STAFF,
        simulated=view.simulated,
    )


@router.get("/schools/{school_id}/report.pdf")
def report(
    pages: PagesDep, store: StoreDep, user: StaffDep, library: LibraryDep, school_id: SchoolId
) -> Response:
    """Print the safety report of a school from the newest release, in the reader's language."""
    view = view_school(store, user, school_id, action="print report")
    printed = print_report(view, library.get(view.area), pages.language())
    return pdf(printed, f"safety-report-{school_id}-{view.release.number}.pdf")


@router.get("/schools/{school_id}/letter.pdf")
def letter(
    pages: PagesDep, store: StoreDep, user: StaffDep, library: LibraryDep, school_id: SchoolId
) -> Response:
    """Print the letter of a school to the council from the newest release."""
    view = view_school(store, user, school_id, action="print letter")
    printed = print_letter(view, library.get(view.area), pages.language())
    return pdf(printed, f"letter-{school_id}-{view.release.number}.pdf")


@router.get("/schools/{school_id}/convoys", response_class=HTMLResponse)
def show_convoys(
    pages: PagesDep, store: StoreDep, user: StaffDep, school_id: SchoolId, bell: Bell = "08:00"
) -> str:
    """Show the convoys of a school: a map, and each with its stops and times."""
    view = view_school(store, user, school_id, action="see convoys")
    school, language = view.school, pages.language()
    at = {"name": school.name, "lon": school.location.x, "lat": school.location.y}
    say = translations(language).gettext
    return pages.render(
        "convoys.html",
        language=language,
        map=convoy_map(
            map_area(view.area),
            [{"coordinates": one["coordinates"], "stops": one["stops"]} for one in view.convoys],
            language=language,
        ),
        config={"area": map_area(view.area), "school": at},
        school={"id": school_id, "name": school.name},
        release=view.newest.heading() if view.newest else None,
        convoys=[
            one
            | {
                "times": [moment.strftime("%H:%M") for moment in times],
                "passes": [row | {"title": place_title(row, say)} for row in one["passes"]],
            }
            for one, times in zip(
                view.convoys, convoy_times(view.convoys, time.fromisoformat(bell)), strict=True
            )
        ],
        bell=bell,
        margin=MARGIN_MIN,
        at_least=K_STAFF,
        simulated=view.simulated,
    )


@router.get("/schools/{school_id}/convoys/{number}.pdf")
def convoy_sheet(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    library: LibraryDep,
    settings: SettingsDep,
    school_id: SchoolId,
    number: Annotated[int, Path(ge=1, le=1000)],
    bell: Bell = "08:00",
) -> Response:
    """Print the sheet of one convoy."""
    view = view_school(store, user, school_id, action="print convoy")
    printed = print_convoy(
        view.release,
        view.school,
        require_convoy(view, number),
        library.get(view.area),
        settings,
        number=number,
        bell=time.fromisoformat(bell),
        language=pages.language(),
    )
    return pdf(printed, f"convoy-{school_id}-{number}.pdf")


def _meter(year: SchoolYear, language: str) -> dict[str, Any]:
    say, policy = translations(language).gettext, load_policy()
    least = {
        "participants": K_STAFF,
        "known": policy.meter_known,
        "ratings": policy.eligible_participants,
    }
    found = year.meter
    return {
        "lead": meter_lead(found, language, say),
        "missing": "" if found.safety else meter_missing(found, least, language, say),
        "participants": found.participants,
        "known": found.known,
        "stressful": found.stressful,
        **{
            name: safety._asdict() | {"words": safety_words(safety, say)} if safety else None
            for name, safety in (
                ("safety", found.safety),
                ("crossings", found.crossings),
                ("streets", found.streets),
            )
        },
    }


def _year(year: SchoolYear, language: str) -> dict[str, Any]:
    return {
        "first": year.first,
        "number": year.number,
        "day": year.day,
        # Of a school with few answers a release tells the name alone.
        "about": dict.fromkeys(("participants", "km")) | year.about,
        "meter": _meter(year, language),
    }


def _needs(view: SchoolView, year: SchoolYear | None) -> list[dict[str, Any]]:
    """Return the places of which more ratings would help most."""
    if year is None:
        return []
    rows = {row["id"]: row for row in view.release.places}
    return [rows[place] for place in year.meter.needs if place in rows]


def pdf(content: bytes, name: str) -> Response:
    """Answer with a PDF that the browser shows."""
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)
