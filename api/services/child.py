"""Start a process of its own that answers once through a pipe, and leave none behind."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

# Imported once in the server that children are forked from: started anew, each would spend two
# seconds on imports before it looks at the first byte. The server itself has one thread and does
# nothing, so that forking it is safe where forking the site is not.
PRELOADED = [
    "api.services.attach_image",
    "api.services.crash_uploads",
    "api.services.examine_release",
    "api.services.publish_area",
]


@contextmanager
def child(run: Callable[..., None], *arguments: object) -> Iterator[Connection]:
    """Give the end of a pipe on which `run(sending, *arguments)` answers from another process.

    What goes through the pipe never lies on a disk. The process is killed at the end, whether
    it has answered or not; one that ended without an answer lets the pipe raise `EOFError`.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=run, args=(sending, *arguments), daemon=True)
    process.start()
    # The child holds the only writing end, so that its death ends the pipe.
    sending.close()
    try:
        yield receiving
    finally:
        process.kill()
        process.join()
        receiving.close()
