"""A site at an address of its own, for programs that are no part of ours."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI

from api.settings import Settings


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
