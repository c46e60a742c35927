"""Record what was done against danger and where: the next release says what changed there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from api.errors import BarometerError, NotFoundError
from api.schemas.plain import PlainText
from api.store import audit, measures
from api.store.engine import Session
from api.store.models import Measure, User
from geo import effects
from geo.errors import UnknownPlaceError

from .areas import load_area, require_area
from .campaigns import today
from .installation import Installation

MAX_WHAT, MAX_PLACES = 200, 50
WHAT: TypeAdapter[str] = TypeAdapter(Annotated[PlainText, Field(min_length=1, max_length=MAX_WHAT)])


class InvalidMeasureError(BarometerError):
    """A measure cannot be recorded as it is."""


@dataclass(frozen=True)
class NewMeasure:
    """What was done, at which places of the network, and on which day it was done."""

    what: str
    places: Sequence[str]
    done_on: date


def record_measure(here: Installation, area_id: str, user: User | None, new: NewMeasure) -> Measure:
    """Store a measure and return it with its id.

    Raises
    ------
    AreaNotFoundError, UnknownPlaceError
        If there is no such area, or a place is not in its network; all that are not are named.
    InvalidMeasureError
        If the day lies ahead, the text is none or not plain, there is no place or too many, or the
        same was recorded before.
    """
    with here.store.read() as session:
        area = require_area(session, area_id)
    what, places = _checked(new)
    unknown = [
        place
        for place in places
        if place not in load_area(here.settings, area).network.places.index
    ]
    if unknown:
        raise UnknownPlaceError(f"no place {', '.join(unknown)} in the network of {area_id!r}")
    with here.store.write() as session:
        for known in measures.of_area(session, area_id):
            if (known.places, known.done_on) == (places, new.done_on):
                raise InvalidMeasureError(f"measure {known.id} has these places and this day")
        return add_measure(
            session, area_id, NewMeasure(what, places, new.done_on), user.id if user else None
        )


def add_measure(session: Session, area_id: str, new: NewMeasure, user_id: int | None) -> Measure:
    """Store a measure that was checked, in the caller's transaction, and return it with its id."""
    measure = Measure(
        area_id=area_id,
        what=new.what,
        places=list(new.places),
        done_on=new.done_on,
        recorded_at=datetime.now(UTC),
        recorded_by=user_id,
    )
    session.add(measure)
    session.flush()
    _audit(session, user_id, "record measure", measure)
    return measure


def remove_measure(here: Installation, measure_id: int, user: User | None) -> Measure:
    """Delete a measure that was recorded by mistake; the log keeps what it was.

    Raises
    ------
    NotFoundError
        If there is none with this id.
    """
    with here.store.write() as session:
        return delete_measure(session, measure_id, user.id if user else None)


def delete_measure(session: Session, measure_id: int, user_id: int | None) -> Measure:
    """Delete a measure in the caller's transaction and return what it was.

    Raises
    ------
    NotFoundError
        If there is none with this id.
    """
    measure = measures.find(session, measure_id)
    if measure is None:
        raise NotFoundError(f"no measure {measure_id}")
    measures.remove(session, measure)
    _audit(session, user_id, "remove measure", measure)
    return measure


def recorded_measures(session: Session, area_id: str) -> list[effects.Measure]:
    """Return the measures of an area as a release compares them."""
    return [
        effects.Measure(one.id, tuple(one.places), one.done_on, one.what)
        for one in measures.of_area(session, area_id)
    ]


def _checked(new: NewMeasure) -> tuple[str, list[str]]:
    if new.done_on > today():
        raise InvalidMeasureError(
            f"expected a day that is not ahead, got {new.done_on.isoformat()}: "
            "record a measure when it is done"
        )
    places = sorted(set(new.places))
    if not 0 < len(places) <= MAX_PLACES:
        raise InvalidMeasureError(f"expected 1 to {MAX_PLACES} places, got {len(places)}")
    try:
        return WHAT.validate_python(new.what.strip()), places
    except ValidationError:
        raise InvalidMeasureError(
            f"expected in 1 to {MAX_WHAT} letters of plain text what was done"
        ) from None


def _audit(session: Session, user_id: int | None, action: str, measure: Measure) -> None:
    audit.record(
        session,
        user_id,
        action,
        f"area {measure.area_id}",
        measure=measure.id,
        what=measure.what,
        places=" ".join(measure.places),
        done_on=measure.done_on.isoformat(),
    )
