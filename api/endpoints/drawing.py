"""What helps to draw a ride: crossings by name, and a recorded track made into a drawing."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from api.deps import LibraryDep, ParticipantDep
from api.schemas.drawing import CrossingOut, FollowIn, FollowOut, SearchIn
from api.services.find_crossings import Crossing
from geo.following import waypoints_along

from .refusals import DAMAGED, SENT, refusals
from .submissions import as_proposed

router = APIRouter(prefix="/api", tags=["student"], responses=refusals(401, *SENT, DAMAGED))


# Sent, not asked for by address: a proxy would write down near which corner somebody lives.
@router.post("/crossings", response_model=list[CrossingOut])
def find_crossings(
    participant: ParticipantDep, library: LibraryDep, asked: SearchIn
) -> list[Crossing]:
    """Find crossings and streets of the area by name; what is asked is not kept."""
    school = participant.campaign.school
    names = library.get(school.area).names
    return names.find(asked.query, school=(school.location.x, school.location.y))


@router.post("/follow", response_model=FollowOut)
def follow_track(
    participant: ParticipantDep, library: LibraryDep, recorded: FollowIn
) -> dict[str, Any]:
    """Make a recorded track a drawing; nothing of it is stored or logged."""
    school = participant.campaign.school
    area = library.get(school.area)
    at = (school.location.x, school.location.y)
    found = waypoints_along(recorded.line, at, area.matcher, area.router)
    return {
        "waypoints": [asdict(waypoint) for waypoint in found.waypoints],
        "reversed": found.reversed,
        "share": found.share,
        "route": as_proposed(found.route),
    }
