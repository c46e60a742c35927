"""Keys of areas and of the installation, outside database and backups; a use derives its own."""

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from api.errors import WrongKeyError
from api.settings import Settings

KEY_BYTES = 32
INSTALLATION = "_installation"
"""The name of the installation's own key, which no area can have."""


def ensure_area_key(settings: Settings, area_id: str) -> None:
    """Make the key of a new area, readable by the program alone; an existing one stays."""
    _ensure(settings, area_id)


def area_key(settings: Settings, area_id: str, purpose: str) -> bytes:
    """Return the area's key for one purpose ("seal", "phrase", "fingerprint").

    A lost key is an error and never replaced: a new one would not open what is stored.
    """
    return _derived(_path(settings, area_id), f"area {area_id!r}", purpose)


def installation_key(settings: Settings, purpose: str) -> bytes:
    """Return the installation's key for one purpose ("factor"), made when first needed.

    If it is lost, what it sealed must be set up anew: second factors of staff, and no more.
    """
    _ensure(settings, INSTALLATION)
    return _derived(_path(settings, INSTALLATION), "the installation", purpose)


def _ensure(settings: Settings, name: str) -> None:
    settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _path(settings, name)
    if path.exists():
        return
    beside = path.with_name(f".{name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    # A link never replaces: of two who make the key at once, both read the first one, whole.
    with suppress(FileExistsError):
        os.link(beside, path)
    beside.unlink()


def _derived(path: Path, whose: str, purpose: str) -> bytes:
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise WrongKeyError(f"the key of {whose} is missing: expected it at {path}") from None
    if len(key) != KEY_BYTES:
        raise WrongKeyError(f"expected a key of {KEY_BYTES} bytes at {path}, got {len(key)}")
    return hmac.digest(key, purpose.encode(), "sha256")


def _path(settings: Settings, name: str) -> Path:
    return settings.keys / f"{name}.key"
