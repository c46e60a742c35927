"""Close what a student sent so that only the publishing service reads it again."""

import json
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

NONCE_BYTES = 12


def seal(key: bytes, content: object, *, bound_to: str) -> bytes:
    """Return `content` as encrypted, authenticated JSON that only opens for `bound_to`.

    Bound to the id of its row, a sealed value cannot be moved under another participant.
    """
    nonce = os.urandom(NONCE_BYTES)
    plain = json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
    return nonce + AESGCMSIV(key).encrypt(nonce, plain, bound_to.encode())
