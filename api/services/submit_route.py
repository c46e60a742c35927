"""Take a student's route: check it against the network, seal it, store it once."""

import hmac
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from api.auth import phrase_of
from api.errors import AlreadySentError, ChangedRouteError, InvalidRouteError
from api.schemas.ride import FreeStep, IntersectionStep, RouteIn, RouteReceipt, SegmentStep
from api.settings import Settings
from api.store import campaigns, jobs
from api.store.engine import Session
from api.store.models import Participant, Remark, Route
from geo.crs import distance_m
from geo.plausibility import stored_flags
from geo.tracing import Step, TracedRoute, trace
from geo.trimming import SHORTEST_REST_M

from .areas import LoadedArea
from .campaigns import require_open, today
from .installation import Installation
from .keys import area_key
from .next_release import next_release
from .sealing import seal

TOLERANCE_M = 30
"""The device measures from inside an intersection to inside a segment, the check by whole ones."""


ABOUT = {
    "variant", "same_way_back", "mode", "departure", "minutes", "companions", "why", "source",
    "confirmed",
}  # fmt: skip
"""What is stored of a ride as it was said."""


def submit_route(
    here: Installation, area: LoadedArea, participant_id: UUID, sent: RouteIn
) -> tuple[RouteReceipt, bool]:
    """Store a route with all its ratings in one transaction; return the receipt and if it is new.

    The same route sent again gets the first answer.

    Raises
    ------
    ChangedRouteError
        If the id is taken by another content.
    AlreadySentError
        If there is a ride of this variant already and it is not said to be replaced.
    InvalidRouteError, BrokenRouteError, UnknownPlaceError, OutsideAreaError
        If the route does not follow the network, or a rating is not on it.
    CampaignClosedError
        If the class takes no more routes.
    """
    traced = _trace(area, sent)
    key = area_key(here.settings, area.id, "seal")
    fingerprint = hmac.digest(
        area_key(here.settings, area.id, "fingerprint"), sent.model_dump_json().encode(), "sha256"
    ).hex()
    sealed = seal(key, _content(area, traced, sent), bound_to=f"{sent.id}/{participant_id}")
    with here.store.write() as session:
        # Read inside the writing transaction: of somebody erased meanwhile nothing is stored.
        participant = session.get(Participant, participant_id, with_for_update=True)
        if participant is None:
            raise InvalidRouteError("your data was erased: join the class again")
        known = campaigns.find_route(session, sent.id)
        if known is not None:
            _require_same(known, participant, fingerprint)
            return _receipt(here.settings, area, participant, known), False
        require_open(participant.campaign)
        _make_room(session, participant, sent)
        rated = _rated(traced, sent)
        route = Route(
            id=sent.id,
            participant_id=participant.id,
            campaign_id=participant.campaign_id,
            day=today(),
            network_version=area.version,
            metres=traced.length_m,
            metres_rated=traced.length_m - _metres_unrated(area, sent, rated),
            places=len(set(traced.places)),
            rated=len(rated),
            variant=sent.variant,
            flags=_flags(participant, traced, sent),
            fingerprint=fingerprint,
            sealed=sealed,
        )
        session.add(route)
        session.flush()
        _add_remarks(session, key, sent)
        _queue_release(session, area.id)
        participant.redraw_on = None
        return _receipt(here.settings, area, participant, route), True


def _trace(area: LoadedArea, sent: RouteIn) -> TracedRoute:
    """Return the route on the network, or for a ride too short to store only its crossings."""
    if sent.steps:
        traced = trace(area.tracing, [_step(step) for step in sent.steps])
        _require_cut(area, traced, sent.steps[-1 if sent.variant == "back" else 0])
    else:
        places = [rating.place for rating in sent.ratings]
        if not places or not area.tracing.safe.issuperset(places):
            raise InvalidRouteError(
                "expected steps, or for a short ride ratings of safe intersections alone"
            )
        traced = TracedRoute(coordinates=[], length_m=0.0, places=places)
    _require_on_route(traced, sent)
    return traced


def _require_cut(area: LoadedArea, traced: TracedRoute, home_end: object) -> None:
    # The device cuts the home end at a safe intersection; what ends elsewhere was not cut.
    if not (isinstance(home_end, IntersectionStep) and home_end.id in area.tracing.safe):
        raise InvalidRouteError(
            "expected a route whose home end is a safe intersection, got one that is not cut there"
        )
    if traced.length_m < SHORTEST_REST_M - TOLERANCE_M:
        raise InvalidRouteError(
            f"expected {SHORTEST_REST_M} m of route after the cut, got {traced.length_m:.0f} m"
        )


