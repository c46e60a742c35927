"""The form of new classes: several at once, one campaign for each."""

from collections.abc import Sequence
from datetime import date, timedelta
from http import HTTPStatus
from itertools import zip_longest
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import StringConstraints

from api.deps import PagesDep, StoreDep, TeacherDep
from api.errors import InvalidCampaignError
from api.services.areas import map_area
from api.services.campaigns import NewCampaign, create_campaigns, today
from api.store import areas
from api.store.engine import Session, Store
from api.store.models import Area, School, User
from geo.consent import CHILD, age_of_consent, law_of
from web.maps import school_map
from web.translation import LANGUAGES
from web.words import country_name

router = APIRouter(include_in_schema=False)

USUAL_DAYS = timedelta(weeks=4)
USUAL_ROSTER = "30"
ROWS = 3
"""Classes that the form has room for at first, and that each round adds."""
MOST_CLASSES = 60

Rows = Annotated[
    list[Annotated[str, StringConstraints(max_length=400)]], Form(max_length=MOST_CLASSES)
]


@router.get("/teach/campaigns/new", response_class=HTMLResponse)
def show_form(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    area: Annotated[str, Query(max_length=40)] = "",
) -> str:
    """Show the form of new classes, filled with what most need."""
    values = {
        "school_id": None,
        "from_day": today().isoformat(),
        "to_day": (today() + USUAL_DAYS).isoformat(),
        "language": pages.language(),
        "classes": [("", USUAL_ROSTER)] + [("", "")] * (ROWS - 1),
    }
    return _page(pages, store, user, area, values, {})


@router.post("/teach/campaigns")
def create(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    title: Rows = [],  # noqa: B006 - FastAPI's way to say that a list may be missing
    roster: Rows = [],  # noqa: B006
    school_id: Annotated[str, Form(max_length=12)] = "",
    from_day: Annotated[str, Form(max_length=20)] = "",
    to_day: Annotated[str, Form(max_length=20)] = "",
    language: Annotated[str, Form(max_length=10)] = "",
    also: Annotated[list[str], Form(max_length=20)] = [],  # noqa: B006
    youngest: Annotated[str, Form(max_length=12)] = "",
    consent_kind: Annotated[str, Form(max_length=10)] = "",
    children_told: Annotated[str, Form(max_length=10)] = "",
    consent: Annotated[str, Form(max_length=10)] = "",
    more: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Open a campaign for each class, or show the form again with what was wrong."""
    rows = list(zip_longest(title, roster, fillvalue=""))
    filled = [row for row in rows if row[0].strip()] or rows[:1] or [("", "")]
    values = {
        "school_id": _whole(school_id), "from_day": from_day, "to_day": to_day,
        "language": language, "also": also, "youngest": youngest, "consent_kind": consent_kind,
        "children_told": children_told, "classes": rows,
    }  # fmt: skip
    if more:
        rows += [("", "")] * ROWS
        return HTMLResponse(_page(pages, store, user, "", values, {}))
    # A number without a name is a class whose name was forgotten; the first row suggests one.
    unnamed = [row for row in rows[1:] if row[1].strip() and not row[0].strip()]
    classes = [
        NewCampaign(
            title=name,
            school_id=_whole(school_id),
            from_day=_day(from_day),
            to_day=_day(to_day),
            language=language,
            roster=_whole(students),
            consent=consent == "yes",
            other_languages=tuple(also),
            consent_kind=consent_kind,
            youngest=_whole(youngest),
            children_told=children_told == "yes",
        )
        for name, students in [*filled, *unnamed]
    ]
    try:
        with store.write() as session:
            opened = create_campaigns(session, user, classes, tuple(LANGUAGES))
    except InvalidCampaignError as error:
        values["classes"] = [*filled, *unnamed]
        page = _page(pages, store, user, "", values, error.fields)
        return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    where = (
        f"/teach/campaigns/{opened[0].id}" if len(opened) == 1 else f"/teach?opened={len(opened)}"
    )
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


def _page(
    pages: PagesDep,
    store: Store,
    user: User,
    wish: str,
    values: dict[str, Any],
    errors: dict[str, str],
) -> str:
    language = pages.language()
    with store.read() as session:
        known, area, schools = _offered(session, user, wish, values["school_id"])
        places = [
            {"id": one.id, "name": one.name, "lon": one.location.x, "lat": one.location.y}
            for one in schools
        ]
        code = law_of(area.country) if area else "unknown"
        return pages.render(
            "campaign_new.html",
            path="/teach/campaigns/new",
            map=school_map(map_area(area), places, language=language) if area else None,
            config={},
            schools=places,
            areas=[{"name": one.id, "title": one.title} for one in known] if area else [],
            area=area.id if area else "",
            law={
                "country": country_name(code, language),
                "age": age_of_consent(code),
                "child": CHILD,
            },
            values=values,
            errors=errors,
        )


def _offered(
    session: Session, user: User, wish: str, school_id: int | None
) -> tuple[Sequence[Area], Area | None, Sequence[School]]:
    """Return the account's areas, the one on the map, and its schools that may be chosen."""
    if user.role == "teacher":
        own = areas.find_school(session, user.school_id) if user.school_id else None
        return ([own.area], own.area, [own]) if own else ([], None, [])
    known = areas.all_areas(session)
    chosen = areas.find_school(session, school_id) if school_id else None
    wish = chosen.area_id if chosen else wish
    area = next((one for one in known if one.id == wish), known[0] if known else None)
    return known, area, areas.schools_of(session, area.id) if area else []


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
