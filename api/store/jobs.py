"""Queries on the queue of long work."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from .models import Job

EXAMINE = "examine"
"""The job that tells how far a release hangs on its settings."""

DIGEST = "digest"
"""The job that writes what is new to accounts; its subject is the day."""
OPEN_DATA = "open data"
"""The job that publishes a release as open data."""


def enqueue(session: Session, kind: str, subject: str, now: datetime) -> Job:
    """Queue work unless the same is waiting already."""
    waiting = session.scalar(
        select(Job).where(Job.kind == kind, Job.subject == subject, Job.state == "queued")
    )
    if waiting is not None:
        return waiting
    job = Job(kind=kind, subject=subject, created_at=now)
    session.add(job)
    return job


def take(session: Session) -> Job | None:
    """Mark the oldest queued job as running and return it; nobody waits for examinations."""
    job = session.scalar(
        select(Job)
        .where(Job.state == "queued")
        .order_by(Job.kind == EXAMINE, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is not None:
        job.state = "running"
    return job


def finish(session: Session, job_id: int, state: str, message: str, now: datetime) -> None:
    """Record how a job ended."""
    session.execute(
        update(Job).where(Job.id == job_id).values(state=state, message=message, finished_at=now)
    )


def requeue_running(session: Session) -> None:
    """Queue again what a stopped worker left behind; only for the one worker of a process."""
    session.execute(update(Job).where(Job.state == "running").values(state="queued"))


def latest(session: Session, kind: str, subject: str) -> Job | None:
    """Return the newest job of a kind about one subject."""
    return session.scalar(
        select(Job).where(Job.kind == kind, Job.subject == subject).order_by(Job.id.desc()).limit(1)
    )


def is_waiting(session: Session) -> bool:
    """Return whether any job is queued, without taking the write lock."""
    return session.scalar(select(Job.id).where(Job.state == "queued").limit(1)) is not None
