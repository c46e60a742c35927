"""What the student's pages ask and send: proposals, routes with ratings, the class's numbers."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response

from api.deps import InstallationDep, LibraryDep, ParticipantDep, StoreDep
from api.schemas.drawing import SnapIn, SnapOut
from api.schemas.lesson import ClassOut, StageIn
from api.schemas.ride import RouteIn, RouteReceipt
from api.services.progress import class_progress, reach_stage
from api.services.submit_route import submit_route
from geo.routing import SnappedRoute, Waypoint

from .refusals import DAMAGED, SENT, refusals

router = APIRouter(prefix="/api", tags=["student"], responses=refusals(401))


@router.post("/snap", response_model=SnapOut, responses=refusals(*SENT, DAMAGED))
def snap(participant: ParticipantDep, library: LibraryDep, asked: SnapIn) -> dict[str, Any]:
    """Propose a route through the waypoints; nothing of it is stored or logged."""
    area = library.get(participant.campaign.school.area)
    route = area.router.snap([Waypoint(w.lon, w.lat, w.straight) for w in asked.waypoints])
    return as_proposed(route)


def as_proposed(route: SnappedRoute) -> dict[str, Any]:
    """Return a route as the student's pages take it."""
    return {
        "waypoints": route.waypoints,
        "legs": [asdict(leg) for leg in route.legs],
        "length_m": route.length_m,
        "places": [asdict(passage) for passage in route.passages],
    }


@router.post(
    "/routes",
    status_code=HTTPStatus.CREATED,
    responses=refusals(*SENT, 409, 410, DAMAGED) | {200: {"model": RouteReceipt}},
)
def send_route(
    participant: ParticipantDep,
    here: InstallationDep,
    sent: RouteIn,
    response: Response,
) -> RouteReceipt:
    """Store a route with its ratings; the same route again gets the same answer with 200."""
    area = here.library.get(participant.campaign.school.area)
    receipt, new = submit_route(here, area, participant.id, sent)
    if not new:
        response.status_code = HTTPStatus.OK
    return receipt


@router.post(
    "/stage",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=refusals(*SENT),
)
def tell_stage(participant: ParticipantDep, store: StoreDep, told: StageIn) -> None:
    """Count the participant among those who are drawing or rating."""
    with store.write() as session:
        reach_stage(session, participant.id, told.stage)


@router.get("/class")
def show_class(participant: ParticipantDep, store: StoreDep) -> ClassOut:
    """Return how far the class is."""
    with store.read() as session:
        return class_progress(session, participant.campaign)
