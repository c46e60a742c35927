"""The lesson kit of a campaign, filled from the newest release as its students may see it."""

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from api.settings import Settings
from api.store.models import Campaign
from geo.crs import WGS84
from geo.lesson import streets_around
from geo.network import Network
from geo.protection import BATCH
from web.kit_values import KitPlace, KitResults, LessonKit

from .areas import LoadedArea
from .public_rows import STEP, public_rows, rests_on_one_class, round_down
from .read_release import Published, without_few_crashes
from .release_content import K_PUBLIC

Row = dict[str, Any]


def lesson_kit(
    campaign: Campaign,
    release: Published | None,
    area: LoadedArea,
    settings: Settings,
    language: str,
) -> LessonKit:
    """Return what the kit of a campaign is made from; without a release it has no results."""
    school = campaign.school
    results = _results(release, school.id, area.network) if release else None
    shapes = [place.geometry for place in results.places] if results else []
    return LessonKit(
        language=language,
        simulated=campaign.simulated or bool(release and release.content["simulated"]),
        campaign_id=campaign.id,
        campaign=campaign.title,
        school=school.name,
        location=shapely.Point(school.location.x, school.location.y),
        address=settings.base_url.split("://", 1)[-1],
        day=release.day if release else campaign.from_day,
        osm_date=school.area.osm_date,
        network=area.network,
        streets=streets_around(
            area.network.segments, school.location, gpd.GeoSeries(shapes, crs=WGS84)
        ),
        needed=BATCH,
        at_least=K_PUBLIC,
        results=results,
    )


def _results(release: Published, school_id: int, network: Network) -> KitResults:
    rows = public_rows(without_few_crashes(release), school_id)
    weeks = release.content["policy"]["school_weeks"]
    flows = {row["id"]: row["passages"] for row in rows if row["kind"] == "segment"}
    answered = release.content["schools"].get(str(school_id), {})
    return KitResults(
        number=release.number,
        day=release.day,
        content_hash=release.content_hash,
        mode=release.mode,  # type: ignore[arg-type]  # one of the two, as the release says
        one_class=rests_on_one_class(release),
        places=tuple(
            _place(rank, row, network, release.mode) for rank, row in enumerate(rows, start=1)
        ),
        flows=pd.Series(flows, dtype=float) * 1000 / weeks,
        **_participation(answered),
    )


def _participation(answered: Row) -> Row:
    """Return who took part, in steps of five, or nothing where they are fewer than ten."""
    if answered.get("participants", 0) < K_PUBLIC:
        return {}
    share = answered["km_rated"] / answered["km"] if answered["km"] else 0.0
    return {
        "students": round_down(answered["participants"]),
        "routes": round_down(answered["routes"]),
        "km": round_down(answered["km"]),
        "share_rated": share,
    }


def _place(rank: int, row: Row, network: Network, mode: str) -> KitPlace:
    # Many may pass where few have said how it feels: then it is not known how it feels.
    felt = ("danger", "danger_low", "danger_high") if row["ratings"] >= K_PUBLIC else ()
    claimed = mode == "risk" and row["state"] != "unknown"
    risk = ("index", "index_low", "index_high") if claimed else ()
    reasons = sorted(row["reasons"], key=lambda reason: (-row["reasons"][reason], reason))
    return KitPlace(
        rank=rank,
        geometry=_geometry(row, network),
        students=round_down(row["participants"]),
        ratings=round_down(row["ratings"]),
        reasons=tuple(reason for reason in reasons if row["reasons"][reason] >= STEP),
        **{name: row[name] for name in ("id", "kind", "type", "name", "state", "stress")},
        **{name: row[name] for name in (*felt, *risk)},
    )


def _geometry(row: Row, network: Network) -> shapely.Geometry:
    """Return the shape of a place; one that is no longer in the network is where it was."""
    if row["id"] in network.places.index:
        return network.places.geometry.loc[row["id"]]
    return shapely.Point(row["lon"], row["lat"])
