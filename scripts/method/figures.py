"""How numbers, by-hand steps and tables are written on the method page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DIGITS = 4
COLUMNS = ("symbol", "what", "by hand", "value")
# Brackets around a negative number that begins or stands in brackets already.
BARE = re.compile(r"(?:^|(?<=\())\((−[\d.]+)\)(?=\)|$| )")


class Step(NamedTuple):
    """One line of a calculation: where in `by_hand` stands code, it gives `value`."""

    symbol: str
    what: str
    by_hand: str
    value: float


def figure(value: float, digits: int = DIGITS) -> str:
    """Return a number as it is printed: whole numbers whole, others with their last zeros.

    Four digits are few enough to differ by one in the last at most between processors.
    """
    if isinstance(value, int | np.integer):
        return str(value).replace("-", "−")
    text = f"{value:#.{digits}g}".removesuffix(".")
    return text.replace("-", "−")


def logarithm(value: float) -> str:
    """Return a term of a logarithm: what counts there are decimals, not digits."""
    text = f"{value:.{DIGITS}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def exact(value: float) -> str:
    """Return a number that has no more digits than are printed: a setting, a weight, a count."""
    return f"{round(value, DIGITS):g}"


def code(template: str, *values: float | str) -> str:
    """Return an expression with its numbers filled in, marked as one that can be computed.

    Negative numbers are put in brackets where something stands before them.
    """
    filled = template.format(*(_bracketed(value) for value in values))
    bare = BARE.sub(r"\1", filled)
    return f"`{bare}`"


def added(terms: Iterable[tuple[float | str, ...]]) -> str:
    """Return a sum of products as an expression."""
    return code(" + ".join(" × ".join(_bracketed(one) for one in term) for term in terms))


def _bracketed(value: float | str) -> str:
    text = value if isinstance(value, str) else figure(value)
    return f"({text})" if text.startswith("−") else text


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; floats are printed as figures."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def tails(interval: float) -> tuple[str, str]:
    """Return the probabilities at the lower and the upper end of an interval."""
    return exact((1 - interval) / 2), exact((1 + interval) / 2)


def lower_end(interval: float) -> str:
    """Return the words for the lower end of an interval."""
    return f"lower end of the {100 * interval:.0f} % interval"


def steps_table(steps: Iterable[Step]) -> str:
    """Return the table of a calculation."""
    return table(COLUMNS, steps)


def _cell(cell: object) -> str:
    if isinstance(cell, int | float | np.number):
        return figure(cell)
    return str(cell).replace("|", "\\|")
