"""The places of a release as programs get them."""

from typing import Literal

from pydantic import BaseModel, Field


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
    schools: dict[str, int] = Field(
        description="Of `participants` by number of their school, where no such share is so small "
        "that it, or the rest, would show somebody"
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
