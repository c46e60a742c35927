"""Everything about one place of a release that its sheet tells, for the account that asks."""

from collections.abc import Callable
from datetime import date
from typing import Any

from api.store import crashes
from api.store.engine import Session, Store
from geo.black_spots import SpotCrash, judge, rule_of
from geo.compass import eighth
from geo.countermeasures import suggest
from geo.countries import country
from web.directions import shares_of_rides
from web.effects import effect_sentences, measures_at
from web.place_plan import Arm, arms_of, place_plan, plan_legend
from web.place_values import BlackSpot, CaseBox, PlaceSheet
from web.translation import translations
from web.verdict import missing_to_confirm

from .areas import LoadedArea
from .read_release import require_place
from .view_release import View


def view_place(
    store: Store,
    view: View,
    loaded: LoadedArea,
    place_id: str,
    language: str,
) -> PlaceSheet:
    """Return the sheet of a place that the account sees.

    Raises
    ------
    NotFoundError
        The same for a place that is hidden, foreign or not there.
    """
    require_place(view.release, place_id)
    with store.read() as session:
        spot = _black_spot(session, view, place_id)
    return tell_place(view, loaded, place_id, language, spot=spot)


def tell_place(
    view: View,
    loaded: LoadedArea,
    place_id: str,
    language: str,
    *,
    spot: BlackSpot | None = None,
) -> PlaceSheet:
    """Return what the sheet of a place says; it raises as `view_place` does."""
    release, area = view.release, view.area
    row = require_place(release, place_id)
    catalogue = translations(language)
    say: Callable[[str], str] = catalogue.gettext
    arms, plan = _plan(loaded, view, row, language)
    osm = release.content["osm_date"]
    return PlaceSheet(
        language=language,
        simulated=view.simulated,
        area=area.title,
        row=row,
        mode="risk" if release.mode == "risk" else "perception",
        release_number=release.number,
        release_day=release.day,
        release_hash=release.content_hash,
        osm_date=date.fromisoformat(osm) if osm else None,
        plan=plan,
        legend=tuple(plan_legend(arms, say)) if plan else (),
        arms=tuple(arms),
        shares=tuple(_shares(loaded, row, say)),
        measures=tuple(suggest(row)),
        missing=tuple(missing_to_confirm(row, release.mode, release.content["policy"],
                                         language, say)),
        effects=tuple(
            " ".join(effect_sentences(one, language, catalogue, place_id))
            for one in measures_at(release.effects, place_id)
        ),
        case=_case(view, place_id),
        spot=spot,
    )  # fmt: skip


def _plan(
    loaded: LoadedArea,
    view: View,
    row: dict[str, Any],
    language: str,
) -> tuple[list[Arm], str]:
    """Return the arms of a place and its plan; nothing of one that an older network had."""
    if row["id"] not in loaded.network.places.index:
        return [], ""
    arms = arms_of(loaded.network, row["id"], {one["id"]: one for one in view.release.places})
    side = country(view.area.country or "").nearside
    plan = place_plan(loaded.network, row["id"], arms, language=language, drives_on=side)
    return arms, plan


def _shares(loaded: LoadedArea, row: dict[str, Any], say: Callable[[str], str]) -> list[Any]:
    places = loaded.network.places
    drawn = row["kind"] == "segment" and row["id"] in places.index
    towards = eighth(places.geometry.loc[row["id"]]) if drawn else None
    return shares_of_rides(row["passages_by"], towards, say)


def _case(view: View, place_id: str) -> CaseBox | None:
    case = view.cases.get(place_id)
    if case is None:
        return None
    return CaseBox(case.id, case.state, case.owner or "", case.opened_on, case.due_on, case.answer)


def _black_spot(session: Session, view: View, place_id: str) -> BlackSpot | None:
    """Return what the official rule says, for those who may know of few crashes."""
    stored = crashes.summary(session, view.area.id) if view.crashes else []
    if not stored:
        return None
    rule = rule_of(view.area.country or "")
    if rule is None:
        return BlackSpot(None, None)
    found = [
        SpotCrash(one.year, one.severity, one.n_fatal, one.n_serious, one.n_slight)
        for one in crashes.at_place(session, view.area.id, place_id)
    ]
    everybody = any(one.rows > one.with_bicycle + one.bicycle_unknown for one in stored)
    return BlackSpot(rule, judge(rule, found, {one.year for one in stored}, everybody=everybody))
