"""Run migrations on the connection that `api.store.migrate` hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from api.settings import Settings
from api.store.engine import UtcDateTime, open_store
from api.store.models import Model
from api.store.spatial import Geometry


def render(kind: str, item: object, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our own types so that a new migration imports what it names."""
    if kind == "type" and isinstance(item, Geometry):
        autogenerate.imports.add("from api.store.spatial import Geometry")
        return "Geometry()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Run on the connection given, or on the database of the settings (`alembic check`)."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        engine = open_store(Settings().store_url).engine.execution_options(writes=True)
        with engine.connect() as opened:
            context.config.attributes["connection"] = opened
            run()
        return
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render,
        include_name=lambda name, kind, _: kind != "table" or name in Model.metadata.tables,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
