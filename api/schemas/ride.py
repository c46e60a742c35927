"""A ride as it is sent, with its ratings, and the receipt for it."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from .codes import Counterpart, Flag, Help, Like, PartOfDay, Reason, Variant, Why
from .plain import MAX_POINTS, PlaceId, PlainText, Strict

MAX_STEPS = 500
MAX_RATINGS = 120
MAX_COMMENT = 200

Rating = Annotated[int, Field(ge=0, le=10)]


class SegmentStep(Strict):
    """Riding one segment in its direction or against it."""

    kind: Literal["segment"]
    id: PlaceId
    direction: Literal["forward", "backward"]


class IntersectionStep(Strict):
    """Crossing one intersection."""

    kind: Literal["intersection"]
    id: PlaceId


class FreeStep(Strict):
    """A piece that is not on the map, longitude before latitude."""

    kind: Literal["free"]
    coordinates: Annotated[
        list[Annotated[list[float], Field(min_length=2, max_length=2)]],
        Field(min_length=2, max_length=MAX_POINTS),
    ]


class RatingIn(Strict):
    """How one place of the route feels, and what happened there."""

    place: PlaceId
    rating: Rating
    seconds: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] | None = None
    reasons: Annotated[list[Reason], Field(max_length=10)] = []
    likes: Annotated[list[Like], Field(max_length=6)] = []
    times: Annotated[list[PartOfDay], Field(max_length=4)] = []
    """When the rating is meant above all; empty for always."""
    incident: Literal["near_miss", "fall"] | None = None
    counterpart: Counterpart | None = None
    """Who or what took part in the incident."""
    comment: Annotated[PlainText, Field(max_length=MAX_COMMENT)] = ""
    """What is wrong here, or what happened if there was an incident."""
    helps: Annotated[list[Help], Field(max_length=9)] = []
    proposal: Annotated[PlainText, Field(max_length=MAX_COMMENT)] = ""

    @model_validator(mode="after")
    def _counterpart_of_an_incident(self) -> Self:
        if self.counterpart and not self.incident:
            raise ValueError("expected an incident with its counterpart, got a counterpart alone")
        return self


class RouteIn(Strict):
    """A route whose home end was cut on the device, with its ratings."""

    id: Annotated[UUID, Field(strict=False)]
    variant: Variant = "there"
    """Which ride this is; a participant has one of each."""
    replaces: bool = False
    """Whether an earlier ride of the same variant gives way to this one."""
    same_way_back: bool = False
    """Whether the ride home follows the same streets."""
    rides_per_week: Annotated[int, Field(ge=1, le=5)]
    mode: Literal["bicycle", "e_bike", "walking"] = "bicycle"
    departure: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):(00|15|30|45)$")] | None = None
    """When the ride usually begins, to the quarter of an hour, in the town's own time."""
    minutes: Annotated[int, Field(ge=1, le=180)] | None = None
    companions: Literal["alone", "one", "few", "adult"] | None = None
    why: Annotated[list[Why], Field(max_length=7)] = []
    source: Literal["drawn", "gpx"] = "drawn"
    confirmed: Annotated[list[Flag], Field(max_length=6)] = []
    """What the device found implausible and the student said is right."""
    edits: Annotated[int, Field(ge=0, le=1000)] = 0
    accepted_unchanged: bool = False
    steps: Annotated[
        list[Annotated[SegmentStep | IntersectionStep | FreeStep, Field(discriminator="kind")]],
        Field(max_length=MAX_STEPS),
    ]
    """In riding order from the safe intersection at which the device cut the route, and of a ride
    back up to it; empty for a ride too short to store, of which only safe intersections are
    rated."""
    rest: Rating | None = None
    """The rating of every place that `ratings` does not name: "all fine, except …"."""
    ratings: Annotated[list[RatingIn], Field(max_length=MAX_RATINGS)] = []


class RouteReceipt(BaseModel):
    """What was stored, and the phrase that erases it."""

    id: UUID
    phrase: str
    number: int
    """The participant's number in the class: that of the card."""
    km: float
    places: int
    rated: int
