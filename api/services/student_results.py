"""What a student sees of the results: the newest release by the public rules, and nobody's ride."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from api.settings import Settings
from api.store import campaigns
from api.store.authorities import Case
from api.store.engine import Session
from api.store.models import Participant
from web.scale import scales

from .confirm_fixed import FixedCase, fixed_cases
from .public_rows import public_places, public_rows, rests_on_one_class
from .read_release import Published, cases, newest_release
from .release_content import K_PUBLIC
from .students_verdict import NOTHING, Verdict, verdicts

MOST_CASES = 5

Row = dict[str, Any]


@dataclass(frozen=True)
class KnownPlace:
    """What may be told of one place; None where too few have rated it."""

    kind: Literal["segment", "intersection"]
    name: str
    state: Literal["confirmed", "watch", "unknown"]
    danger_class: Literal["low", "middle", "high"] | None


@dataclass(frozen=True)
class PlaceCase:
    """What became of a place that the student's school passes."""

    place: str
    kind: Literal["segment", "intersection"]
    name: str
    state: str
    better: int
    """How many students say that it is better now, in fives; 0 tells nothing."""


@dataclass(frozen=True)
class StudentResults:
    """The results as one participant may see them, and which rides that participant has sent."""

    release: int | None
    day: date | None
    single_class: bool
    """Whether all of it comes from one class: then that class may see what ten of it say."""
    places: dict[str, KnownPlace]
    cases: list[PlaceCase]
    fixed: list[FixedCase]
    """Of what the device may ask whether it is better, if the own ride passes there."""
    sent: list[str]


def student_results(
    session: Session, settings: Settings, participant: Participant
) -> StudentResults:
    """Return the newest release of the participant's area as its students may see it."""
    school = participant.campaign.school
    release = newest_release(session, school.area_id)
    sent = campaigns.variants_of(session, participant.id)
    if release is None:
        return StudentResults(
            None, None, single_class=False, places={}, cases=[], fixed=[], sent=sent
        )
    return StudentResults(
        release=release.number,
        day=release.day,
        single_class=rests_on_one_class(release),
        places={row["id"]: _known(row) for row in public_places(release)},
        cases=_cases(session, release, school.id),
        fixed=fixed_cases(session, settings, participant, release),
        sent=sent,
    )


def public_danger(session: Session, area_id: str) -> dict[str, float]:
    """Return the perceived danger of every place for which the public may see it."""
    release = newest_release(session, area_id)
    rows = public_places(release) if release else ()
    return {row["id"]: row["danger"] for row in rows if _is_rated(row)}


def _known(row: Row) -> KnownPlace:
    band = scales(str)["danger"].band(row["danger"]).key if _is_rated(row) else None
    return KnownPlace(row["kind"], row["name"], row["state"], band)  # type: ignore[arg-type]


def _is_rated(row: Row) -> bool:
    # Many may pass where few have said how it feels: then it is not known how it feels.
    return row["danger"] is not None and row["ratings"] >= K_PUBLIC


def _cases(session: Session, release: Published, school_id: int) -> list[PlaceCase]:
    """Return the newest cases of the places where students may see that their school passes."""
    known = cases(session, release.area_id)
    passed = [row for row in public_rows(release, school_id) if row["id"] in known]
    newest = sorted(passed, key=lambda row: (-known[row["id"]].opened_in, row["rank"]))[:MOST_CASES]
    said = verdicts(session, [known[row["id"]] for row in newest])
    return [_told(row, known[row["id"]], said.get(known[row["id"]].id, NOTHING)) for row in newest]


def _told(row: Row, case: Case, said: Verdict) -> PlaceCase:
    return PlaceCase(row["id"], row["kind"], row["name"], case.state, said.public_better)
