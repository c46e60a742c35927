"""Queries on areas and their schools."""

from collections.abc import Sequence

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Area, School


def find(session: Session, area_id: str) -> Area | None:
    """Return the area of this name."""
    return session.get(Area, area_id)


def all_areas(session: Session) -> Sequence[Area]:
    """Return every area by name."""
    return session.scalars(select(Area).order_by(Area.id)).all()


def schools_of(session: Session, area_id: str) -> Sequence[School]:
    """Return the schools of an area by name."""
    return session.scalars(
        select(School).where(School.area_id == area_id).order_by(School.name, School.id)
    ).all()


def find_school(session: Session, school_id: int) -> School | None:
    """Return one school."""
    return session.get(School, school_id)


def put_schools(
    session: Session, area_id: str, found: Sequence[tuple[str, str, str, BaseGeometry]]
) -> None:
    """Add or update schools (OSM id, name, kind, point); none goes, campaigns hang on them."""
    known = {school.osm_id: school for school in schools_of(session, area_id)}
    for osm_id, name, kind, location in found:
        school = known.get(osm_id)
        if school is None:
            session.add(
                School(area_id=area_id, osm_id=osm_id, name=name, kind=kind, location=location)
            )
        else:
            school.name, school.kind, school.location = name, kind, location
