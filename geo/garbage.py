"""Building without Python's cyclic garbage collector."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def uncollected() -> Iterator[None]:
    """Leave the collector out of what makes millions of small objects and no cycles of them.

    It would look through all of them again and again, in a city for a third of the time. What is
    no longer used is freed as ever: that is not the collector's work.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
