"""What an authority does with a case; a refused change shows the page again with what was typed."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile

from api.deps import InstallationDep, PagesDep
from api.errors import (
    BarometerError,
    BodyTooLargeError,
    CaseChangedError,
    CaseRefusedError,
    NotYourCaseError,
    status_of,
)
from api.services.attach_image import MAX_BYTES, attach_image, remove_image
from api.services.case_measures import (
    NewCaseMeasure,
    finish_measure,
    plan_measure,
    take_back_measure,
)
from api.services.change_case import Change, change_case
from api.services.changing_case import Seen
from api.services.hand_over_case import hand_over_case, take_on_case
from api.services.merge_cases import merge_cases
from api.services.note_case import note_case
from api.services.split_case import split_case

from .cases import AuthorityDep, CaseId, case_page

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=8000)]
Word = Annotated[str, Form(max_length=40)]
Version = Annotated[int, Form(ge=0, le=2**31 - 1)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Asked = Callable[[], object]


class Desk:
    """Carries out what somebody asks for and answers with a page."""

    def __init__(self, pages: PagesDep, here: InstallationDep, user: AuthorityDep) -> None:
        self._pages = pages
        self.here = here
        self.user = user

    def answer(self, case_id: int, asked: Asked, typed: Mapping[str, Any], part: str) -> Response:
        """Return to the part of the page that was changed, or show what was typed once more."""
        try:
            asked()
        except (CaseRefusedError, CaseChangedError, NotYourCaseError, BodyTooLargeError) as error:
            return self._refused(case_id, error, {**typed, "part": part})
        address = f"/cases/{case_id}?saved=true"
        return RedirectResponse(f"{address}#{part}", HTTPStatus.SEE_OTHER)

    def _refused(self, case_id: int, error: BarometerError, typed: Mapping[str, Any]) -> Response:
        page = case_page(self._pages, self.here, self.user, case_id, refused=error, typed=typed)
        return HTMLResponse(page, status_of(error))


DeskDep = Annotated[Desk, Depends(Desk)]


@router.post("/cases/{case_id}")
def decide(
    desk: DeskDep,
    case_id: CaseId,
    version: Version = 0,
    state: Word = "",
    answer: Text = "",
    reason: Text = "",
    due_on: Word = "",
    cause: Word = "",
) -> Response:
    """Change state, public answer, due day and cause together."""
    typed = {
        "state": state, "answer": answer, "reason": reason, "due_on": due_on, "cause": cause
    }  # fmt: skip

    def asked() -> None:
        change = Change(state or None, answer, reason, _day(due_on, "due"), cause or None)
        change_case(desk.here, desk.user, Seen(case_id, version), change)

    return desk.answer(case_id, asked, typed, "decide")


@router.post("/cases/{case_id}/take")
def take_on(desk: DeskDep, case_id: CaseId, version: Version = 0) -> Response:
    """Take on a case that nobody has."""

    def asked() -> None:
        take_on_case(desk.here, desk.user, Seen(case_id, version))

    return desk.answer(case_id, asked, {}, "main")


@router.post("/cases/{case_id}/owner")
def hand_over(
    desk: DeskDep, case_id: CaseId, version: Version = 0, body: Word = "", reason: Text = ""
) -> Response:
    """Hand a case over to another body, or give it back."""

    def asked() -> None:
        to = _whole(body, "body") if body else None
        hand_over_case(desk.here, desk.user, Seen(case_id, version), to, reason)

    return desk.answer(case_id, asked, {"body": body, "owner_reason": reason}, "owner")


@router.post("/cases/{case_id}/notes")
def note(desk: DeskDep, case_id: CaseId, text: Text = "") -> Response:
    """Add an internal note."""
    return desk.answer(
        case_id, lambda: note_case(desk.here, desk.user, case_id, text), {"text": text}, "notes"
    )


@router.post("/cases/{case_id}/measures")
def plan(
    desk: DeskDep,
    case_id: CaseId,
    what: Text = "",
    kind: Word = "",
    cost: Word = "unknown",
    planned_on: Word = "",
) -> Response:
    """Plan a measure."""
    typed = {"what": what, "kind": kind, "cost": cost, "planned_on": planned_on}

    def asked() -> None:
        new = NewCaseMeasure(what, kind, cost, _day(planned_on, "measure day"))
        plan_measure(desk.here, desk.user, case_id, new)

    return desk.answer(case_id, asked, typed, "measures")


@router.post("/cases/{case_id}/measures/{measure_id}")
def settle(
    desk: DeskDep,
    case_id: CaseId,
    measure_id: Number,
    action: Word = "done",
    done_on: Word = "",
) -> Response:
    """Say when a measure was done, or take it back."""

    def asked() -> None:
        if action == "back":
            take_back_measure(desk.here, desk.user, case_id, measure_id)
            return
        day = _day(done_on, "done ahead")
        if day is None:
            raise CaseRefusedError("done ahead", "expected the day on which it was done")
        finish_measure(desk.here, desk.user, case_id, measure_id, day)

    return desk.answer(case_id, asked, {}, "measures")


async def read_image(request: Request, _user: AuthorityDep) -> AsyncIterator[FormData]:
    """Read a form with one file, after it is known who sends it; the file ends with the request."""
    async with request.form(max_files=1, max_fields=4, max_part_size=4_000) as form:
        yield form


@router.post("/cases/{case_id}/images")
def attach(
    desk: DeskDep, case_id: CaseId, form: Annotated[FormData, Depends(read_image)]
) -> Response:
    """Keep an image."""
    words, file = form.get("words", ""), form.get("image")
    shown = words if isinstance(words, str) else ""

    def asked() -> None:
        content = file.file.read(MAX_BYTES + 1) if isinstance(file, UploadFile) else b""
        attach_image(desk.here, desk.user, case_id, content, shown)

    return desk.answer(case_id, asked, {"words": shown}, "images")


@router.post("/cases/{case_id}/images/{image_id}/remove")
def detach(desk: DeskDep, case_id: CaseId, image_id: Number) -> Response:
    """Delete an image for good."""
    return desk.answer(
        case_id, lambda: remove_image(desk.here, desk.user, case_id, image_id), {}, "images"
    )


@router.post("/cases/{case_id}/merge")
def merge(desk: DeskDep, case_id: CaseId, version: Version = 0, other: Word = "") -> Response:
    """Merge another case into this one."""

    def asked() -> None:
        merge_cases(desk.here, desk.user, Seen(case_id, version), _whole(other, "merge"))

    return desk.answer(case_id, asked, {"other": other}, "places")


@router.post("/cases/{case_id}/split")
def split(
    desk: DeskDep,
    case_id: CaseId,
    version: Version = 0,
    place: Annotated[list[Word], Form(max_length=200)] = [],  # noqa: B006 - FastAPI's way
) -> Response:
    """Take some places out into a case of their own."""

    def asked() -> None:
        split_case(desk.here, desk.user, Seen(case_id, version), place)

    return desk.answer(case_id, asked, {"place": place}, "places")


def _day(text: str, code: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise CaseRefusedError(code, "expected a day as YYYY-MM-DD") from None


def _whole(text: str, code: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 9:  # noqa: PLR2004 - digits of an id
        return int(text)
    raise CaseRefusedError(code, "expected a number")
