"""What several tests of the services and endpoints start from."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from api.services.installation import Installation
from api.services.keys import area_key
from api.services.ledger import open_ledger
from api.services.publish_area import read_content
from api.services.release_content import canonical
from api.services.sealing import seal
from api.store import releases
from api.store.models import Release

AREA = "neubrandenburg"

Row = dict[str, Any]
People = dict[str, frozenset[Any]]
NextRelease = Callable[[Callable[[dict[str, Row], People], None]], int]


@pytest.fixture
def next_release(here: Installation) -> NextRelease:
    """Adds a release made from the newest one; the change edits rows and who is behind them."""

    def added(change: Callable[[dict[str, Row], People], None]) -> int:
        with here.store.write() as session:
            newest = releases.newest_whole(session, AREA)
            assert newest is not None
            content, people = read_content(newest), open_ledger(here.settings, newest)
            rows = {row["id"]: row for row in content["places"]}
            change(rows, people)
            text, digest = canonical(content | {"places": list(rows.values())})
            number = newest.number + 1
            ledger = {place: sorted(str(one) for one in those) for place, those in people.items()}
            key = area_key(here.settings, AREA, "seal")
            session.add(
                Release(
                    area_id=AREA, number=number, day=newest.day, content_hash=digest,
                    participants=newest.participants, content=gzip.compress(text, mtime=0),
                    ledger=seal(key, ledger, bound_to=f"ledger/{AREA}/{number}"),
                )
            )  # fmt: skip
        return number

    return added
