"""Open what was sealed.

Publishing alone opens contributions, moderation alone texts before that, and signing in the
secrets of staff: import-linter checks it.
"""

import json
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from api.errors import WrongKeyError

from .sealing import NONCE_BYTES


def open_sealed(key: bytes, sealed: bytes, *, bound_to: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what was sealed for `bound_to`.

    Raises
    ------
    WrongKeyError
        If key, content or owner are not the ones it was sealed with.
    """
    nonce, encrypted = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return json.loads(AESGCMSIV(key).decrypt(nonce, encrypted, bound_to.encode()))
    except InvalidTag:
        raise WrongKeyError("the key does not open what was sealed") from None
