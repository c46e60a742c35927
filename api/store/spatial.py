"""Geometry as one column type on every database: the only dialect-aware module."""

from collections.abc import Callable
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler, TypeCompiler
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

from geo.crs import WGS84

SRID = int(WGS84.removeprefix("EPSG:"))


class Geometry(UserDefinedType[BaseGeometry]):
    """A shapely geometry in WGS 84: WKB in SQLite, `geometry(Geometry, 4326)` in PostGIS."""

    cache_ok = True

    def __init__(self, *_modifiers: object) -> None:
        """Take what PostgreSQL tells of the column (kind, SRID): both are always the same here."""

    def get_col_spec(self, **_: object) -> str:
        """Return the name of the type where the dialect has no better one."""
        return "BLOB"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return the function that writes a geometry as WKB."""
        del dialect

        def write(value: BaseGeometry | None) -> bytes | None:
            return None if value is None else shapely.to_wkb(value)

        return write

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return the function that reads a geometry from WKB."""
        del dialect, coltype

        def read(value: bytes | None) -> BaseGeometry | None:
            return None if value is None else shapely.from_wkb(bytes(value))

        return read

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """Wrap what is written in the function of the dialect."""
        return _from_wkb(bindvalue)

    def column_expression(self, colexpr: ColumnElement[Any]) -> ColumnElement[Any]:
        """Wrap what is read in the function of the dialect."""
        return _to_wkb(colexpr, type_=self)


class _from_wkb(FunctionElement[Any]):  # noqa: N801 - named like the SQL function it stands for
    inherit_cache = True


class _to_wkb(FunctionElement[Any]):  # noqa: N801 - named like the SQL function it stands for
    inherit_cache = True

    def __init__(self, *clauses: ColumnElement[Any], type_: Geometry) -> None:
        super().__init__(*clauses)
        self.type = type_


@compiles(Geometry, "postgresql")
def _postgis_type(_type: Geometry, _compiler: TypeCompiler, **_: object) -> str:
    return f"geometry(Geometry, {SRID})"


@compiles(_from_wkb)
@compiles(_to_wkb)
def _plain(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return compiler.process(next(iter(element.clauses)), **kw)


@compiles(_from_wkb, "postgresql")
def _postgis_write(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"ST_GeomFromWKB({compiler.process(next(iter(element.clauses)), **kw)}, {SRID})"


@compiles(_to_wkb, "postgresql")
def _postgis_read(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"ST_AsBinary({compiler.process(next(iter(element.clauses)), **kw)})"


# So that a migration's comparison recognises the columns of a PostGIS database.
ischema_names["geometry"] = Geometry
