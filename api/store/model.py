"""What every table is built on."""

from datetime import datetime

from shapely.geometry.base import BaseGeometry
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from .engine import UtcDateTime
from .spatial import Geometry


class Model(DeclarativeBase):
    """Base of every table; constraints get names so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, BaseGeometry: Geometry}  # noqa: RUF012 - read by SQLAlchemy as declared
