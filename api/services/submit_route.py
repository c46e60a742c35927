"""Take a student's route: check it against the network, seal it, store it once."""

import hmac
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from api.auth import phrase_of
from api.errors import ChangedRouteError, InvalidRouteError
from api.schemas import FreeStep, IntersectionStep, RouteIn, RouteReceipt, SegmentStep
from api.settings import Settings
from api.store import campaigns, jobs
from api.store.engine import Session
from api.store.models import Participant, Remark, Route
from geo.crs import distance_m
from geo.protection import BATCH
from geo.tracing import Step, TracedRoute, trace
from geo.trimming import SHORTEST_REST_M

from .areas import LoadedArea
from .campaigns import require_open, today
from .installation import Installation
from .keys import area_key
from .sealing import seal

MAX_ROUTES = 5
TOLERANCE_M = 30
"""The device measures from inside an intersection to inside a segment, the check by whole ones."""


def submit_route(
    here: Installation, area: LoadedArea, participant_id: UUID, sent: RouteIn
) -> tuple[RouteReceipt, bool]:
    """Store a route with all its ratings in one transaction; return the receipt and if it is new.

    The same route sent again gets the first answer.

    Raises
    ------
    ChangedRouteError
        If the id is taken by another content.
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
        participant = session.get(Participant, participant_id)
        if participant is None:
            raise InvalidRouteError("your data was erased: join the class again")
        known = campaigns.find_route(session, sent.id)
        if known is not None:
            _require_same(known, participant, fingerprint)
            return _receipt(here.settings, area, known), False
        require_open(participant.campaign)
        if campaigns.routes_by(session, participant.id) >= MAX_ROUTES:
            raise InvalidRouteError(f"you have sent {MAX_ROUTES} routes, no more can be added")
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
            fingerprint=fingerprint,
            sealed=sealed,
        )
        session.add(route)
        session.flush()
        _add_remarks(session, key, sent)
        _queue_release(session, area.id)
        return _receipt(here.settings, area, route), True


def _trace(area: LoadedArea, sent: RouteIn) -> TracedRoute:
    """Return the route on the network, or for a ride too short to store only its crossings."""
    if sent.steps:
        traced = trace(area.tracing, [_step(step) for step in sent.steps])
        _require_cut(area, traced, sent.steps[0])
    else:
        places = [rating.place for rating in sent.ratings]
        if not places or not area.tracing.safe.issuperset(places):
            raise InvalidRouteError(
                "expected steps, or for a short ride ratings of safe intersections alone"
            )
        traced = TracedRoute(coordinates=[], length_m=0.0, places=places)
    _require_on_route(traced, sent)
    return traced


def _require_cut(area: LoadedArea, traced: TracedRoute, first: object) -> None:
    # The device cuts the home end at a safe intersection; what begins elsewhere was not cut.
    if not (isinstance(first, IntersectionStep) and first.id in area.tracing.safe):
        raise InvalidRouteError(
            "expected a route that begins at a safe intersection, got one whose home end is not cut"
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


def _metres_unrated(area: LoadedArea, sent: RouteIn, rated: set[str]) -> float:
    metres = 0.0
    for step in sent.steps:
        if isinstance(step, FreeStep):
            metres += sum(
                distance_m((a[0], a[1]), (b[0], b[1])) for a, b in pairwise(step.coordinates)
            )
        elif isinstance(step, SegmentStep) and step.id not in rated:
            metres += area.metres[step.id]
    return metres


def _rated(traced: TracedRoute, sent: RouteIn) -> set[str]:
    if sent.rest is not None:
        return set(traced.places)
    return {rating.place for rating in sent.ratings}


def _content(area: LoadedArea, traced: TracedRoute, sent: RouteIn) -> dict[str, object]:
    named = {rating.place: rating for rating in sent.ratings}
    ratings = [rating.model_dump(exclude={"comment"}) | {"bulk": False} for rating in sent.ratings]
    if sent.rest is not None:
        ratings += [
            {"place": place, "rating": sent.rest, "seconds": None, "reasons": [],
             "incident": None, "bulk": True}
            for place in dict.fromkeys(traced.places)
            if place not in named
        ]  # fmt: skip
    return {
        "network": area.version,
        "rides_per_week": sent.rides_per_week,
        "part_of_day": sent.part_of_day,
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
        if rating.comment:
            text = {"place": rating.place, "text": rating.comment}
            sealed = seal(key, text, bound_to=f"remark/{sent.id}")
            session.add(Remark(route_id=sent.id, sealed=sealed))


def _queue_release(session: Session, area_id: str) -> None:
    if campaigns.count_new_senders(session, area_id) >= BATCH:
        jobs.enqueue(session, "publish", area_id, datetime.now(UTC))


def _receipt(settings: Settings, area: LoadedArea, route: Route) -> RouteReceipt:
    return RouteReceipt(
        id=route.id,
        phrase=phrase_of(area_key(settings, area.id, "phrase"), str(route.participant_id)),
        km=round(route.metres / 1000, 2),
        places=route.places,
        rated=route.rated,
    )
