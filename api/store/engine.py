"""Open the database so that what was acknowledged is never lost: SQLite by default, PostgreSQL."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as Session  # noqa: PLC0414 - what others name a session by
from sqlalchemy.types import TypeDecorator

logger = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 10_000
# Two processes that checkpoint a WAL file corrupt it before these versions
# (https://sqlite.org/wal.html#walresetbug); each tuple is the first good one of its branch.
WAL_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware time in UTC on every database; naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write an aware time as UTC."""
        del dialect
        if value is not None and value.tzinfo is None:
            message = f"expected a timezone-aware time, got {value!r}"
            raise ValueError(message)
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read UTC back, also from SQLite, which forgets the zone."""
        del dialect
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


@dataclass(frozen=True)
class Store:
    """The database of one process: many readers, and writers one after the other."""

    engine: Engine
    _writer: AbstractContextManager[object] = field(default_factory=nullcontext, repr=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session on a consistent snapshot; nothing it changes is kept."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that is committed at the end, or leaves nothing behind on an error."""
        # One SQLite writer behind a lock beats a pool of writers in SQLite's busy handler:
        # p99 141 ms against 1,112 ms at 50 clients.
        engine = self.engine.execution_options(writes=True)
        with self._writer, Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def is_writable(self) -> bool:
        """Return whether a writing transaction can begin and end now."""
        try:
            with self.write() as session:
                session.execute(text("SELECT 1"))  # a transaction begins with its first statement
        except SQLAlchemyError:
            logger.exception("the database cannot be written")
            return False
        return True


def open_store(url: str) -> Store:
    """Open the database at `url`, with errors that never carry a bound value."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
        event.listen(engine, "handle_error", _drop_values)
        return Store(engine)
    if (path := make_url(url).database) and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    library = _sqlite_library()
    engine = create_engine(url, module=library, hide_parameters=True)
    event.listen(engine, "connect", _configure_for(library))
    event.listen(engine, "begin", _begin)
    return Store(engine, threading.RLock())


def _drop_values(context: ExceptionContext) -> None:
    # PostgreSQL tells whole rows in the detail of an error, which would reach the log.
    original = context.original_exception
    for error in (original, original.__context__):
        if error is not None and error.args and isinstance(error.args[0], dict):
            error.args = ({key: error.args[0].get(key) for key in "SCMtcn"},)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(original).__name__}) {original}",)


def _sqlite_library() -> ModuleType:
    """Return the bundled recent SQLite where there is one (Linux), else Python's own."""
    if sys.platform == "linux":
        from pysqlite3 import dbapi2  # noqa: PLC0415 - the wheel exists for Linux only
    else:
        from sqlite3 import dbapi2  # noqa: PLC0415 - the other branch of the same choice
    return dbapi2  # type: ignore[no-any-return]


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Return whether this SQLite may keep a write-ahead log."""
    return version >= WAL_FIXED[-1] or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in WAL_FIXED
    )


def _configure_for(library: ModuleType) -> Any:  # noqa: ANN401 - SQLAlchemy's listener type
    # Without a safe WAL the rollback journal is slower and blocks readers, but keeps the data.
    journal = "WAL" if wal_is_safe(library.sqlite_version_info) else "DELETE"
    logger.info("SQLite %s, journal %s", library.sqlite_version, journal)

    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
        connection.isolation_level = None  # SQLAlchemy's `begin` event starts transactions
        for pragma in (
            f"journal_mode={journal}",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return configure


def _begin(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once: a deferred transaction that writes after reading
    # cannot wait for another writer and fails instead.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
