"""Bring the tables of a database to the shape this version of the program expects."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from .engine import Store


class BrokenReferencesError(RuntimeError):
    """A migration would leave rows that refer to nothing."""


def upgrade(store: Store, revision: str = "head") -> str | None:
    """Run the missing migrations in one transaction and return the revision reached."""
    with _migrating(store) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        return MigrationContext.configure(connection).get_current_revision()


def downgrade(store: Store, revision: str = "base") -> None:
    """Undo migrations down to `revision`."""
    with _migrating(store) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


@contextmanager
def _migrating(store: Store) -> Iterator[Connection]:
    """Give a connection in one writing transaction in which SQLite may rebuild tables.

    To change a column SQLite copies a table and drops the old one, and with its foreign keys on
    that deletes whatever refers to it: https://sqlite.org/lang_altertable.html#otheralter.
    """
    engine = store.engine.execution_options(writes=True)
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            _set_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check") if is_sqlite else ()
                if rows := list(broken):
                    tables = ", ".join(sorted({row[0] for row in rows}))
                    raise BrokenReferencesError(f"the migration leaves {tables} without their rows")
        finally:
            if is_sqlite:
                _set_foreign_keys(connection, "ON")


def _set_foreign_keys(connection: Connection, state: str) -> None:
    # On the driver's own connection: SQLAlchemy would begin a transaction, where this does nothing.
    connection.connection.cursor().execute(f"PRAGMA foreign_keys={state}")


def is_current(store: Store) -> bool:
    """Return whether the database is at the newest revision."""
    with store.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "api.store:migrations")
    return config
