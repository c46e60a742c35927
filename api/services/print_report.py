"""What a school prints: its safety report, the class poster, and the map to draw on at home."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from api.auth import show_code
from api.errors import NotEnoughError
from api.settings import Settings
from api.store.authorities import Case
from api.store.models import Campaign, School
from geo.base_layers import read_base_layers
from geo.countermeasures import suggest
from geo.crs import WGS84
from geo.policy import policy_table
from geo.protection import K_STAFF
from web.figures import flow_map
from web.letter import FIRST, council_letter
from web.paper_map import MapSheet, Paper, bounds_around, paper_map
from web.place_values import PlaceSheet
from web.posters import ClassPoster, class_poster
from web.report_values import Action, PlaceRow, SafetyReport, Step
from web.reports import safety_report
from web.street_map import GROUND_LAYERS
from web.tiles import BASEMAP

from .areas import LoadedArea, area_folder
from .read_release import Published, without_few_crashes
from .recommend_ways import recommend_ways
from .territory import WHOLE
from .view_place import tell_place
from .view_release import View
from .view_school import SchoolView, tell_change, tell_year

ROWS = 40
"""Places in the table: more than a council reads, and the files hold them all."""
MARKED = 10
SHEETS = 10
"""Confirmed hotspots with a sheet in the annex, as many as the map has numbers."""
WHOLE_MM, CUTOUT_MM = 205.0, 95.0
"""Height of the map of the report, and of the letter's."""
KNOWN = frozenset({"ratings", "conflicts", "places", "eligible", "crashes"})
"""What a release counts that its figures rest on."""


def print_report(view: SchoolView, area: LoadedArea, language: str) -> bytes:
    """Return the report of a school as PDF, all of it from one release.

    Raises
    ------
    NotEnoughError
        If fewer participants of the school are in the release than may be shown.
    """
    report = assemble(view, area, language)
    return safety_report(replace(report, sheets=_sheets(view, area, language)))


def print_letter(view: SchoolView, area: LoadedArea, language: str) -> bytes:
    """Return the school's letter to the council as PDF; it raises as `print_report` does."""
    return council_letter(assemble(view, area, language, cut_out=True), view.area.title)


def assemble(
    view: SchoolView, area: LoadedArea, language: str, *, cut_out: bool = False
) -> SafetyReport:
    """Return what the report of a school says; it raises as `print_report` does.

    With `cut_out` its map shows the first places alone.
    """
    release, school, cases = view.release, view.school, view.cases
    answered = release.content["schools"].get(str(school.id), {})
    if "participants" not in answered:
        raise NotEnoughError(
            f"too few students of {school.name} are in release {release.number}: "
            f"at least {K_STAFF} are needed"
        )
    release = without_few_crashes(release)
    rows = _passed(release, school)
    return SafetyReport(
        language=language,
        simulated=release.content["simulated"],
        school=school.name,
        campaign=", ".join(answered["titles"]),
        from_day=date.fromisoformat(answered["from_day"]),
        to_day=min(date.fromisoformat(answered["to_day"]), release.day),
        release_number=release.number,
        release_day=release.day,
        release_hash=release.content_hash,
        participants=answered["participants"],
        routes=answered["routes"],
        km=answered["km"],
        km_rated=answered["km_rated"],
        share_rated=answered["km_rated"] / answered["km"] if answered["km"] else 0.0,
        roster=answered["roster"],
        mode=release.content["mode"],
        missing=release.content["missing"],
        places=tuple(_row(place, row, cases) for place, row in enumerate(rows[:ROWS], start=1)),
        map_svg=_map(release, rows, school, area, language, cut_out=cut_out),
        settings=_settings(release.content["policy"]),
        network_version=release.content["network_version"],
        osm_date=_day(release.content["osm_date"]),
        software_version=release.content["software"],
        at_least=K_STAFF,
        known={
            name: count for name, count in release.content["parameters"].items() if name in KNOWN
        },
        robustness=release.robustness,
        **_around(view, release, rows, area),
    )


def _sheets(view: SchoolView, area: LoadedArea, language: str) -> tuple[PlaceSheet, ...]:
    """Return the sheet of each confirmed hotspot on the ways of the school, as schools see it."""
    release = without_few_crashes(view.release)
    seen = View(
        area=view.area,
        own=[],
        newest=release,
        years=[],
        cases=view.cases,
        simulated=view.simulated,
        territory=WHOLE,
        crashes=False,
    )
    if release.mode != "risk":
        return ()
    confirmed = [row for row in _passed(release, view.school) if row["state"] == "confirmed"]
    return tuple(tell_place(seen, area, row["id"], language) for row in confirmed[:SHEETS])


def _passed(release: Published, school: School) -> list[dict[str, Any]]:
    """Return the places that the school's students pass, in their rank."""
    return [row for row in release.places if str(school.id) in row["schools"]]


