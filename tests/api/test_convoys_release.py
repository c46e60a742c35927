"""What a release tells of convoys, and what no two releases tell of a student."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.schemas.ride import RouteIn, SegmentStep
from api.services.areas import LoadedArea
from api.services.campaigns import NewCampaign, create_campaign, today
from api.services.contributions import Opened, gather
from api.services.installation import Installation
from api.services.join_class import join_class
from api.services.keys import area_key
from api.services.opening import open_sealed
from api.services.publish_area import publish_area, read_content
from api.services.submit_route import submit_route
from api.store.models import Participant, Release, School
from geo.protection import K_STAFF

AREA = "neubrandenburg"
Row = dict[str, Any]


def submit(
    here: Installation, loaded: LoadedArea, school: School, rides: Sequence[RouteIn], **more: object
) -> list[UUID]:
    """A new class of this school sends the rides; returns its participants."""
    with here.store.write() as session:
        new = NewCampaign(
            title="Class", school_id=school.id, from_day=today(),
            to_day=today() + timedelta(days=9), language="en", roster=80, consent=True,
        )  # fmt: skip
        code = create_campaign(session, None, new, ("en",)).code
    sent = []
    for ride in rides:
        with here.store.write() as session:
            participant, _ = join_class(session, here.settings, code)
        own = ride.model_copy(update={"id": uuid4(), **more})
        submit_route(here, loaded, participant.id, own)
        sent.append(participant.id)
    return sent


def told(release: Release, school: School) -> list[Row]:
    rows: list[Row] = read_content(release)["convoys"].get(str(school.id), [])
    return rows


def ledger(here: Installation, release: Release) -> dict[str, list[str]]:
    key = area_key(here.settings, AREA, "seal")
    bound_to = f"ledger/{AREA}/{release.number}"
    people: dict[str, list[str]] = open_sealed(key, release.ledger, bound_to=bound_to)
    return people


def ridden(ride: RouteIn) -> set[tuple[str, str]]:
    return {(step.id, step.direction) for step in ride.steps if isinstance(step, SegmentStep)}


@pytest.fixture
def first(here: Installation, loaded: LoadedArea, school: School, rides: list[RouteIn]) -> Release:
    submit(here, loaded, school, rides)
    return publish_area(here, AREA)


def test_every_street_of_a_convoy_is_ridden_by_five_and_every_stop_is_a_public_crossing(
    first: Release, school: School, rides: list[RouteIn], loaded: LoadedArea
) -> None:
    riders = Counter(way for ride in rides for way in ridden(ride))
    safe = loaded.network.intersections.set_index("id")["safe"]

    convoys = told(first, school)

    assert convoys
    for row in convoys:
        ways = list(zip(row["segments"], row["directions"], strict=True))
        assert min(riders[way] for way in ways) >= K_STAFF
        assert row["members"] % 5 == row["least"] % 5 == 0
        assert all(safe[stop["id"]] for stop in row["stops"])


def test_a_convoy_names_only_places_that_the_release_shows(first: Release, school: School) -> None:
    shown = {row["id"]: row for row in read_content(first)["places"]}

    for row in told(first, school):
        for place in row["passes"]:
            assert place["danger"] == shown[place["id"]]["danger"]


def test_the_ledger_knows_who_was_looked_at_and_the_content_names_nobody(
    first: Release, here: Installation, school: School
) -> None:
    people = ledger(here, first)

    assert len(people[f"convoys:{school.id}"]) == first.participants
    members = [set(people[row["id"]]) for row in told(first, school)]
    for row, those in zip(told(first, school), members, strict=True):
        assert row["members"] == len(those) // 5 * 5
    assert sum(len(those) for those in members) == len(set().union(*members))
    content = str(read_content(first))
    assert not any(who in content for who in people[f"convoys:{school.id}"])


def test_fewer_than_five_who_leave_change_no_convoy_even_when_another_school_comes(
    first: Release,
    here: Installation,
    loaded: LoadedArea,
    school: School,
    other_school: School,
    rides: list[RouteIn],
) -> None:
    leaving = ledger(here, first)[told(first, school)[0]["id"]][: K_STAFF - 1]
    with here.store.write() as session:
        for who in leaving:
            session.delete(session.get_one(Participant, UUID(who)))
    submit(here, loaded, other_school, rides[:20])

    second = publish_area(here, AREA)

    kept = [{**row, "passes": None} for row in told(first, school)]
    assert [{**row, "passes": None} for row in told(second, school)] == kept
    assert (
        ledger(here, second)[f"convoys:{school.id}"] == ledger(here, first)[f"convoys:{school.id}"]
    )


def test_who_walks_rides_with_nobody(
    here: Installation, loaded: LoadedArea, school: School, rides: list[RouteIn]
) -> None:
    submit(here, loaded, school, rides, mode="walking")

    assert read_content(publish_area(here, AREA))["convoys"] == {}


def opened(who: UUID, day: int, ride: RouteIn, **about: object) -> Opened:
    content = {
        "steps": [step.model_dump() for step in ride.steps], "places": [], "ratings": [],
        "rides_per_week": 5, **about,
    }  # fmt: skip
    return Opened(who, 3, 1, date(2026, 9, day), content)


def test_the_ride_to_school_counts_as_it_was_sent_last_and_no_other(
    rides: list[RouteIn], loaded: LoadedArea
) -> None:
    who, other, walker = uuid4(), uuid4(), uuid4()

    found = gather(
        [
            opened(who, 9, rides[1], variant="there", mode="e_bike"),
            opened(who, 2, rides[0]),  # from before there were variants
            opened(who, 12, rides[2], variant="back"),
            opened(other, 1, rides[3], variant="rain"),
            opened(walker, 1, rides[3], variant="there", mode="walking"),
        ],
        loaded.network.places,
        {},
    )

    assert set(found.mornings) == {3}
    assert set(found.mornings[3]) == {who}
    steps = [(step.id, getattr(step, "direction", None)) for step in rides[1].steps]  # type: ignore[union-attr]
    assert found.mornings[3][who] == steps
