"""Run work on files from outside in a process that may be killed: with too much time or memory."""

import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar, cast

from api.errors import BarometerError
from geo.crashes.errors import CrashFileUnreadableError
from geo.errors import GeoError

from .child import child

Result = TypeVar("Result")
SECONDS = 120
MEMORY = 4 << 30
"""Bytes; 450,000 crashes of 40 MB take less than one gigabyte."""


def apart(
    work: Callable[..., Result],
    *arguments: object,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    refusal: Callable[[str], Exception] = CrashFileUnreadableError,
) -> Result:
    """Return what `work` returns, done in a process of its own.

    Work and arguments must be such that another process can be told of them.

    Raises
    ------
    CrashFileUnreadableError
        Or what `refusal` makes of the sentence: if it takes more time or memory than a file is
        worth, or brings its process down.
    GeoError, BarometerError
        As `work` raises it.
    """
    with child(_run, memory, work, arguments) as receiving:
        try:
            answer = receiving.recv() if receiving.poll(seconds) else None
        except EOFError:
            answer = None
    if answer is None:
        raise refusal(
            f"expected files that are read in {seconds:g} s and {memory >> 30} GB, got larger ones"
        )
    result, error = answer
    if error is not None:
        raise error
    return cast("Result", result)


def _run(
    sending: Connection, memory: int, work: Callable[..., Any], arguments: tuple[object, ...]
) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, most))
    try:
        sending.send((work(*arguments), None))
    except (GeoError, BarometerError) as error:
        sending.send((None, error))
