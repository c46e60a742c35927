"""What of a release a school may show its students: ten behind every place, counts in fives."""

from collections.abc import Iterator
from typing import Any

from geo.protection import split_is_safe

from .read_release import Published
from .release_content import K_PUBLIC

STEP = 5
"""R3: counts that leave the staff room are rounded down to this."""

Row = dict[str, Any]


def public_places(release: Published) -> Iterator[Row]:
    """Yield the places of a release that anybody may see, in its order.

    At least ten students behind each (R2), and from several classes unless the release says that
    there is one class only, or that nobody in it is real.
    """
    alone = rests_on_one_class(release) or release.content["simulated"]
    for row in release.places:
        if row["participants"] >= K_PUBLIC and (alone or row["several_classes"]):
            yield row


def public_rows(release: Published, school_id: int) -> list[Row]:
    """Return the places of a release that the students of one school may see, in its order.

    That a school passes a place is itself told of it: it needs ten as well, and the rest of the
    riders must be none or ten (R6).
    """
    return [
        row
        for row in public_places(release)
        if split_is_safe(row["schools"].get(str(school_id), 0), row["participants"], k=K_PUBLIC)
    ]


def rests_on_one_class(release: Published) -> bool:
    """Return whether all answers of a release come from one class."""
    if "one_class" in release.content:  # cut to a territory, it holds few of its schools
        return bool(release.content["one_class"])
    return sum(len(one.get("titles", ())) for one in release.content["schools"].values()) <= 1


def round_down(count: float) -> int:
    """Return a count as students may see it."""
    return int(count) // STEP * STEP
