"""Measures: recorded, listed, removed, and what the log keeps of them."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from api.errors import AreaNotFoundError, NotFoundError
from api.schemas.ride import RouteIn
from api.services.area_evidence import area_evidence
from api.services.areas import LoadedArea
from api.services.campaigns import today
from api.services.contributions import Gathered
from api.services.installation import Installation
from api.services.publish_area import publish_area, read_content
from api.services.record_measure import (
    MAX_PLACES,
    InvalidMeasureError,
    NewMeasure,
    record_measure,
    recorded_measures,
    remove_measure,
)
from api.services.release_content import canonical
from api.store import audit, measures
from api.store.engine import Store
from api.store.models import Audit, Campaign, Measure, Route
from geo.effect_protection import protect_effects
from geo.effects import NOTHING, PERIODS, Effects, effects
from geo.errors import UnknownPlaceError
from geo.policy import load_policy
from geo.protection import Cells
from tests.api.running import Run
from web.effects import effect_sentences
from web.translation import LANGUAGES, translations

AREA, DONE = "neubrandenburg", date(2026, 5, 1)
Said = Callable[..., tuple[int, str]]


@pytest.fixture
def places(loaded: LoadedArea) -> list[str]:
    """Three places of the sample area."""
    return sorted(loaded.network.places.index)[:3]


@pytest.fixture
def barometer(barometer: Run) -> Callable[..., tuple[int, str]]:
    """Runs one of the commands on the test's data; gives its exit code and all it said."""

    def run(*words: str) -> tuple[int, str]:
        done = barometer("measure", *words)
        return done.code, done.out + done.err

    return run


def entries(store: Store) -> list[tuple[str, dict[str, object]]]:
    with store.read() as session:
        found = session.scalars(select(Audit).order_by(Audit.id)).all()
        return [(one.action, one.details) for one in found if "measure" in one.action]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_measure_is_added_listed_and_removed(
    barometer: Said, places: list[str], store: Store
) -> None:
    island = ("--done", "2026-05-01", "--what", "zebra crossing with island")
    line = f"1\t2026-05-01\tzebra crossing with island\t{places[0]} {places[1]}\n"

    assert barometer("add", AREA, places[1], places[0], *island) == (0, line)
    assert barometer("list", AREA) == (0, line)
    assert barometer("list", "waren") == (0, "")
    assert barometer("remove", "1") == (0, f"removed: {line}")
    assert barometer("list", AREA) == (0, "")
    code, said = barometer("remove", "1")
    assert (code, said) == (1, "barometer: no measure 1\n")

    kept = {
        "measure": 1, "what": "zebra crossing with island", "done_on": "2026-05-01",
        "places": f"{places[0]} {places[1]}",
    }  # fmt: skip
    assert entries(store) == [("record measure", kept), ("remove measure", kept)]
    with store.read() as session:
        assert audit.first_broken(session) is None


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_cannot_be_recorded_is_refused_with_a_sentence(
    barometer: Said, places: list[str], count_rows: Callable[[], dict[str, int]]
) -> None:
    before = count_rows()
    ahead = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - a day that lies ahead anywhere
    done = ("--done", "2026-05-01", "--what", "island")

    refused = [
        barometer("add", AREA, places[0], "snowhere1", *done),
        barometer("add", AREA, places[0], "--done", ahead, "--what", "island"),
        barometer("add", AREA, places[0], "--done", "2026-05-01", "--what", "<b>island</b>"),
        barometer("add", "atlantis", places[0], *done),
    ]

    assert [code for code, _ in refused] == [1, 1, 1, 1]
    sentences = ["no place snowhere1 in the network", "not ahead", "plain text", "no area"]
    for (_, said), sentence in zip(refused, sentences, strict=True):
        assert sentence in said
    assert barometer("add", AREA, places[0], "--done", "1.5.2026", "--what", "island")[0] == 2
    assert barometer("add", AREA, *done)[0] == 2
    assert count_rows() == before


@pytest.mark.parametrize("what", ["", "  ", "x" * 201, "is\x00land", "is\u202eland", "a < b"])
def test_what_was_done_is_short_plain_text(
    here: Installation, places: list[str], what: str
) -> None:
    with pytest.raises(InvalidMeasureError, match="plain text"):
        record_measure(here, AREA, None, NewMeasure(what, places, DONE))


def test_a_measure_needs_places_of_the_area_and_a_day_that_was(
    here: Installation, places: list[str]
) -> None:
    def refused(error: type[Exception], words: str, area: str, new: NewMeasure) -> None:
        with pytest.raises(error, match=words):
            record_measure(here, area, None, new)

    refused(UnknownPlaceError, "no place i0, s0 in", AREA, NewMeasure("x", ["s0", "i0"], DONE))
    refused(InvalidMeasureError, "1 to 50 places, got 0", AREA, NewMeasure("x", [], DONE))
    many = [f"s{n:04d}" for n in range(MAX_PLACES + 1)]
    refused(InvalidMeasureError, "got 51", AREA, NewMeasure("x", many, DONE))
    tomorrow = today() + timedelta(days=1)
    refused(InvalidMeasureError, "not ahead", AREA, NewMeasure("x", places, tomorrow))
    refused(AreaNotFoundError, "atlantis", "atlantis", NewMeasure("x", places, DONE))


def test_the_same_twice_is_refused_and_another_day_is_not(
    here: Installation, places: list[str]
) -> None:
    first = record_measure(here, AREA, None, NewMeasure(" island ", [*places, places[0]], today()))

    with pytest.raises(InvalidMeasureError, match=f"measure {first.id} has these places"):
        record_measure(here, AREA, None, NewMeasure("other words", places[::-1], today()))
    record_measure(here, AREA, None, NewMeasure("other words", places, DONE))

    assert (first.what, first.places) == ("island", places)


