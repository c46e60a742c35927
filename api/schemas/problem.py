"""How a program is told that it was refused."""

from pydantic import BaseModel


class ProblemOut(BaseModel):
    """Problem details of RFC 9457; `type` names the refusal: urn:barometer:already-sent."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
