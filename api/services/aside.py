"""Do long sums in a process of their own at low priority, so that a lesson beside them goes on.

In a thread of the site they would hold the interpreter while 40 phones wait for their streets.
"""

import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar, cast

from .child import child

Result = TypeVar("Result")
PATIENCE_S = 0.2
NICE = 10


class StoppedError(Exception):
    """The program is being stopped; the work begins again at its next start."""


class BrokenOffError(RuntimeError):
    """The process that did the work ended without an answer."""


class Compute(Protocol):
    """A way to have a function computed: here and now, or aside."""

    def __call__(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Return what `work` returns."""
        ...


def directly(work: Callable[..., Result], *arguments: object) -> Result:
    """Return what `work` returns, computed in this thread."""
    return work(*arguments)


def aside(stopping: threading.Event) -> Compute:
    """Return a way to have work computed in another process until `stopping` is set.

    Work and arguments must be such that another process can be told of them.
    """

    def compute(work: Callable[..., Result], *arguments: object) -> Result:
        with child(_run, work, arguments) as receiving:
            while not receiving.poll(PATIENCE_S):
                if stopping.is_set():
                    raise StoppedError
            try:
                result, error = receiving.recv()
            except EOFError:
                raise BrokenOffError("the process of a long sum ended without an answer") from None
        if error is not None:
            raise error
        return cast("Result", result)

    return compute


def _run(sending: Connection, work: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    os.nice(NICE)
    answer: tuple[Any, Exception | None]
    try:
        answer = (work(*arguments), None)
    except Exception as error:  # noqa: BLE001 - raised again where the work was asked for
        answer = (None, error)
    sending.send(answer)
