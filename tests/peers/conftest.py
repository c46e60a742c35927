"""A site at an address of its own, for programs that are no part of ours."""

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from api.services.api_keys import add_key
from api.settings import Settings
from api.store.authorities import Body
from api.store.engine import Store
from tests.conftest import do_without

# PyQGIS belongs to the Python of the system, so it runs beside ours.
SYSTEM_PYTHON = "/usr/bin/python3"


@pytest.fixture
def door() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


@pytest.fixture
def served(settings: Settings, app: FastAPI, door: socket.socket) -> Iterator[str]:
    """The address of the site, which serves while the test runs."""
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    vars(app.state.here)["settings"] = settings.model_copy(update={"base_url": address})
    config = uvicorn.Config(app, ws="none", log_config=None, timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, name="served")
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the site did not start"
        time.sleep(0.01)
    yield address
    server.should_exit = True
    thread.join(timeout=15)
    assert not thread.is_alive(), "the site did not stop"


@pytest.fixture
def key(store: Store) -> str:
    """The key of a body: the town, whose officer is `officer`."""
    with store.write() as session:
        body = session.scalars(select(Body).order_by(Body.id)).first()
        assert body is not None
        return add_key(session, body, "GIS", may_write=False, by=None)[1]


@pytest.fixture
def qgis(program: Callable[[str, str], str]) -> str:
    python = program(SYSTEM_PYTHON, "python3-qgis")
    tried = subprocess.run([python, "-c", "import qgis.core"], capture_output=True, check=False)
    if tried.returncode:
        do_without("no QGIS on this machine: install python3-qgis")
    return python
