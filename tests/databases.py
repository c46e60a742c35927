"""Where the databases of the tests are made, copied and thrown away."""

import shutil
import uuid
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, make_url, text


class Databases(Protocol):
    def create(self) -> str: ...
    def copy(self, url: str) -> str: ...
    def drop(self, url: str) -> None: ...


class SqliteFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> str:
        return f"sqlite:///{self._folder / uuid.uuid4().hex}.db"

    def copy(self, url: str) -> str:
        new = self.create()
        shutil.copyfile(_file(url), _file(new))
        return new

    def drop(self, url: str) -> None:
        for path in self._folder.glob(f"{_file(url).name}*"):
            path.unlink()


class PostgresServer:
    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._made: set[str] = set()

    def create(self) -> str:
        return self._make("")

    def copy(self, url: str) -> str:
        return self._make(f'TEMPLATE "{make_url(url).database}"')

    def drop(self, url: str) -> None:
        self._drop(str(make_url(url).database))

    def close(self) -> None:
        for name in list(self._made):  # of fixtures that failed half-way
            self._drop(name)
        self._engine.dispose()

    def _make(self, template: str) -> str:
        name = f"barometer_test_{uuid.uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" {template}')
        self._made.add(name)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')
        self._made.remove(name)

    def _run(self, command: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(command))


def _file(url: str) -> Path:
    return Path(str(make_url(url).database))
