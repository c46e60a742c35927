"""How far a student and the class are."""

from typing import Literal

from pydantic import BaseModel

from .plain import Strict


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
