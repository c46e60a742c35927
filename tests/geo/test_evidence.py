"""What evidence may say, and what of it predicts conflicts."""

import pandas as pd
import pytest

from geo.errors import DuplicateEvidenceError
from geo.evidence import Evidence, check_evidence, onlookers, reporters

RATINGS = pd.DataFrame(
    [("a", "i1", 2), ("a", "i2", 8), ("b", "i1", 7), ("c", "i1", 5)],
    columns=["participant", "place", "rating"],
).assign(seconds=4.0)
INCIDENTS = pd.DataFrame(
    [("a", "i1", "fall"), ("a", "i1", "near_miss"), ("c", "i1", "near_miss")],
    columns=["participant", "place", "what"],
)
VISITS = RATINGS[["participant", "place"]].assign(trips_per_week=5.0)
SAID = Evidence(VISITS, RATINGS, INCIDENTS)


def test_a_reporter_counts_once_however_often_it_happened() -> None:
    assert reporters(SAID).to_dict() == {"i1": 2}


def test_onlookers_are_those_who_had_nothing_happen_there() -> None:
    kept = onlookers(SAID)

    # What a says of another place still counts.
    assert kept[["participant", "place"]].to_numpy().tolist() == [["a", "i2"], ["b", "i1"]]


def test_a_part_of_the_participants_takes_all_they_said() -> None:
    part = SAID.of(lambda who: who == "a")

    assert set(part.visits["participant"]) == set(part.ratings["participant"]) == {"a"}
    assert len(part.incidents) == 2
    check_evidence(part)


def test_two_votes_for_one_place_are_refused() -> None:
    with pytest.raises(DuplicateEvidenceError, match="one rating per participant and place"):
        check_evidence(SAID._replace(ratings=pd.concat([RATINGS, RATINGS.head(1)])))
