"""What is worked out after a release, and what a release says beside the places."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.services.examine_release import examine_release
from api.services.installation import Installation
from api.services.read_release import Published, require_release
from api.services.release_content import gather_clusters
from api.store import releases
from api.store.engine import Store
from api.store.models import Campaign, School
from geo.protection import Row

Body = dict[str, Any]


@pytest.fixture
def closed(
    open_class: Callable[..., Campaign],
    send: Callable[..., list[str]],
    teacher: TestClient,
    work: Callable[..., int],
) -> Campaign:
    """A class of 25 of 30 that was closed, and what the worker made of it."""
    campaign = open_class(roster=30)
    send(campaign, 25)
    assert teacher.post(f"/teach/campaigns/{campaign.id}/close").is_redirect
    work(examine=True)
    return campaign


@pytest.fixture
def release(closed: Campaign, school: School, store: Store) -> Published:
    assert closed.id
    with store.read() as session:
        return require_release(session, school.area_id)


def test_nothing_is_examined_before_there_is_a_release(here: Installation, school: School) -> None:
    assert examine_release(here, school.area_id) is None


def test_a_release_is_examined_once_it_is_there(release: Published, store: Store) -> None:
    with store.read() as session:
        robustness = releases.robustness(session, release.area_id, release.number)

    assert robustness is not None
    assert robustness["participants"] == 25
    # 25 participants give no risk, and so nothing to vary.
    assert (release.mode, robustness["settings"]) == ("perception", [])


def test_directions_are_shown_only_where_they_hide_nobody(release: Published) -> None:
    ways = [row["passages_by"] for row in release.places]

    assert any("forward" in way for way in ways)
    for row in release.places:
        shown = row["passages_by"]
        if "forward" in shown:
            assert shown["forward"] + shown["backward"] <= row["passages"] * (1 + 1e-6)
        assert shown.get("after_school", 0.0) == 0.0
        if row["kind"] == "intersection":
            assert "forward" not in shown


def test_a_class_that_did_not_all_answer_stands_for_more(release: Published) -> None:
    told = next(iter(release.content["schools"].values()))

    assert (told["roster"], told["participants"], told["expansion"]) == (30, 25, 1.2)
    assert release.content["country"] == "DE"


def test_a_cluster_of_which_only_quiet_places_are_shown_is_none() -> None:
    def row(place: str, cluster: str | None, reporters: int) -> Row:
        return {"id": place, "cluster": cluster, "cluster_p": 0.001, "reporters": reporters,
                "normal": 0.5, "at_risk": 2.0}  # fmt: skip

    rows, clusters = gather_clusters(
        [row("a", "loud", 4), row("b", "loud", 0), row("c", "quiet", 0), row("d", None, 9)]
    )

    assert clusters == [
        {"id": "loud", "places": ["a", "b"], "observed": 4, "expected": 2.0, "p": 0.001}
    ]
    assert [one["cluster"] for one in rows] == ["loud", "loud", None, None]
