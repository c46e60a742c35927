"""What every command shows on a terminal: progress, sentences, exit codes, finished files."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import typer
from tqdm import tqdm

from api.services.installation import Installation, open_installation
from api.settings import Settings
from api.store import migrate
from geo.extract import Progress

REFUSED, USAGE, INTERRUPTED = 1, 2, 130
_opened = ExitStack()


class Bar:
    """A progress bar that starts anew with every stage."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._stage = ""

    def __enter__(self) -> Progress:
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _show(self, stage: str, share: float) -> None:
        if stage != self._stage or self._bar is None:
            self.__exit__()
            self._stage = stage
            form = "{desc:<28} {percentage:3.0f} %|{bar:30}| {elapsed}"
            self._bar = tqdm(total=100, desc=stage, bar_format=form, file=sys.stderr)
        self._bar.update(100 * share - self._bar.n)


def here() -> Installation:
    """Open the installation of the settings until the command ends, its database in shape."""
    found = open_installation(Settings())
    _opened.callback(found.store.engine.dispose)
    migrate.upgrade(found.store)
    return found


def leave() -> None:
    """Let go of what the command opened: a server of databases is told that it is over."""
    _opened.close()


def stop(message: str, code: int) -> NoReturn:
    """Say why and end with this exit code."""
    typer.echo(f"barometer: {message}", err=True)
    raise SystemExit(code)


def require_suffix(path: Path, *allowed: str) -> None:
    """Refuse the name of an output whose ending says another format."""
    if path.suffix not in allowed:
        *others, last = allowed
        expected = f"{', '.join(others)} or {last}" if others else last
        raise typer.BadParameter(f"expected {expected}, got {path.suffix or 'nothing'}")


def write(path: Path, content: bytes) -> None:
    """Write a file beside its place and then rename it: a reader never sees half of it."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        stop(f"{path} cannot be written: {error.strerror}", REFUSED)
    typer.echo(f"{path}: {len(content) / 1024:.0f} kB")
