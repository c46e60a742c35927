"""What of a release somebody sees, worked out once: neither it nor a territory changes often."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from .cut_release import cut_release
from .read_release import Published, without_few_crashes
from .territory import Territory

KEPT = 4
"""Of a city of 18,000 places each takes some 50 MB."""


@dataclass(frozen=True)
class Look:
    """One way to look at a release; two are the same if they see the same of the same content.

    It holds the content, so that no other can come to have its identity while it is kept.
    """

    release: Published = field(compare=False)
    territory: Territory = field(compare=False)
    content: int
    polygon: bytes | None
    schools: frozenset[int]
    crashes: bool


def seen_content(
    release: Published, territory: Territory, schools: frozenset[int], *, crashes: bool
) -> Published:
    """Return a release as it is seen in a territory, with or without few crashes.

    Parameters
    ----------
    schools
        The ids of the schools that lie in the territory.
    """
    polygon = territory.polygon
    if polygon is None and crashes:
        return release
    wkb = None if polygon is None else polygon.wkb
    look = Look(release, Territory(polygon=polygon), id(release.content), wkb, schools, crashes)
    content = _content(look)
    return replace(release, content=content, robustness=_robustness(look, content))


@lru_cache(maxsize=KEPT)
def _content(look: Look) -> dict[str, Any]:
    # How far the ranking hangs on the settings is worked out later, and is nothing to keep.
    alone = replace(look.release, robustness=None)
    shown = alone if look.crashes else without_few_crashes(alone)
    if look.polygon is None:
        return shown.content
    return cut_release(shown, look.territory, look.schools).content


def _robustness(look: Look, content: dict[str, Any]) -> dict[str, Any] | None:
    found = look.release.robustness
    if found is None:
        return None
    ids = {row["id"] for row in content["places"]} if look.crashes else set[str]()
    return found | {"severities": [row for row in found["severities"] if row["id"] in ids]}
