"""Who stood behind the cells of a release when they last changed: ids, which never leave here."""

from collections.abc import Hashable
from uuid import UUID

from api.settings import Settings
from api.store.models import Release

from .keys import area_key
from .opening import open_sealed

People = dict[str, frozenset[Hashable]]


def open_ledger(settings: Settings, release: Release) -> People:
    """Return the participants behind every cell of a release; R4 compares them with others."""
    key = area_key(settings, release.area_id, "seal")
    bound_to = f"ledger/{release.area_id}/{release.number}"
    people = open_sealed(key, release.ledger, bound_to=bound_to)
    return {cell: frozenset(UUID(one) for one in ids) for cell, ids in people.items()}
