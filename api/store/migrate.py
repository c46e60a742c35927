"""Bring the tables of a database to the shape this version of the program expects."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from .engine import Store


def upgrade(store: Store, revision: str = "head") -> str | None:
    """Run the missing migrations in one transaction and return the revision reached."""
    engine = store.engine.execution_options(writes=True)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        return MigrationContext.configure(connection).get_current_revision()


def downgrade(store: Store, revision: str = "base") -> None:
    """Undo migrations down to `revision`."""
    with store.engine.execution_options(writes=True).begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def is_current(store: Store) -> bool:
    """Return whether the database is at the newest revision."""
    with store.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "api.store:migrations")
    return config
