"""The key of each area: a file outside database and backups; every use derives its own."""

import hmac
import os
import secrets
from pathlib import Path

from api.errors import WrongKeyError
from api.settings import Settings

KEY_BYTES = 32


def ensure_area_key(settings: Settings, area_id: str) -> None:
    """Make the key of a new area, readable by the program alone; an existing one stays."""
    settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(_path(settings, area_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


def area_key(settings: Settings, area_id: str, purpose: str) -> bytes:
    """Return the area's key for one purpose ("seal", "phrase", "fingerprint").

    A lost key is an error and never replaced: a new one would not open what is stored.
    """
    path = _path(settings, area_id)
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise WrongKeyError(
            f"the key of area {area_id!r} is missing: expected it at {path}"
        ) from None
    if len(key) != KEY_BYTES:
        raise WrongKeyError(f"expected a key of {KEY_BYTES} bytes at {path}, got {len(key)}")
    return hmac.digest(key, purpose.encode(), "sha256")


def _path(settings: Settings, area_id: str) -> Path:
    return settings.keys / f"{area_id}.key"
