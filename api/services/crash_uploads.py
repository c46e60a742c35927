"""Files of crashes between their preview and their import.

They lie under `uploads/` in the data folder, one upload for an account at a time: they go when
the import is confirmed or given up, with the account's next upload, and an hour after they came,
when anybody opens a page of crashes.
"""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from api.auth import digest, new_token
from api.errors import BodyTooLargeError, NotFoundError
from api.settings import Settings
from api.store.models import User
from geo.crashes.errors import CrashFileUnreadableError
from geo.crashes.records import Reading

from .import_crashes import Order

MAX_UPLOAD = 50 * 1024 * 1024
MAX_FILES = 12
KEPT = timedelta(hours=1)
ABOUT = "about.json"
BLOCK = 1 << 20
LONGEST_NAME = 80


@dataclass(frozen=True)
class Upload:
    """Files that wait for their import, and how they are to be read."""

    folder: Path
    names: tuple[str, ...]
    order: Order

    @property
    def paths(self) -> list[tuple[Path, str]]:
        """Return the files with the names that people know them by."""
        return [(self.folder / str(number), name) for number, name in enumerate(self.names)]


def keep_upload(
    settings: Settings, user: User, files: Iterable[tuple[str, BinaryIO]], order: Order
) -> str:
    """Keep files for a while and return the token that finds them.

    Raises
    ------
    BodyTooLargeError
        If they are larger than 50 MB together; then none is kept.
    """
    sweep_uploads(settings, of=user.id)
    token = new_token()
    folder = _home(settings) / digest(token)
    folder.mkdir(mode=0o700, parents=True)
    try:
        names = tuple(_copy(files, folder))
        _write(folder, user.id, Upload(folder, names, order))
    except BaseException:
        shutil.rmtree(folder)
        raise
    return token


def _copy(files: Iterable[tuple[str, BinaryIO]], folder: Path) -> Iterable[str]:
    left = MAX_UPLOAD
    number = -1
    for number, (name, file) in enumerate(files):
        with (folder / str(number)).open("wb") as out:
            while block := file.read(BLOCK):
                left -= len(block)
                if left < 0:
                    raise BodyTooLargeError(f"expected at most {MAX_UPLOAD >> 20} MB, got more")
                out.write(block)
        yield _shown(name) or f"file {number + 1}"
    if number < 0:
        raise CrashFileUnreadableError("expected at least one file, got none")


def _shown(name: str) -> str:
    bare = re.split(r"[\\/]", name)[-1].strip()
    return "".join(sign for sign in bare if sign.isprintable())[-LONGEST_NAME:]


def find_upload(settings: Settings, user: User, token: str) -> Upload:
    """Return the upload of an account; a foreign one and one that is gone read the same.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    sweep_uploads(settings)
    folder = _home(settings) / digest(token)
    about = _read(folder)
    if about is None or about["user"] != user.id:
        raise NotFoundError("these files are no longer kept: upload them again")
    order = Order(about["area"], _reading(about["reading"]), about["source"])
    return Upload(folder, tuple(about["names"]), order)


def change_upload(user: User, upload: Upload, order: Order) -> None:
    """Read the files of an upload in another way from now on."""
    _write(upload.folder, user.id, Upload(upload.folder, upload.names, order))


def discard_upload(upload: Upload) -> None:
    """Remove the files of an upload."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def sweep_uploads(settings: Settings, *, of: int | None = None) -> None:
    """Remove the uploads that are older than an hour, and all of one account."""
    now = datetime.now(UTC)
    for folder in _home(settings).glob("*"):
        about = _read(folder)
        came = datetime.fromtimestamp(folder.stat().st_mtime, UTC) if folder.exists() else now
        if now - came > KEPT or (about is not None and about["user"] == of):
            shutil.rmtree(folder, ignore_errors=True)


def _home(settings: Settings) -> Path:
    return settings.data_dir / "uploads"


def _write(folder: Path, user_id: int, upload: Upload) -> None:
    about = {
        "user": user_id,
        "area": upload.order.area_id,
        "names": upload.names,
        "source": upload.order.source,
        "reading": vars(upload.order.reading),
    }
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return about


def _reading(content: Mapping[str, Any]) -> Reading:
    return Reading(**{**content, "bicycle": tuple(content["bicycle"])})
