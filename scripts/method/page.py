"""The method page: prose of the template, numbers of the example."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from geo.policy import policy_table

from . import changes, lists, neighbours, perceived, rates, robustness, streets
from .figures import figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.sensitivity import Varied

    from .example import Example

WIDTH = 118
TEMPLATE = Path(__file__).with_name("method.md")


def render(example: Example, varied: Sequence[Varied]) -> str:
    """Return the page as Markdown."""
    known = rates.rates(example)
    content: dict[str, object] = {
        "example": example,
        "policy": example.policy,
        "place": example.network.places.loc[example.place],
        "row": example.row,
        "merged_type": example.exposed["type"],
        "parameters": example.summary.parameters,
        "false_share_source": _source("false_share"),
        **perceived.exposure(example),
        **perceived.perceived(example),
        **rates.conflict_rate(example, known),
        **rates.crashes(example, known),
        **lists.index(example, known),
        **lists.lists(example, known),
        **neighbours.surroundings(example),
        **changes.hauer(),
        **changes.before_after(example),
        **changes.ratings(example),
        **changes.power(),
        **streets.stress(example),
        **robustness.settings(varied),
        **robustness.halves(example),
    }
    # Markdown, not HTML: the only names in it are those of the sample's streets.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    environment.filters["figure"] = figure
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(content)
    return "\n\n".join(_wrapped(block) for block in page.strip().split("\n\n")) + "\n"


def chapters(page: str) -> dict[str, str]:
    """Return the parts of a page by their headings; what comes first has none."""
    parts = ("\n" + page).split("\n## ")
    return {part.partition("\n")[0] if number else "": part for number, part in enumerate(parts)}


def _wrapped(block: str) -> str:
    """Return a paragraph, or the points of a list, as lines of equal width; all else as it is."""
    if block.startswith(("|", "#")):
        return block
    points = block.split("\n- ") if block.startswith("- ") else [block]
    indent = "  " if block.startswith("- ") else ""
    return "\n".join(
        fill(
            "- " * bool(indent) + " ".join(point.removeprefix("- ").split()), WIDTH,
            subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
        )
        for point in points
    )  # fmt: skip


def _source(setting: str) -> str:
    return next(row["source"] for row in policy_table() if row["name"] == setting)