def test_a_removed_number_never_comes_again(here: Installation, places: list[str]) -> None:
    first = record_measure(here, AREA, None, NewMeasure("island", places, DONE))
    remove_measure(here, first.id, None)
    with pytest.raises(NotFoundError, match=f"no measure {first.id}"):
        remove_measure(here, first.id, None)

    assert record_measure(here, AREA, None, NewMeasure("island", places, DONE)).id > first.id


def test_a_measure_is_of_its_area(here: Installation, store: Store, places: list[str]) -> None:
    record_measure(here, AREA, None, NewMeasure("island", places, DONE))

    with store.read() as session:
        assert [one.what for one in measures.of_area(session, AREA)] == ["island"]
        assert measures.of_area(session, "waren") == []
        assert isinstance(measures.find(session, 1), Measure)


@pytest.fixture
def found(
    here: Installation, store: Store, loaded: LoadedArea
) -> Callable[[], tuple[Effects, Gathered]]:
    """Returns what a release would find of the measures of the area."""

    def now() -> tuple[Effects, Gathered]:
        with store.read() as session:
            gathered = area_evidence(here, session, AREA).gathered
            done = recorded_measures(session, AREA)
        places = loaded.network.places
        return effects(done, places, gathered.evidence, gathered.days, load_policy()), gathered

    return now


@pytest.fixture
def busiest(rides: list[RouteIn]) -> str:
    """The place that most of the first 40 rides pass."""
    passed = [step.id for sent in rides[:40] for step in sent.steps if step.kind != "free"]
    return max(sorted(set(passed)), key=passed.count)


def send_earlier(store: Store, count: int) -> None:
    """Put the day of so many routes a month back."""
    with store.write() as session:
        for route in session.scalars(select(Route).order_by(Route.id).limit(count)):
            route.day = today() - timedelta(days=30)


def test_what_students_sent_is_compared_at_the_places_of_a_measure(
    here: Installation,
    store: Store,
    open_class: Callable[..., Campaign],
    send: Callable[..., list[str]],
    found: Callable[[], tuple[Effects, Gathered]],
    busiest: str,
) -> None:
    send(open_class(), 40)
    done = today() - timedelta(days=7)
    measure = record_measure(here, AREA, None, NewMeasure("island", [busiest], done))
    record_measure(here, AREA, None, NewMeasure("hedge cut", [busiest], today()))
    alone = found()[0].rows[0]
    send_earlier(store, 20)

    now, gathered = found()
    shown = protect_effects(now, NOTHING, Cells({}, {}))

    row = now.rows[0]
    assert (alone["state"], alone["lacking"]) == ("not enough data", ["before"])
    assert (row["id"], row["what"], row["places"]) == (measure.id, "island", [busiest])
    assert (row["state"], row["also"], row["crashes"]) == ("compared", [measure.id + 1], None)
    behind = [now.parts[f"measure:{measure.id}/{period}/{busiest}"] for period in PERIODS]
    assert frozenset().union(*behind) == {str(one) for one in gathered.people[busiest]}
    assert [row["participants_before"], row["participants_after"]] == list(map(len, behind))
    assert set(row["conflicts"]["missing"]) <= {"conflicts", "eligible"}
    # Between the two days nobody answered, so that neither can be subtracted from the other.
    assert [row["state"] for row in shown.rows] == ["compared", "compared"]


def test_what_is_found_fits_into_a_release(
    here: Installation,
    store: Store,
    open_class: Callable[..., Campaign],
    send: Callable[..., list[str]],
    found: Callable[[], tuple[Effects, Gathered]],
    busiest: str,
) -> None:
    send(open_class(), 40)
    send_earlier(store, 20)
    record_measure(here, AREA, None, NewMeasure("island", [busiest], today()))
    shown = protect_effects(found()[0], NOTHING, Cells({}, {}))

    text, _ = canonical({"effects": shown.rows})
    again = Effects(json.loads(text)["effects"], shown.parts)
    ledger = {key: sorted(str(one) for one in people) for key, people in shown.parts.items()}

    assert again.rows == json.loads(json.dumps(shown.rows))
    assert {UUID(one) for ids in ledger.values() for one in ids}
    assert protect_effects(found()[0], again, Cells({}, {})) == again
    for language in LANGUAGES:
        sentences = effect_sentences(again.rows[0], language, translations(language), busiest)
        assert "None" not in " ".join(sentences)


def test_a_release_says_what_changed_where_something_was_done(
    here: Installation,
    store: Store,
    open_class: Callable[..., Campaign],
    send: Callable[..., list[str]],
    rides: list[RouteIn],
) -> None:
    passed = [step.id for ride in rides[:40] for step in ride.steps if step.kind != "free"]
    busy = max(sorted(set(passed)), key=passed.count)
    campaign = open_class(roster=100)
    send(campaign, 22)
    with store.write() as session:
        for route in session.scalars(select(Route)):
            route.day = today() - timedelta(days=30)
    assert read_content(publish_area(here, AREA))["effects"] == []

    record_measure(here, AREA, None, NewMeasure("island", [busy], today() - timedelta(days=7)))
    send(campaign, 20)
    (told,) = read_content(publish_area(here, AREA))["effects"]

    assert told["places"] == [busy]
    assert told["state"] == "compared"
    assert min(told["participants_before"], told["participants_after"]) >= 5
