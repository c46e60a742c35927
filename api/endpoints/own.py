"""What students get back: the results as they may see them, a calmer way, and the last word.

The last word is whether a place that the authority calls fixed is better.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.deps import LibraryDep, ParticipantDep, SettingsDep, StoreDep
from api.schemas.plain import PlaceId, Strict
from api.schemas.ride import MAX_STEPS
from api.services.calmer_way import CalmerWay, calmer_way
from api.services.confirm_fixed import Answer, confirm_fixed
from api.services.student_results import StudentResults, public_danger, student_results

from .cases import CaseId
from .refusals import DAMAGED, SENT, refusals

router = APIRouter(prefix="/api", tags=["student"], responses=refusals(401))


class RiddenIn(Strict):
    """The places of a ride to school after its cut, in riding order."""

    places: Annotated[list[PlaceId], Field(min_length=1, max_length=MAX_STEPS)]


class AlternativeOut(BaseModel):
    """The calmer way, null if there is none within a fifth more."""

    alternative: CalmerWay | None


class AnswerIn(Strict):
    """What a student says of a place that is called fixed."""

    answer: Answer


@router.get("/results")
def show_results(
    participant: ParticipantDep, store: StoreDep, settings: SettingsDep
) -> StudentResults:
    """Return what may be told of places; one that is missing is unknown, which is not safe."""
    with store.read() as session:
        return student_results(session, settings, participant)


@router.post("/alternative", responses=refusals(*SENT, DAMAGED))
def find_alternative(
    participant: ParticipantDep, store: StoreDep, library: LibraryDep, ridden: RiddenIn
) -> AlternativeOut:
    """Find a calmer way to school; nothing of what is asked is stored."""
    school = participant.campaign.school
    with store.read() as session:
        danger = public_danger(session, school.area_id)
    at = school.location.x, school.location.y
    found = calmer_way(library.get(school.area), ridden.places, at, danger)
    return AlternativeOut(alternative=found)


@router.post(
    "/fixed/{case_id}",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=refusals(*SENT, 404, 409),
)
def answer_fixed(
    participant: ParticipantDep,
    store: StoreDep,
    settings: SettingsDep,
    case_id: CaseId,
    said: AnswerIn,
) -> None:
    """Store whether a place that is called fixed is better; the same again changes the answer."""
    with store.write() as session:
        confirm_fixed(session, settings, participant.id, case_id, said.answer)
