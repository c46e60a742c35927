"""Section 11: how far the list hangs on the settings, and on who answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.sensitivity import split_halves, vary_settings

from .figures import figure, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.sensitivity import Varied

    from .example import Example

COLUMNS = (
    "setting", "usual", "tried", "of the top ten stay", "confirmed stay", "new", "correlation",
)  # fmt: skip
ROWS = 8


def varied(example: Example) -> list[Varied]:
    """Return what ±50 % of each setting does: forty releases, half a minute and more."""
    return vary_settings(
        example.network.places, example.evidence, example.policy, example.prepared, example.summary
    )


def settings(found: Sequence[Varied]) -> dict[str, object]:
    """Return those settings that change a list, and the names of those that do not."""
    changing = sorted((one for one in found if _changes(one)), key=_changes, reverse=True)
    names = {one.setting for one in changing}
    idle = sorted({one.setting for one in found} - names)
    return {
        "settings": table(COLUMNS, [line(one) for one in changing[:ROWS]]),
        "idle": ", ".join(f"`{name}`" for name in idle),
        "tried": len({one.setting for one in found}),
        "others": len(changing[ROWS:]),
    }


def line(one: Varied) -> tuple[object, ...]:
    """Return a setting as the table prints it."""
    return (
        f"`{one.setting}`", f"{one.usual:g}", f"{one.value:g}", f"{one.top_kept} of {one.top}",
        f"{one.confirmed_kept} of {one.confirmed}", one.confirmed_new, f"{one.correlation:.3f}",
    )  # fmt: skip


def _changes(one: Varied) -> int:
    """Return how many places come to or leave one of the lists."""
    return one.top - one.top_kept + one.confirmed - one.confirmed_kept + one.confirmed_new


def halves(example: Example) -> dict[str, object]:
    """Return how well two halves of the students agree."""
    found = split_halves(example.network.places, example.evidence, example.policy)
    lines = [
        (name, figure(half, 3), figure(whole, 3))
        for name, half, whole in (
            ("perceived danger", found.danger, found.danger_whole),
            ("relative risk", found.risk, found.risk_whole),
        )
    ]
    return {
        "halves": table(("rank correlation of", "two halves", "by Spearman–Brown, all"), lines),
        "halves_found": found,
    }
