"""Choose the places of a release that a filter asks for, by what the release itself tells."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from api.store.authorities import Case

from .read_release import Published

Evidence = Literal["", "claimed", "confirmed", "watch", "unknown"]
PartOfDay = Literal["", "before_school", "after_school"]
CaseChoice = Literal[
    "", "any", "none", "new", "acknowledged", "investigating", "planned", "in_work", "done",
    "declined",
]  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """Which places are asked for; empty is all of them.

    School and part of the day are the fixed breakdowns of a release (PRIVACY R6): where it does
    not tell them, because too few stand behind a part or behind the rest, a place is left out.
    """

    school: str = ""
    time: PartOfDay = ""
    reason: str = ""
    case: CaseChoice = ""
    evidence: Evidence = ""
    kind: str = ""
    """intersection, segment, or a type of places."""

    def words(self) -> str:
        """Return what is chosen, as an address says it; nothing for all places."""
        return urlencode({name: value for name, value in asdict(self).items() if value})


def choose_places(release: Published, cases: Mapping[str, Case], choice: Choice) -> list[Row]:
    """Return the rows that fit, in the order and with the ranks of the release."""
    return [row for row in release.places if _fits(row, cases.get(row["id"]), choice)]


def _fits(row: Row, case: Case | None, choice: Choice) -> bool:
    return (
        (not choice.school or choice.school in row["schools"])
        and (not choice.time or row["passages_by"].get(choice.time, 0) > 0)
        and (not choice.reason or choice.reason in row["reasons"])
        and (not choice.kind or choice.kind in (row["kind"], row["type"]))
        and _has_evidence(row["state"], choice.evidence)
        and _has_case(case, choice.case)
    )


def _has_evidence(state: str, asked: Evidence) -> bool:
    return asked in ("", state) or (asked == "claimed" and state != "unknown")


def _has_case(case: Case | None, asked: CaseChoice) -> bool:
    if asked in ("", "any", "none"):
        return asked == "" or (case is not None) == (asked == "any")
    return case is not None and case.state == asked


@dataclass(frozen=True)
class Offer:
    """What can be asked for at all: what occurs in a release."""

    schools: dict[str, str]
    """Names of schools by id, of which the release tells some places."""
    times: list[str]
    reasons: list[str]
    types: list[str]
    cases: list[str]


def offered(release: Published, cases: Mapping[str, Case]) -> Offer:
    """Return what the filters of a release can choose from; with a choice of one there is none."""
    rows = release.places
    told = {school for row in rows for school in row["schools"]}
    names = {
        school: str(about["name"])
        for school, about in release.content["schools"].items()
        if school in told
    }
    parts = {part for row in rows for part in row["passages_by"]}
    return Offer(
        schools=dict(sorted(names.items(), key=lambda pair: pair[1])),
        times=[part for part in ("before_school", "after_school") if part in parts],
        reasons=sorted({reason for row in rows for reason in row["reasons"]}),
        types=sorted({row["type"] for row in rows}),
        cases=sorted({cases[row["id"]].state for row in rows if row["id"] in cases}),
    )
