"""The list of cases, the page of one, and what belongs to it to look at."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import HTMLResponse

from api.deps import InstallationDep, PagesDep, StaffDep
from api.errors import (
    CaseChangedError,
    CaseRefusedError,
)
from api.services.areas import LoadedArea
from api.services.attach_image import MOST_IMAGES
from api.services.campaigns import today
from api.services.case_measures import COSTS
from api.services.case_states import ENDED, TRANSITIONS
from api.services.export_cases import cases_csv
from api.services.installation import Installation
from api.services.view_case import CaseView, view_case, view_image
from api.services.view_cases import Listed, Wanted, require_authority, view_cases
from api.store.authorities import Case
from api.store.models import User
from web.case_words import actor_words, cause_words, cost_words, event_words, refused_words
from web.countermeasures import measure_kind_words
from web.effects import effect_sentences
from web.school_words import case_words
from web.translation import translations
from web.words import place_title

router = APIRouter(include_in_schema=False)

AreaName = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,40}$")]
CaseId = Annotated[int, Path(ge=1, le=2**31 - 1)]
State = Annotated[str, Query(pattern=r"^[a-z_]{0,20}$")]
Owner = Annotated[str, Query(pattern=r"^(mine|none|\d{1,10})?$")]


def get_authority(user: StaffDep) -> User:
    """Return the signed-in member of an authority, or administrator; for others nothing is here."""
    return require_authority(user)


AuthorityDep = Annotated[User, Depends(get_authority)]


def get_wanted(
    state: State = "open",
    owner: Owner = "",
    cause: State = "",
    overdue: bool = False,  # noqa: FBT001, FBT002 - a box of a form
) -> Wanted:
    """Return which cases the page and its file are asked for."""
    return Wanted(state, owner, cause, overdue)


WantedDep = Annotated[Wanted, Depends(get_wanted)]


@router.get("/cases", response_class=HTMLResponse)
def show_cases(
    pages: PagesDep,
    here: InstallationDep,
    user: AuthorityDep,
    wanted: WantedDep,
    area: AreaName = "",
) -> str:
    """Show the cases that are asked for, what is overdue first."""
    found = view_cases(here, user, area, wanted, action="see cases")
    language = pages.language()
    say = translations(language).gettext
    shown = found.view.area
    return pages.render(
        "cases.html",
        language=language,
        area={"name": shown.id, "title": shown.title or shown.id},
        areas=[{"name": one.id, "title": one.title or one.id} for one in found.view.own],
        wanted=wanted,
        query={
            "area": shown.id,
            "state": wanted.state,
            "owner": wanted.owner,
            "cause": wanted.cause,
        }
        | ({"overdue": "true"} if wanted.overdue else {}),
        cases=[_listed(one, found.area, language) for one in found.listed],
        counts=found.counts,
        states=case_words(say),
        causes=cause_words(say),
        owners=[{"id": str(one.id), "name": one.name} for one in found.owners],
        has_body=found.has_body,
        simulated=found.view.simulated,
    )


@router.get("/cases.csv")
def download(
    here: InstallationDep,
    user: AuthorityDep,
    wanted: WantedDep,
    area: AreaName = "",
) -> Response:
    """Download the cases of the list for a spreadsheet."""
    found = view_cases(here, user, area, wanted, action="download cases")
    headers = {"content-disposition": f'attachment; filename="cases-{found.area.id}.csv"'}
    return Response(cases_csv(found), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/cases/{case_id}", response_class=HTMLResponse)
def show_case(
    pages: PagesDep,
    here: InstallationDep,
    user: AuthorityDep,
    case_id: CaseId,
    saved: bool = False,  # noqa: FBT001, FBT002 - said once after a change
) -> str:
    """Show a case: what everybody reads, what is planned, what happened."""
    return case_page(pages, here, user, case_id, saved=saved)


@router.get("/cases/{case_id}/images/{image_id}.jpg")
def show_image(
    here: InstallationDep, user: AuthorityDep, case_id: CaseId, image_id: CaseId
) -> Response:
    """Return an image to who may see its case; no browser keeps it."""
    image = view_image(here, user, case_id, image_id)
    headers = {"content-disposition": f'inline; filename="case-{case_id}-{image_id}.jpg"'}
    return Response(image.content, media_type="image/jpeg", headers=headers)


def case_page(
    pages: PagesDep,
    here: Installation,
    user: User,
    case_id: int,
    *,
    refused: Exception | None = None,
    typed: Mapping[str, Any] | None = None,
    saved: bool = False,
) -> str:
    """Return the page of a case; of a change that was refused with what was typed."""
    view = view_case(here, user, case_id, action="see case")
    language = pages.language()
    say = translations(language).gettext
    return pages.render(
        "case.html",
        language=language,
        path=f"/cases/{case_id}",
        case=_case(view),
        places=_places(view, language),
        area=view.area.id,
        release=view.view.newest.heading() if view.view.newest else None,
        may={"decide": view.decides, "take": view.may_take},
        next_states=TRANSITIONS[view.case.state],
        states=case_words(say),
        causes=cause_words(say),
        kinds=measure_kind_words(say),
        costs={code: cost_words(say)[code] for code in COSTS},
        bodies=[{"id": one.id, "name": one.name} for one in view.bodies],
        mergeable=[{"id": one.id, "title": _title(one, view.area, language)}
                   for one in view.mergeable],
        measures=_measures(view, language),
        images=view.images,
        most_images=MOST_IMAGES,
        students=view.students,
        events=_events(view, language),
        broken=view.broken,
        links={"earlier": view.earlier, "later": view.later, "merged_into": view.merged_into},
        today=today().isoformat(),
        refused=_refusal(refused, pages) if refused else None,
        stale=isinstance(refused, CaseChangedError),
        typed=typed or {},
        saved=saved,
        simulated=view.view.simulated,
    )  # fmt: skip


def _refusal(error: Exception, pages: PagesDep) -> str:
    if isinstance(error, CaseRefusedError):
        return refused_words(error.code, translations(pages.language()).gettext)
    return pages.refusal(error)


def _listed(one: Listed, area: LoadedArea, language: str) -> dict[str, Any]:
    return {
        "id": one.case.id,
        "title": _title(one.case, area, language),
        "more": len(one.case.places) - 1,
        "rank": one.row["rank"] if one.row else None,
        "state": one.case.state,
        "owner": one.case.owner,
        "cause": one.case.cause,
        "due_on": one.case.due_on,
        "closed_on": one.case.closed_on,
        "overdue": one.overdue,
        "disputed": one.disputed,
    }


def _case(view: CaseView) -> dict[str, Any]:
    case = view.case
    columns = (
        "id", "version", "state", "cause", "owner", "body_id", "due_on", "answer", "answered_on",
        "opened_on", "opened_in", "closed_on",
    )  # fmt: skip
    return {name: getattr(case, name) for name in columns} | {
        "overdue": view.overdue,
        "ended": case.state in ENDED,
    }


def _title(case: Case, area: LoadedArea, language: str) -> str:
    return _place_title(case.place_id, area, language)


def _place_title(place_id: str, area: LoadedArea, language: str) -> str:
    say, places = translations(language).gettext, area.network.places
    if place_id not in places.index:
        return say("A place that is no longer on the map")
    return place_title(places.loc[place_id, ["name", "kind"]].to_dict(), say)


def _places(view: CaseView, language: str) -> list[dict[str, Any]]:
    return [
        {
            "id": place,
            "title": _place_title(place, view.area, language),
            "row": view.rows.get(place),
        }
        for place in view.case.places
    ]


def _measures(view: CaseView, language: str) -> list[dict[str, Any]]:
    catalogue = translations(language)
    told = {row["id"]: " ".join(effect_sentences(row, language, catalogue)) for row in view.effects}
    columns = ("id", "what", "kind", "cost", "planned_on", "done_on")
    return [
        {name: getattr(one, name) for name in columns}
        | {
            "effect": told.get(one.measure_id),
            "overdue": one.done_on is None
            and one.planned_on is not None
            and one.planned_on < today(),
        }
        for one in view.measures
    ]


def _events(view: CaseView, language: str) -> list[dict[str, Any]]:
    say = translations(language).gettext
    return [
        {
            "id": one.id,
            "at": one.at,
            "kind": one.kind,
            "by": actor_words(one.by, say),
            "said": event_words(one.kind, one.details, language, say),
            "text": one.details.get("text", ""),
        }
        for one in reversed(view.events)
    ]
