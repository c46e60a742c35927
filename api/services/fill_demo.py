"""Fill an area with simulated students, who enter by the same door as real ones."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import numpy as np

from api.errors import NotFoundError
from api.schemas.ride import MAX_RATINGS, IntersectionStep, RatingIn, RouteIn, SegmentStep
from api.store import areas, bodies, campaigns, users
from api.store.authorities import Body
from api.store.engine import Session
from api.store.models import Campaign, School
from geo.extract import Progress
from geo.routing import Passage
from geo.simulation.town import SimulatedParticipant, simulate_town
from geo.trimming import cut_index
from web.translation import LANGUAGES

from .accounts import add_user
from .areas import LoadedArea
from .bodies import BodyForm, add_body
from .campaigns import NewCampaign, create_campaign, today
from .demo_cases import live_cases
from .demo_crashes import import_simulated_crashes
from .installation import Installation
from .join_class import join_class
from .make_edition import make_edition
from .publish_area import publish_area
from .submit_route import submit_route

if TYPE_CHECKING:
    from api.schemas.codes import Counterpart, Help, Like, PartOfDay, Reason

SEED = 20_261
CLOSED, OPEN = 276, 24
"""Participants of the finished campaigns, and of the open class that a visitor joins."""
ROSTER = 134
FINISHED = ("Years 5 and 6 (simulated)", "Years 7 and 8 (simulated)", "Years 9 and 10 (simulated)")
TITLE = "Class 9b (simulated)"


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demo with its password, printed at every start."""

    role: str
    email: str
    password: str


@dataclass(frozen=True)
class Demo:
    """What a visitor of the demo needs."""

    code: str
    school: str
    accounts: tuple[DemoAccount, ...]


ACCOUNTS = (
    DemoAccount("teacher", "teacher@demo.example", "demo-teacher-bicycle"),
    DemoAccount("police", "police@demo.example", "demo-police-bicycle"),
    DemoAccount("officer", "officer@demo.example", "demo-officer-bicycle"),
)
BODIES = {
    "police": ("Traffic police (simulated)", "police", ("enforcement",)),
    "officer": ("Town hall (simulated)", "municipality", ("engineering", "maintenance")),
}
"""Of the accounts that act: name, kind and causes of their bodies, each of the whole area."""


def fill_demo(here: Installation, area_id: str, school_name: str, progress: Progress) -> Demo:
    """Return the demo of an area; without one, make campaigns, participants and a release."""
    with here.store.read() as session:
        school = _school(session, area_id, school_name)
        there = [one for one in campaigns.in_area(session, area_id) if one.simulated]
        opened = [one for one in there if one.state == "open" and one.to_day >= today()]
    with here.store.write() as session:
        _staff(session, school)
    if not there:
        _make(here, school, progress)
    elif not opened:
        with here.store.write() as session:
            _campaign(session, school, TITLE, roster=OPEN + 6)
    with here.store.read() as session:
        code = next(
            one.code for one in campaigns.in_area(session, area_id)[::-1]
            if one.simulated and one.state == "open" and one.to_day >= today()
        )  # fmt: skip
    return Demo(code, school.name, ACCOUNTS)


def _make(here: Installation, school: School, progress: Progress) -> None:
    with here.store.write() as session:
        area = areas.find(session, school.area_id)
        if area is None:
            raise NotFoundError(f"no area {school.area_id!r}")
        loaded = here.library.get(area)
        finished = [_campaign(session, school, title, roster=ROSTER) for title in FINISHED]
        opened = _campaign(session, school, TITLE, roster=OPEN + 6)
    town = simulate_town(
        loaded.network,
        (school.location.x, school.location.y),
        loaded.router,
        participants=CLOSED + OPEN,
        seed=SEED,
    )
    import_simulated_crashes(here, area, loaded, town.crashes)
    generator = np.random.default_rng(SEED)
    for number, student in enumerate(town.participants):
        campaign = finished[number % len(finished)] if number < CLOSED else opened
        sent = as_sent(student, float(generator.random()), number)
        if sent is not None:
            _send(here, loaded, campaign, sent)
        progress("simulating students", (number + 1) / len(town.participants))
        if number + 1 == CLOSED:
            for closed in finished:
                _close(here, closed.id)
            publish_area(here, school.area_id, finished[0].id)
            live_cases(here, school.area_id)
            make_edition(here, school.area_id)


def _staff(session: Session, school: School) -> None:
    """Make the accounts that are not there yet, and the bodies they act for."""
    for account in ACCOUNTS:
        if users.by_email(session, account.email) is None:
            of = _body(session, school, account.role) if account.role in BODIES else school
            add_user(session, account.email, account.password, account.role, of)


def _body(session: Session, school: School, role: str) -> Body:
    name, kind, causes = BODIES[role]
    return bodies.by_name(session, school.area_id, name) or add_body(
        session, school.area_id, kind, BodyForm(name, causes), by=None
    )


def as_sent(student: SimulatedParticipant, u: float, number: int) -> RouteIn | None:
    """Return what the student's device would send after the cut, None if too little is left."""
    route = student.route
    first = cut_index(route.passages, student.start, u, length_m=route.length_m)
    if first is None:
        return None
    kept = route.passages[first:]
    stored = {passage.id for passage in kept}
    rated = [rating for rating in student.ratings if rating.place in stored]
    exceptions = [rating for rating in rated if not rating.bulk or rating.incident]
    in_bulk = [rating.rating for rating in rated if rating.bulk]
    return RouteIn(
        # Fixed ids make the demo the same on every machine.
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"simulated/{SEED}/{number}"),
        rides_per_week=student.rides_per_week,
        steps=[_step(passage) for passage in kept],
        rest=in_bulk[0] if in_bulk else None,
        ratings=[
            RatingIn(
                place=rating.place,
                rating=rating.rating,
                seconds=rating.seconds,
                reasons=cast("list[Reason]", list(rating.reasons)),
                likes=cast("list[Like]", list(rating.likes)),
                times=cast("list[PartOfDay]", list(rating.times)),
                helps=cast("list[Help]", list(rating.helps)),
                incident=rating.incident,
                counterpart=cast("Counterpart | None", rating.counterpart),
            )
            for rating in exceptions[:MAX_RATINGS]
        ],
    )


def _step(passage: Passage) -> SegmentStep | IntersectionStep:
    if passage.kind == "intersection" or passage.direction is None:
        return IntersectionStep(kind="intersection", id=passage.id)
    return SegmentStep(kind="segment", id=passage.id, direction=passage.direction)


def _send(here: Installation, loaded: LoadedArea, campaign: Campaign, sent: RouteIn) -> None:
    with here.store.write() as session:
        participant, _ = join_class(session, here.settings, campaign.code)
    submit_route(here, loaded, participant.id, sent)


def _campaign(session: Session, school: School, title: str, *, roster: int) -> Campaign:
    new = NewCampaign(
        title=title,
        school_id=school.id,
        from_day=today() - timedelta(days=14),
        to_day=today() + timedelta(days=60),
        language="en",
        roster=roster,
        consent=True,
    )
    return create_campaign(session, None, new, tuple(LANGUAGES), simulated=True)


def _close(here: Installation, campaign_id: int) -> None:
    with here.store.write() as session:
        campaign = campaigns.find(session, campaign_id)
        if campaign is None:
            raise NotFoundError("the demo's campaign vanished while it was being filled")
        campaign.state = "closed"


def _school(session: Session, area_id: str, name: str) -> School:
    for school in areas.schools_of(session, area_id):
        if school.name == name:
            return school
    raise NotFoundError(f"no school {name!r} in area {area_id!r}")