def _require_on_route(traced: TracedRoute, sent: RouteIn) -> None:
    rated = [rating.place for rating in sent.ratings]
    if doubled := {place for place in rated if rated.count(place) > 1}:
        raise InvalidRouteError(f"place {min(doubled)} is rated more than once")
    if foreign := set(rated) - set(traced.places):
        raise InvalidRouteError(f"place {min(foreign)} is rated but is not on the route")


def _make_room(session: Session, participant: Participant, sent: RouteIn) -> None:
    """Let a ride take the place of the one before it; two of a kind would count twice."""
    before = campaigns.route_of_variant(session, participant.id, sent.variant)
    if before is None:
        return
    if not sent.replaces:
        raise AlreadySentError("a ride of this kind was sent before: say that it is replaced")
    session.delete(before)
    # Once the counts of a participant's first ride are gone, those of the second may come.
    session.flush()


def _flags(participant: Participant, traced: TracedRoute, sent: RouteIn) -> list[str]:
    """Return what asks for a second look: in what is stored, and what the device found in all."""
    if not sent.steps:
        return sorted(set(sent.confirmed))
    school = participant.campaign.school.location
    home_end = traced.coordinates[-1 if sent.variant == "back" else 0]
    found = stored_flags(
        length_m=traced.length_m,
        direct_m=distance_m(home_end, (school.x, school.y)),
        free_m=sum(_free_metres(step) for step in sent.steps),
    )
    return sorted({*found, *sent.confirmed})


def _free_metres(step: object) -> float:
    if not isinstance(step, FreeStep):
        return 0.0
    return sum(distance_m((a[0], a[1]), (b[0], b[1])) for a, b in pairwise(step.coordinates))


def _metres_unrated(area: LoadedArea, sent: RouteIn, rated: set[str]) -> float:
    metres = 0.0
    for step in sent.steps:
        metres += _free_metres(step)
        if isinstance(step, SegmentStep) and step.id not in rated:
            metres += area.metres[step.id]
    return metres


def _rated(traced: TracedRoute, sent: RouteIn) -> set[str]:
    if sent.rest is not None:
        return set(traced.places)
    return {rating.place for rating in sent.ratings}


def _content(area: LoadedArea, traced: TracedRoute, sent: RouteIn) -> dict[str, object]:
    named = {rating.place: rating for rating in sent.ratings}
    words = {"comment", "proposal"}
    ratings = [rating.model_dump(exclude=words) | {"bulk": False} for rating in sent.ratings]
    if sent.rest is not None:
        ratings += [
            {"place": place, "rating": sent.rest, "seconds": None, "reasons": [],
             "likes": [], "times": [], "incident": None, "counterpart": None, "helps": [],
             "bulk": True}
            for place in dict.fromkeys(traced.places)
            if place not in named
        ]  # fmt: skip
    return {
        "network": area.version,
        "rides_per_week": sent.rides_per_week,
        "part_of_day": "after_school" if sent.variant == "back" else "before_school",
        **sent.model_dump(include=ABOUT),
        "edits": sent.edits,
        "accepted_unchanged": sent.accepted_unchanged,
        "steps": [step.model_dump() for step in sent.steps],
        "geometry": [[round(lon, 6), round(lat, 6)] for lon, lat in traced.coordinates],
        "places": list(dict.fromkeys(traced.places)),
        "ratings": ratings,
    }


def _step(step: SegmentStep | IntersectionStep | FreeStep) -> Step:
    match step:
        case SegmentStep():
            return Step("segment", step.id, step.direction)
        case IntersectionStep():
            return Step("intersection", step.id)
        case FreeStep():
            return Step("free", coordinates=tuple((lon, lat) for lon, lat in step.coordinates))


def _require_same(known: Route, participant: Participant, fingerprint: str) -> None:
    same = hmac.compare_digest(known.fingerprint, fingerprint)
    if known.participant_id != participant.id or not same:
        raise ChangedRouteError("a route with this id was sent before with another content")


def _add_remarks(session: Session, key: bytes, sent: RouteIn) -> None:
    for rating in sent.ratings:
        comment = "incident" if rating.incident else "place"
        for about, text in ((comment, rating.comment), ("proposal", rating.proposal)):
            if text:
                said = {"place": rating.place, "text": text}
                sealed = seal(key, said, bound_to=f"remark/{sent.id}")
                session.add(Remark(route_id=sent.id, about=about, sealed=sealed))


def _queue_release(session: Session, area_id: str) -> None:
    if next_release(session, area_id).may:
        jobs.enqueue(session, "publish", area_id, datetime.now(UTC))


def _receipt(
    settings: Settings, area: LoadedArea, participant: Participant, route: Route
) -> RouteReceipt:
    return RouteReceipt(
        id=route.id,
        phrase=phrase_of(area_key(settings, area.id, "phrase"), str(route.participant_id)),
        number=participant.number,
        km=round(route.metres / 1000, 2),
        places=route.places,
        rated=route.rated,
    )
