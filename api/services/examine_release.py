"""Work out how far a ranking hangs on the settings and on who answered."""

import logging
from collections.abc import Mapping
from typing import Any, cast

import pandas as pd

from api.store import releases
from api.store.models import Release
from geo.evidence import Evidence
from geo.policy import load_policy
from geo.sensitivity import severity_ranks, split_halves, vary_settings
from geo.summary import conclude, prepare

from .area_evidence import area_evidence
from .aside import Compute, directly
from .installation import Installation
from .release_content import rounded

logger = logging.getLogger(__name__)


def examine_release(
    here: Installation, area_id: str, compute: Compute = directly
) -> Release | None:
    """Keep beside the newest release how robust it is; None where there is nothing to examine.

    It takes many fits, which nobody waits for. What arrived since the release is in it too: the
    question is how the method behaves on these data, not what a place shows.
    """
    with here.store.read() as session:
        newest = releases.newest(session, area_id)
        if newest is None:
            return None
        evidence = area_evidence(here, session, area_id)
    robustness = compute(
        _examine,
        evidence.loaded.network.places,
        evidence.gathered.evidence,
        evidence.area.reference_rate,
    )
    robustness["participants"] = len(evidence.participants)
    with here.store.write() as session:
        release = releases.find(session, area_id, newest.number)
        if release is not None:
            release.robustness = cast("dict[str, Any]", rounded(robustness))
    logger.info("examined release %d of %s", newest.number, area_id)
    return newest


def _examine(
    places: pd.DataFrame, evidence: Evidence, reference_rate: Mapping[str, float] | None
) -> dict[str, Any]:
    policy = load_policy()
    prepared = prepare(places, evidence, policy)
    usual = conclude(prepared, policy, reference_rate=reference_rate)
    if usual.mode == "perception":
        return {"settings": [], "halves": None, "severities": []}
    severities: list[dict[str, Any]] = []
    if evidence.crashes is not None and not prepared.exposed["crashes"].isna().any():
        ranked = severity_ranks(evidence.crashes)
        severities = [{"id": str(place), **row} for place, row in ranked.to_dict("index").items()]
    return {
        "settings": [
            varied._asdict() for varied in vary_settings(places, evidence, policy, prepared, usual)
        ],
        "halves": split_halves(places, evidence, policy)._asdict(),
        "severities": severities,
    }
