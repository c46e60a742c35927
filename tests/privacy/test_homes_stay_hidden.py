"""G1: what is published finds a home hardly more often than a guess without it (docs/privacy.md).

One school year of one school, so that it stays quick; `tests/benchmarks/bench_attack.py` plays
many years on several networks, and lets a whole class be hostile.
"""

import numpy as np
import pandas as pd
import pytest

from api.services.areas import LoadedArea
from api.services.installation import Installation
from api.store.models import School
from tests.privacy.attacker import compare, live, posterior, seen
from tests.privacy.history import History, Setting, as_frame, school_year
from tests.privacy.projection import Seen, project
from tests.privacy.suspects import Suspects, suspects

SEED = 4
RELEASES, BATCH = 12, 20
ALLOWED = 1.0
"""Percentage points above chance."""
DISTANCES = (100.0, 50.0)


@pytest.fixture(scope="module")
def known(loaded: LoadedArea, school: School) -> Suspects:
    at = (school.location.x, school.location.y)
    return suspects(loaded.network, loaded.router, at, spacing_m=60)


@pytest.fixture
def year(here: Installation, loaded: LoadedArea, school: School, known: Suspects) -> History:
    setting = Setting(loaded, school.area_id, (school.id,), (known,), (1.0,))
    return school_year(here, setting, seed=SEED, releases=RELEASES, batch=BATCH)


def test_releases_tell_no_more_of_a_home_than_is_allowed(
    year: History, known: Suspects, loaded: LoadedArea, school: School
) -> None:
    assert len(year.releases) == RELEASES
    homes = as_frame(year)
    assert (homes["went"] <= RELEASES).sum() > RELEASES  # some moved, some were erased
    likely = np.array(
        project([known], homes, seen(year.releases, loaded.network.places.index, [school.id]))
    )
    for metres in DISTANCES:
        found = compare(known, likely, homes["home"].to_numpy(), metres)
        # So few homes leave room for accidents: what is refused is what can be none.
        assert found.interval[0] <= ALLOWED, f"{metres:.0f} m: {found}"
        assert found.interval[1] <= ALLOWED + 5, f"{metres:.0f} m: {found}"


@pytest.mark.parametrize(("k", "least"), [(1, 40), (5, 10)])
def test_without_batches_most_homes_or_many_are_found(
    k: int, least: float, known: Suspects, loaded: LoadedArea
) -> None:
    # An attacker who finds nothing here would prove nothing above.
    seen_live = live(known, loaded.network.places.index, k=k, seed=SEED, participants=150)
    likely = posterior(known, seen_live.evidence)

    assert compare(known, likely, seen_live.homes, 100).interval[0] > least


def test_exact_numbers_of_one_student_give_the_ride_away(
    known: Suspects, loaded: LoadedArea
) -> None:
    """The attacker of releases finds homes as soon as numbers tell of one student alone."""
    places = len(loaded.network.places)
    generator = np.random.default_rng(SEED)
    rows = generator.choice(len(known.km), 60, p=known.sending_each)
    chance = known.chance[:, rows].toarray() * known.prior[:, None]
    lives = [generator.choice(len(chance), p=one / one.sum()) for one in chance.T]
    counts = np.vstack([np.zeros(places), np.cumsum(known.stored[rows].toarray(), axis=0)])
    came = np.arange(len(rows)) + 1
    homes = pd.DataFrame({"school": 0, "home": lives, "came": came, "went": len(rows) + 1})
    likely = np.array(project([known], homes, [Seen(counts >= 0, counts, k=1, change=1)]))

    assert compare(known, likely, homes["home"].to_numpy(), 100).interval[0] > 40
