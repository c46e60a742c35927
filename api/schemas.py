"""What the outside sends and gets where it differs from the tables; strict, finite, bounded."""

import unicodedata
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MAX_STEPS = 500
MAX_POINTS = 500
MAX_RATINGS = 120
MAX_WAYPOINTS = 20
MAX_COMMENT = 200

Reason = Literal[
    "traffic",
    "speed",
    "obstacles",
    "surface",
    "lighting",
    "space",
    "behaviour",
    "signs",
    "sight",
    "other",
]
Like = Literal["calm", "space", "smooth", "light", "clear", "pretty"]
"""What makes a place good."""
Help = Literal[
    "crossing",
    "lights",
    "slower",
    "path",
    "repair",
    "lamps",
    "view",
    "checks",
    "other",
]
"""What would help at a place."""
PartOfDay = Literal["morning", "afternoon", "dark", "wet"]
Counterpart = Literal[
    "car", "lorry_bus", "motorcycle", "bicycle", "walker", "animal", "nobody", "other"
]
Why = Literal[
    "shortest",
    "little_traffic",
    "slow_traffic",
    "cycling_infrastructure",
    "beautiful",
    "few_obstacles",
    "other",
]
"""Why this way: the seven reasons that the predecessor asked for."""
Flag = Literal["long", "detour", "fast", "slow", "straight", "short"]
Variant = Literal["there", "back", "rain", "winter", "other"]


def _plain_text(text: str) -> str:
    if "<" in text or ">" in text:
        raise ValueError("expected plain text, got a text with < or >")
    # Cc and Cf are controls such as NUL and the bidi overrides, Cs lone surrogates.
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in text):
        raise ValueError("expected plain text, got a text with control characters")
    return text.strip()


PlainText = Annotated[str, AfterValidator(_plain_text)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
PlaceId = Annotated[str, Field(pattern=r"^[si][0-9a-z]{4,20}$")]
Rating = Annotated[int, Field(ge=0, le=10)]


class Strict(BaseModel):
    """Base of what comes in: no coercion, no unknown field."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


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


class StageIn(Strict):
    """How far the participant has come."""

    stage: Literal["drawing", "rating"]


class ClassOut(BaseModel):
    """The class so far: numbers only."""

    title: str
    school: str
    simulated: bool
    participants: int
    drawing: int
    rating: int
    senders: int
    routes: int
    ratings: int
    km: float
    km_rated: float
    share_rated: float | None
    needed: int
    next_release_in: int


class ProblemOut(BaseModel):
    """Problem details of RFC 9457; `type` names the refusal: urn:barometer:already-sent."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class ReleaseOut(BaseModel):
    """What a release says about itself."""

    number: int
    date: str
    hash: str
    simulated: bool
    mode: Literal["risk", "perception"]
    participants: int
    missing: dict[str, tuple[int, int]]


class HotspotOut(BaseModel):
    """A place of a release with its figures; null where nothing is known.

    Ranges hold the true value nine times in ten. Rates are per 1,000 passages of an intersection
    and per 1,000 km ridden on a segment; a year is a school year.
    """

    rank: int = Field(description="Where a fix helps most: by state, then by `avoidable`")
    rank_danger: int | None = Field(description="Where a ride is most dangerous: by `relative`")
    id: str
    kind: Literal["segment", "intersection"]
    type: str
    name: str
    lon: float
    lat: float
    state: Literal["confirmed", "watch", "unknown"]
    participants: int
    passages: float = Field(description="Of these participants, 1,000 a year")
    exposure: float | None = Field(description="`passages`, on a segment times its length in km")
    passages_by: dict[str, float] = Field(
        description="`passages` forward, backward, before_school and after_school, where no such "
        "share is so small that it would show somebody"
    )
    ratings: int
    mean_rating: float | None
    danger: float | None = Field(description="Perceived danger, 0 to 1")
    danger_low: float | None
    danger_high: float | None
    evidence: float | None = Field(description="Share of `danger` that was said here")
    reporters: int
    rate: float | None = Field(description="Conflicts per exposure, from the reports")
    rate_low: float | None
    rate_high: float | None
    expected: float | None = Field(description="The rate normal for the kind and how it feels")
    normal: float | None = Field(description="The rate normal for type and stress alone")
    weight: float | None = Field(description="Of `expected` in `rate`; the rest was reported here")
    relative: float | None = Field(description="Risk of a ride, in times the area's average")
    relative_low: float | None
    relative_high: float | None
    index: float | None
    index_low: float | None
    index_high: float | None
    probability: float | None = Field(description="That `relative` exceeds the policy's threshold")
    yearly: float | None = Field(description="Expected conflicts of all cyclists of the schools")
    yearly_low: float | None
    yearly_high: float | None
    avoidable: float | None = Field(description="Of `yearly`, were the place as calm as calm ones")
    avoidable_low: float | None
    avoidable_high: float | None
    top10: float | None = Field(description="Probability of being among the ten most avoidable")
    excess: float | None = Field(description="Of `yearly`, more than is normal for its type")
    excess_low: float | None
    excess_high: float | None
    crashes: int | None = Field(description="Official, with a bicycle; a school sees k or more")
    crashes_ksi: int | None = Field(description="Of them with people killed or seriously injured")
    crashes_slight: int | None
    crash_share: float | None = Field(description="Weight of the crash file in `relative`")
    cluster: str | None = Field(description="Group of places with more conflicts than normal")
    cluster_p: float | None
    heat: float | None = Field(description="Conflicts around it, 1 is the area's average")
    stress: int
    assumed: float = Field(description="Share of `stress` that rests on assumptions")
    assumptions: list[str]
    control: str | None = Field(description="What regulates a crossing")
    reasons: dict[str, int] = Field(description="Students by reason, from five on, as all below")
    times: dict[str, int] = Field(description="When it is as they say")
    counterparts: dict[str, int] = Field(description="Who took part in near misses and falls")
    helps: dict[str, int] = Field(description="What would help")
    likes: dict[str, int] = Field(description="What is good")
    lead: str = Field(description="The shortest of `sentence`")
    sentence: str
    case: str | None


class ClusterOut(BaseModel):
    """A group of neighbouring places that have more conflicts together than is normal."""

    id: str
    places: list[str]
    observed: int
    expected: float
    p: float


class HotspotsOut(BaseModel):
    """The newest release of an area, ranked."""

    release: ReleaseOut
    places: list[HotspotOut]
    clusters: list[ClusterOut]
