"""What students write, as a release quotes it: accepted texts, one of each student at a place."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from geo.protection import Cells, Row

K_QUOTES = 3
"""R3: texts of a place are quoted only if at least this many students wrote one there."""
MOST_QUOTES = 6


@dataclass(frozen=True)
class Said:
    """A text about a place, opened; it lives only as long as a release is being made."""

    participant: UUID
    place: str
    text: str


def quotes_of(accepted: Iterable[Said]) -> dict[str, list[str]]:
    """Return the texts to quote of each place, in an order that says nothing of when or who.

    Of each student one text at a place is quoted: so the number of texts is that of students, and
    a list that loses a text still tells whether enough of them stand behind it.
    """
    by_author: dict[str, dict[UUID, str]] = defaultdict(dict)
    for said in accepted:
        own = by_author[said.place]
        own[said.participant] = min(said.text, own.get(said.participant, said.text), key=_shuffle)
    return {
        place: sorted(own.values(), key=_shuffle)[:MOST_QUOTES]
        for place, own in by_author.items()
        if len(own) >= K_QUOTES
    }


def without_refused(cells: Cells, refused: Collection[tuple[str, str]]) -> Cells:
    """Return the cells without texts that were refused after a release had quoted them.

    R4 keeps a cell as it was until enough participants changed; a text that staff refuse must go
    at once. It is the only change of a cell that no participant brings about, so it tells nothing
    of any. Texts of students who erased their data or were withdrawn go with their cell: were they
    to go at once, withdrawing a card would show what its student wrote, and where.
    """
    return Cells(
        {place: _cleaned(place, row, refused) for place, row in cells.rows.items()}, cells.people
    )


def _cleaned(place: str, row: Row, refused: Collection[tuple[str, str]]) -> Row:
    quotes = row.get("quotes")
    if not isinstance(quotes, list):
        return row
    kept = [text for text in quotes if (place, text) not in refused]
    return row | {"quotes": kept if len(kept) >= K_QUOTES else []}


def _shuffle(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
