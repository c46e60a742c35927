"""Static files and the addresses under which browsers may keep them for long."""

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@cache
def static_address(path: str) -> str:
    """Return the address of a static file with its content's hash, so that it may be kept long."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()
    return f"/static/{path}?v={digest[:10]}"
