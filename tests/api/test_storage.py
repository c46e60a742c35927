"""The database: its shape, its pragmas, and that what was acknowledged is there."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import event, inspect, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from starlette.testclient import TestClient

from api.app import create_app
from api.errors import UnsafeDatabaseError
from api.settings import Settings
from api.store import migrate
from api.store.engine import Store, open_store, wal_is_safe
from api.store.models import Area, Campaign, Job, Model

ROOT = Path(__file__).parents[2]
Rows = Callable[[], dict[str, int]]


def test_migrations_go_up_down_and_up_again_on_a_populated_database(
    open_class: Callable[..., Campaign],
    send: Callable[..., list[str]],
    store: Store,
    count_rows: Rows,
) -> None:
    send(open_class(), 2)
    assert count_rows()["routes"] == 2

    migrate.downgrade(store)
    left = set(inspect(store.engine).get_table_names()) & set(Model.metadata.tables)
    migrate.upgrade(store)

    assert left == set()
    assert migrate.is_current(store)
    assert set(count_rows().values()) == {0}


def test_an_upgrade_keeps_what_is_stored(
    open_class: Callable[..., Campaign],
    send: Callable[..., list[str]],
    store: Store,
    count_rows: Rows,
) -> None:
    send(open_class(), 2)
    before = count_rows()

    migrate.upgrade(store)

    assert count_rows() == before


def test_migrations_build_exactly_the_tables_of_the_models(settings: Settings) -> None:
    environment = os.environ | {"BAROMETER_DATABASE_URL": settings.store_url}
    command = [sys.executable, "-m", "alembic", "check"]

    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_site_does_not_start_on_an_old_database(settings: Settings) -> None:
    store = open_store(settings.store_url)
    migrate.downgrade(store)
    store.engine.dispose()

    with pytest.raises(UnsafeDatabaseError, match="barometer db upgrade"):
        create_app(settings, worker=False)


def test_sqlite_is_told_to_keep_what_was_committed(store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("pragmas are SQLite's")
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")

    with store.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1,
        "busy_timeout": 10_000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),  # stock Python 3.11 on Debian 12
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_a_write_ahead_log_only_where_sqlite_keeps_it_whole(
    version: tuple[int, ...],
    safe: bool,  # noqa: FBT001
) -> None:
    assert wal_is_safe(version) is safe


def test_a_ride_whose_commit_fails_is_not_acknowledged(
    student: TestClient, store: Store, ride: Callable[..., dict[str, Any]], count_rows: Rows
) -> None:
    before = count_rows()
    browser = TestClient(student.app, cookies=student.cookies, raise_server_exceptions=False)
    body = ride(0)

    def full(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(store.engine, "commit", full)
    response = browser.post("/api/routes", json=body)
    event.remove(store.engine, "commit", full)

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "disk" not in response.text
    assert count_rows() == before
    assert browser.post("/api/routes", json=body).status_code == 201


def test_two_writers_both_have_their_say(store: Store, settings: Settings) -> None:
    other = open_store(settings.store_url)  # as a second process would

    def queue(using: Store) -> None:
        for _ in range(20):
            with using.write() as session:
                session.add(Job(kind="test", subject="x", created_at=datetime.now(UTC)))

    threads = [threading.Thread(target=queue, args=(one,)) for one in (store, store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.engine.dispose()

    with store.read() as session:
        assert len(session.scalars(select(Job)).all()) == 60


def test_an_error_leaves_nothing_of_its_transaction(store: Store, count_rows: Rows) -> None:
    before = count_rows()

    with pytest.raises(DBAPIError) as caught, store.write() as session:  # noqa: PT012 - one transaction
        session.add(Job(kind="test", subject="x", created_at=datetime.now(UTC)))
        session.flush()
        session.execute(text("INSERT INTO areas (id) VALUES (:secret)"), {"secret": "canary"})

    assert count_rows() == before
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.Point(13.25, 53.55),
        shapely.LineString([(13.25, 53.55), (13.26, 53.56), (13.2612345678901, 53.5)]),
        shapely.box(-179.5, -89.5, 179.5, 89.5),
        shapely.MultiPoint([(0, 0), (1, 1)]),
    ],
)
def test_a_geometry_comes_back_as_it_went(
    store: Store, geometry: shapely.geometry.base.BaseGeometry
) -> None:
    now = datetime.now(UTC)
    with store.write() as session:
        session.add(Area(id="drawn", title="Drawn", version="0", extent=geometry, imported_at=now))

    with store.read() as session:
        area = session.get_one(Area, "drawn")

    assert shapely.equals_identical(area.extent, geometry)
    assert area.imported_at == now


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the refusal is the point

    with pytest.raises(StatementError, match="timezone-aware"), store.write() as session:
        session.add(Job(kind="test", subject="x", created_at=naive))
