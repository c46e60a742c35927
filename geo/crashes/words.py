"""What texts of crash files say of bicycles and of severity, in the languages of the profiles."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

SEVERITIES = ("fatal", "serious", "slight", "injury", "damage_only")
"""From the gravest on; `injury` is one whose severity nobody knows."""


@cache
def table(name: str) -> dict[str, Any]:
    """Return a JSON file of `geo/tables`."""
    source = resources.files("geo").joinpath("tables", f"{name}.json")
    return json.loads(source.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def plain(text: pd.Series) -> pd.Series:
    """Return texts in lower case, without the accents of Latin letters."""
    low = text.str.strip().str.lower().str.normalize("NFKD")
    return low.str.replace("[\u0300-\u036f]", "", regex=True).str.replace("ø", "o")


def names_bicycle(text: pd.Series) -> pd.Series:
    """Say whether each text names a bicycle.

    Words that only contain one (bromfiets, motorfiets, motorcycle, จักรยานยนต์) are taken out
    first: "fiets tegen bromfiets" names a bicycle, "motorfiets" does not.
    """
    return _for_each(text, _names_bicycle)


def _names_bicycle(text: pd.Series) -> pd.Series:
    rest = plain(text).str.replace(_any_of("no_bicycle"), " ", regex=True)
    return rest.str.contains(_any_of("bicycle"), regex=True).astype(bool)


def says_bicycle(text: pd.Series, values: tuple[str, ...]) -> pd.Series:
    """Say whether a cell means that a bicycle took part; missing where it is not clear.

    It does if it is one of `values`, or, without any, if it says yes or names a bicycle.
    """
    if values:
        return text.str.strip().isin([value.strip() for value in values]).astype("boolean")
    words, low = table("crash_words"), plain(text).str.replace(r"\.0$", "", regex=True)
    found = (low.isin(words["yes"]) | names_bicycle(text)).astype("boolean")
    return found.mask(low == "", pd.NA)


def severity_of(text: pd.Series) -> pd.Series:
    """Return the severity that each text names; missing where it names none.

    A text that names several, such as "killed or seriously injured", only says that somebody was
    hurt.
    """
    return _for_each(text, _severity_of)


def _severity_of(text: pd.Series) -> pd.Series:
    low = plain(text)
    rest = low.str.replace(_any_of("not_severity"), " ", regex=True)
    grades = [rest.str.contains(_any_of(name), regex=True) for name in SEVERITIES[:3]]
    several = sum(grade.astype(int) for grade in grades) > 1
    hurt = rest.str.contains(_any_of("injury"), regex=True)
    unhurt = low.str.contains(_any_of("damage_only"), regex=True)
    found = pd.Series(pd.NA, index=text.index, dtype=object)
    graver = zip(SEVERITIES[2::-1], grades[::-1], strict=True)
    for name, says in [("damage_only", unhurt), ("injury", hurt), *graver]:
        found = found.mask(says.astype(bool), name)
    same = low.where(low.isin(SEVERITIES))
    return found.mask(several, "injury").mask(same.notna(), same)


def _for_each(text: pd.Series, of: Callable[[pd.Series], pd.Series]) -> pd.Series:
    # A column of a million cells holds a few different texts.
    different = pd.Series(text.unique(), dtype="str")
    return text.map(dict(zip(different, of(different), strict=True)))


@cache
def _any_of(name: str) -> str:
    return "|".join(f"(?:{pattern})" for pattern in table("crash_words")[name])
