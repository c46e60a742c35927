"""Does the work that takes longer than a request may: one job after the other."""

import logging
import threading
import time
from datetime import UTC, datetime

from api.errors import BarometerError
from api.services.aside import Compute, StoppedError, aside, directly
from api.services.examine_release import examine_release
from api.services.installation import Installation
from api.services.make_edition import make_edition
from api.services.publish_area import publish_area
from api.services.send_digests import queue_digests, send_digests
from api.store import jobs
from api.store.models import Job

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
LOOK_SECONDS = 1800
"""How often it is asked whether a new day has come, or mails wait that no server took."""


class Worker:
    """Takes jobs from the queue, in a thread until it is stopped."""

    def __init__(self, here: Installation) -> None:
        self._here = here
        self._stopping = threading.Event()
        self._compute: Compute = directly
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take up what an earlier run left behind, then work beside the requests until `stop`."""
        self._stopping.clear()
        self._compute = aside(self._stopping)
        with self._here.store.write() as session:
            jobs.requeue_running(session)
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Break off the sums of the job at hand, which begins again at the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _work(self) -> None:
        look_at = 0.0
        while not self._stopping.is_set():
            if time.monotonic() >= look_at:
                queue_digests(self._here)
                look_at = time.monotonic() + LOOK_SECONDS
            if not self.run_one():
                self._stopping.wait(IDLE_SECONDS)

    def run_one(self) -> bool:
        """Do the oldest job; return whether there was one."""
        with self._here.store.read() as session:
            if not jobs.is_waiting(session):
                return False
        with self._here.store.write() as session:
            job = jobs.take(session)
        if job is None:
            return False
        try:
            state, message = self._attempt(job)
        except StoppedError:
            return False
        with self._here.store.write() as session:
            jobs.finish(session, job.id, state, message, datetime.now(UTC))
        return True

    def _attempt(self, job: Job) -> tuple[str, str]:
        try:
            return "done", self._run(job)
        except StoppedError:
            raise
        except BarometerError as error:
            return "failed", str(error)
        except Exception:
            logger.exception("job %d (%s) failed", job.id, job.kind)
            return "failed", "this is our fault; it is in the log"

    def _run(self, job: Job) -> str:
        if job.kind == jobs.EXAMINE:
            examined = examine_release(self._here, job.subject, self._compute)
            return f"release {examined.number} examined" if examined else "nothing to examine"
        if job.kind == jobs.DIGEST:
            return str(send_digests(self._here))
        if job.kind == jobs.OPEN_DATA:
            area_id, _, number = job.subject.partition("/")
            made = make_edition(self._here, area_id, seen=int(number))
            return f"open data {made.period}-{made.release}"
        area_id, _, campaign = job.subject.partition("/")
        closing = int(campaign) if campaign else None
        release = publish_area(self._here, area_id, closing, self._compute)
        return f"release {release.number}"
