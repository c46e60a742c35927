"""Drawing a ride: waypoints and the route they propose, crossings by name, recorded tracks."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from .plain import MAX_POINTS, Latitude, Longitude, PlainText, Strict

MAX_WAYPOINTS = 20


class WaypointIn(Strict):
    """One point of the route as it is drawn; `straight` means in a straight line from the last."""

    lon: Longitude
    lat: Latitude
    straight: bool = False


class SnapIn(Strict):
    """The waypoints in riding order, the school last."""

    waypoints: Annotated[list[WaypointIn], Field(min_length=2, max_length=MAX_WAYPOINTS)]


class LegOut(BaseModel):
    """The way between two waypoints."""

    coordinates: list[tuple[float, float]]
    straight: bool
    length_m: float


class PlaceOut(BaseModel):
    """A place of the route, from where to where in metres from the start.

    Places with the same stretch one after the other are shown and rated as one.
    """

    kind: Literal["segment", "intersection"]
    id: str
    name: str
    direction: Literal["forward", "backward"] | None
    from_m: float
    to_m: float
    lon: float
    lat: float
    safe: bool
    stretch: str | None


class SnapOut(BaseModel):
    """The proposed route: snapped waypoints, legs, and every place in riding order."""

    waypoints: list[tuple[float, float]]
    legs: list[LegOut]
    length_m: float
    places: list[PlaceOut]


class SearchIn(Strict):
    """A search for crossings and streets by their names."""

    query: Annotated[PlainText, Field(min_length=2, max_length=60)]


class CrossingOut(BaseModel):
    """A crossing, or a street by its middle."""

    name: str
    lon: float
    lat: float


class FollowIn(Strict):
    """A recorded track, thinned on the device, longitude before latitude."""

    line: Annotated[
        list[Annotated[tuple[Longitude, Latitude], Field(strict=False)]],
        Field(min_length=2, max_length=MAX_POINTS),
    ]


class WaypointOut(BaseModel):
    """One point of a drawing; `straight` means in a straight line from the last."""

    lon: float
    lat: float
    straight: bool


class FollowOut(BaseModel):
    """A drawing that follows a track: its points in riding order, and what they propose."""

    waypoints: list[WaypointOut]
    reversed: bool
    """Whether the track was recorded the other way round."""
    share: float
    """How much of the track lies on streets of the area, 0 to 1."""
    route: SnapOut