def _around(
    view: SchoolView, release: Published, rows: list[dict[str, Any]], area: LoadedArea
) -> dict[str, Any]:
    """Return what the report says beside the figures of single places."""
    passed = {row["id"] for row in rows}
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons.update(row["reasons"])
    ways = recommend_ways(view.public, view.school, area, simulated=view.simulated)
    return {
        "ways": ways.map,
        "stressful": tell_year(release, view.school).meter.stressful,
        "reasons": reasons,
        "actions": tuple(_actions(rows, view)),
        "effects": tuple(row for row in release.effects if not passed.isdisjoint(row["places"])),
        "change": tell_change(view),
    }


def _actions(rows: list[dict[str, Any]], view: SchoolView) -> Iterator[Action]:
    """Yield the cases at the places, the newest first; one that is about several of them once."""
    # Of several places the first in rank names it.
    named = {
        view.cases[row["id"]].id: (view.cases[row["id"]], row)
        for row in reversed(rows)
        if row["id"] in view.cases
    }
    for _, (case, row) in sorted(named.items(), reverse=True):
        yield Action(
            name=row["name"],
            kind=row["kind"],
            state=case.state,
            owner=case.owner or "",
            opened_on=case.opened_on,
            due_on=case.due_on,
            answer=case.answer,
            steps=tuple(
                Step(one.what, one.kind, one.planned_on, one.done_on)
                for one in view.steps.get(case.id, ())
            ),
        )


def print_poster(campaign: Campaign, settings: Settings, language: str) -> bytes:
    """Return the poster with a class's code as PDF, in the class's language or another one."""
    code = show_code(campaign.code)
    with_cards = campaign.consent_kind == "cards"
    return class_poster(
        ClassPoster(
            language=language,
            simulated=campaign.simulated,
            school=campaign.school.name,
            campaign=campaign.title,
            code=code,
            address=settings.base_url.split("://", 1)[-1],
            join_address=settings.base_url if with_cards else f"{settings.base_url}/?code={code}",
            day=campaign.from_day,
            at_least=K_STAFF,
            with_cards=with_cards,
        )
    )


def print_map(  # noqa: PLR0913 - what a person may choose, by name
    campaign: Campaign,
    area: LoadedArea,
    settings: Settings,
    language: str,
    *,
    paper: Paper,
    radius_m: int,
) -> bytes:
    """Return the map around the campaign's school as PDF: for those who draw at home."""
    school = campaign.school.location
    tiles = area_folder(settings, area.id, area.version) / BASEMAP
    bounds = bounds_around(school, radius_m=radius_m, paper=paper)
    return paper_map(
        MapSheet(
            language=language,
            simulated=campaign.simulated,
            school=campaign.school.name,
            campaign=campaign.title,
            paper=paper,
            radius_m=radius_m,
            day=campaign.from_day,
        ),
        area.network,
        read_base_layers(tiles, GROUND_LAYERS, bounds),
        school,
    )


def _row(number: int, row: dict[str, Any], cases: dict[str, Case]) -> PlaceRow:
    case = cases.get(row["id"])
    reasons = sorted(row["reasons"], key=lambda reason: -row["reasons"][reason])
    return PlaceRow(
        rank=number,
        reasons=tuple(reasons),
        assumptions=tuple(row["assumptions"]),
        case_state=case.state if case else "",
        owner=(case.owner or "") if case else "",
        due_on=case.due_on if case else None,
        measures=tuple(suggest(row)),
        quotes=tuple(row["quotes"]),
        **{
            name: row[name]
            for name in (
                "name", "kind", "type", "state", "participants", "reporters", "danger",
                "danger_low", "danger_high", "index", "index_low", "index_high", "probability",
                "weight", "evidence", "avoidable", "avoidable_low", "avoidable_high", "yearly",
                "excess", "crashes", "crash_share", "cluster", "assumed",
            )
        },
    )  # fmt: skip


def _settings(policy: dict[str, float]) -> tuple[tuple[str, str, str, str], ...]:
    """Return the settings the release was computed with, which later versions may have changed."""
    return tuple(
        (row["name"], f"{policy[row['name']]:g}", row["unit"], row["source"])
        for row in policy_table()
        if row["name"] in policy
    )


def _map(  # noqa: PLR0913 - what is drawn and how much of it
    release: Published,
    rows: list[dict[str, Any]],
    school: School,
    area: LoadedArea,
    language: str,
    *,
    cut_out: bool = False,
) -> str:
    """Return where students ride with the first places, or a cut-out around these."""
    flows = pd.Series(
        {row["id"]: row["passages"] for row in rows if row["kind"] == "segment"}, dtype=float
    )
    if flows.empty:
        return ""
    weeks = release.content["policy"]["school_weeks"]
    risk = release.content["mode"] == "risk"
    claimed = [row for row in rows if row["state"] != "unknown" or not risk]
    first = claimed[:FIRST] if cut_out else rows[:MARKED]
    places = gpd.GeoDataFrame(
        {"rank": range(1, len(first) + 1), "state": [row["state"] for row in first]},
        geometry=[shapely.Point(row["lon"], row["lat"]) for row in first],
        crs=WGS84,
    )
    return flow_map(
        area.network,
        flows * 1000 / weeks,
        places,
        school.location,
        language=language,
        mode=release.content["mode"],
        height=CUTOUT_MM if cut_out else WHOLE_MM,
        around="places" if cut_out else "all",
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
