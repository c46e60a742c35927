"""What the address of a view of the map says, and what the map gets for it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field, model_validator

from api.services.choose_places import CaseChoice, Choice, Evidence, PartOfDay
from api.services.read_release import Order
from web.hotspot_list import Sort
from web.scale import Layer


class MapQuery(BaseModel):
    """What the address of a view of the map of hotspots says; empty is all, or the usual."""

    area: str = Field("", pattern=r"^[a-z0-9-]{0,40}$")
    layer: Literal["", Layer] = ""
    order: Order = Field("priority", alias="list")
    period: str = Field("", pattern=r"^(\d{4})?$", description="The school year: 2026")
    school: str = Field("", pattern=r"^\d{0,9}$", description="Places its students pass")
    time: PartOfDay = Field("", description="Places passed then; rides are of this part alone")
    reason: str = Field("", pattern=r"^[a-z_]{0,20}$")
    case: CaseChoice = ""
    evidence: Evidence = ""
    kind: str = Field("", pattern=r"^[a-z_]{0,30}(/[a-z_]{1,20})?$")
    sort: Sort = ""
    page: int = Field(1, ge=1, le=100_000)

    @model_validator(mode="before")
    @classmethod
    def without_empty(cls, said: Mapping[str, object]) -> dict[str, object]:
        """Leave out what is empty: a form without scripts sends all of its fields."""
        return {name: value for name, value in said.items() if value != ""}

    @property
    def year(self) -> int | None:
        """Return the school year that is asked for."""
        return int(self.period) if self.period else None

    def choice(self) -> Choice:
        """Return which places are asked for."""
        names = ("school", "time", "reason", "case", "evidence", "kind")
        return Choice(**{name: getattr(self, name) for name in names})

    def address(self) -> dict[str, str]:
        """Return what differs from the usual, as it stands in an address."""
        said = self.model_dump(by_alias=True, exclude_defaults=True)
        names = (field.alias or name for name, field in type(self).model_fields.items())
        return {name: str(said.get(name, "")) for name in names}


QueryDep = Annotated[MapQuery, Query()]


class MapValuesOut(BaseModel):
    """The classes of the places of a release, for a map whose geometry comes from tiles."""

    release: int
    hash: str
    ids: list[str] = Field(description="Of the places that fit the filters, ranked")
    layers: dict[str, str] = Field(description="By layer one sign a place: its class, - for none")
