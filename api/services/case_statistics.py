"""How cases go: how many are open, and how long answers and fixes take, by body and by cause."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from api.store import audit
from api.store.authorities import Case
from api.store.engine import Session
from api.store.models import Area, User
from geo.waiting import median_wait

from .areas import own_area
from .campaigns import today
from .case_rights import actor_of
from .case_states import OPEN
from .export_hotspots import csv_cell
from .installation import Installation
from .tables import is_overdue
from .view_cases import require_authority, visible_cases

ENOUGH = 5
"""Of fewer a median is chance."""
PERIODS = {"year": timedelta(days=365), "quarter": timedelta(days=91), "all": None}
NOBODY = ""
COLUMNS = (
    "group", "name", "opened", "open", "overdue", "done", "declined",
    "answer_n", "answered", "answer_median_days", "fix_n", "fixed", "fix_median_days",
)  # fmt: skip

Period = Literal["year", "quarter", "all"]


@dataclass(frozen=True)
class Wait:
    """How long something takes, over all who have waited or still wait."""

    n: int
    ended: int
    median: int | None
    """Days; None if they are too few, or if it has happened to less than half of them."""

    @property
    def word(self) -> Literal["few", "unreached", "known"]:
        """Return whether there is a median, and why not."""
        if self.n < ENOUGH:
            return "few"
        return "unreached" if self.median is None else "known"


@dataclass(frozen=True)
class Line:
    """The figures of one group of cases."""

    name: str
    """Of a body, or the code of a cause; empty for nobody, and for all together."""
    opened: int
    open: int
    overdue: int
    done: int
    declined: int
    answer: Wait
    fix: Wait


@dataclass(frozen=True)
class Statistics:
    """What an account may know of how its cases go, by name: this is no ranking."""

    area: Area
    own: list[Area]
    period: Period
    total: Line
    bodies: list[Line]
    causes: list[Line]


def case_statistics(
    here: Installation, user: User, area_name: str, period: Period, *, action: str
) -> Statistics:
    """Return the statistics of the cases that an account may see, and record that.

    Raises
    ------
    NotFoundError
        The same for a foreign area, for one that does not exist, and for schools.
    """
    require_authority(user)
    with here.store.read() as session:
        area, own = own_area(session, user, area_name)
        found = _cases(here, session, user, area, period)
        statistics = Statistics(
            area=area,
            own=own,
            period=period,
            total=_line("", found),
            bodies=_by(found, lambda case: case.owner or NOBODY),
            causes=_by(found, lambda case: case.cause),
        )
    with here.store.write() as session:
        audit.record(session, user.id, action, f"area {area.id}", cases=len(found))
    return statistics


def statistics_csv(found: Statistics) -> bytes:
    """Return the statistics for a spreadsheet, in UTF-8 with a byte-order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    groups = (("all", [found.total]), ("body", found.bodies), ("cause", found.causes))
    for group, lines in groups:
        for one in lines:
            counts = (one.opened, one.open, one.overdue, one.done, one.declined)
            waits = [(wait.n, wait.ended, wait.median) for wait in (one.answer, one.fix)]
            row = (group, one.name, *counts, *waits[0], *waits[1])
            writer.writerow([csv_cell(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _cases(
    here: Installation, session: Session, user: User, area: Area, period: Period
) -> list[Case]:
    """Return the cases that were opened in the period; what was merged lives on in another."""
    since = PERIODS[period]
    first = date.min if since is None else today() - since
    seen = visible_cases(session, actor_of(session, user), here.library.get(area))
    return [case for case in seen if case.state != "merged" and (case.opened_on or first) >= first]


def _by(found: list[Case], name_of: Callable[[Case], str]) -> list[Line]:
    names = sorted({name_of(case) for case in found}, key=lambda name: (not name, name))
    return [_line(name, [case for case in found if name_of(case) == name]) for name in names]


def _line(name: str, found: list[Case]) -> Line:
    return Line(
        name=name,
        opened=len(found),
        open=sum(case.state in OPEN for case in found),
        overdue=sum(is_overdue(case, today()) for case in found),
        done=sum(case.state == "done" for case in found),
        declined=sum(case.state == "declined" for case in found),
        answer=_wait((case.opened_on, case.answered_on) for case in found),
        # What was declined will never be done: it is counted, but waits for nothing.
        fix=_wait((case.opened_on, case.closed_on) for case in found if case.state != "declined"),
    )


def _wait(spans: Iterable[tuple[date | None, date | None]]) -> Wait:
    known = [(opened, end) for opened, end in spans if opened is not None]
    days = [max(0, ((end or today()) - opened).days) for opened, end in known]
    ended = [end is not None for _, end in known]
    median = median_wait(days, ended) if len(known) >= ENOUGH else None
    return Wait(len(known), sum(ended), median)
