"""A student says whether a place that is called fixed is better: one answer each, and no name."""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from api.errors import ClassCodeRequiredError, NotFoundError, RideMissingError
from api.settings import Settings
from api.store import campaigns, cases, votes
from api.store.authorities import Case, CaseVote
from api.store.engine import Session
from api.store.models import Participant
from api.store.releases import cases_of

from .campaigns import today
from .keys import area_key
from .public_rows import public_places
from .read_release import Published, newest_release
from .students_verdict import recount

ASKED_FOR = timedelta(days=365)
"""How long after it was called done students are asked about a case."""

Answer = Literal["better", "same", "worse"]
Row = dict[str, Any]


@dataclass(frozen=True)
class FixedCase:
    """A case that is called done: the device asks about it if the own ride passes it."""

    id: int
    places: list[str]
    kind: Literal["segment", "intersection"]
    name: str
    answer: Answer | None
    """What this participant has said of it."""


def fixed_cases(
    session: Session, settings: Settings, participant: Participant, release: Published
) -> list[FixedCase]:
    """Return the cases at public places that were called done lately, the newest first."""
    shown = {row["id"]: row for row in public_places(release)}
    done = _done(session, release.area_id, shown)
    if not done:
        return []
    hashes = voter_hashes(settings, release.area_id, participant.id, done)
    said = votes.of_voter(session, hashes.values())
    return [_told(case, shown, said.get(case.id)) for case in done]


def confirm_fixed(
    session: Session, settings: Settings, participant_id: UUID, case_id: int, answer: Answer
) -> None:
    """Store what a participant says of a case, in the place of an earlier answer.

    Raises
    ------
    NotFoundError
        The same for a case that is not there, not done, or at no place that students may see.
    RideMissingError
        If this participant has sent no ride.
    ClassCodeRequiredError
        If this participant was erased meanwhile.
    """
    # Read inside the writing transaction: of somebody erased meanwhile nothing is stored.
    participant = session.get(Participant, participant_id, with_for_update=True)
    if participant is None:
        raise ClassCodeRequiredError("enter the class code first")
    area_id = participant.campaign.school.area_id
    case = _require_done(session, area_id, case_id)
    if not campaigns.variants_of(session, participant.id):
        raise RideMissingError("send your ride first")
    (voter,) = voter_hashes(settings, area_id, participant.id, [case]).values()
    votes.cast(session, case.id, voter, answer, today())
    recount(session, case)


def forget_votes(session: Session, settings: Settings, participant: Participant) -> None:
    """Remove what a participant has said of cases."""
    area_id = participant.campaign.school.area_id
    about = votes.voted(session, area_id)
    if not about:
        return
    hashes = voter_hashes(settings, area_id, participant.id, about)
    for case_id in votes.forget(session, hashes.values()):
        case = cases.find_to_change(session, case_id)
        if case is not None:
            recount(session, case)


def voter_hashes(
    settings: Settings, area_id: str, participant_id: UUID, about: Sequence[Case]
) -> dict[int, str]:
    """Return under what a participant's answer to each case is stored.

    Without the area's key it leads neither to the participant nor to another answer.
    """
    key = area_key(settings, area_id, "vote")
    return {
        case.id: hmac.digest(key, f"{case.id}/{participant_id}".encode(), "sha256").hex()
        for case in about
    }


def _require_done(session: Session, area_id: str, case_id: int) -> Case:
    release = newest_release(session, area_id)
    shown = {row["id"] for row in public_places(release)} if release else set()
    # Two answers at once would both be the fourth, and none the fifth.
    case = cases.find_to_change(session, case_id)
    if case is None or case.id not in {one.id for one in _done(session, area_id, shown)}:
        raise NotFoundError("no such case")
    return case


def _done(session: Session, area_id: str, shown: Collection[str]) -> list[Case]:
    """Return the newest case at each of these places if it was called done lately."""
    newest = {case.id: case for place, case in cases_of(session, area_id).items() if place in shown}
    done = [
        case
        for case in newest.values()
        if case.state == "done" and case.closed_on and case.closed_on >= today() - ASKED_FOR
    ]
    return sorted(done, key=lambda case: (case.closed_on, case.id), reverse=True)


def _told(case: Case, shown: dict[str, Row], vote: CaseVote | None) -> FixedCase:
    places = [place for place in case.places or [case.place_id] if place in shown]
    first = shown[places[0]]
    said = vote.answer if vote and case.closed_on and vote.day >= case.closed_on else None
    return FixedCase(case.id, places, first["kind"], first["name"], said)  # type: ignore[arg-type]
