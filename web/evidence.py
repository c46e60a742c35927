"""The plain sentences behind a figure: what is normal here, what was reported, how certain."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from .assumptions import assumptions_in_words

NEARLY_CERTAIN = 0.99
LOCAL = 1.5
"""From so many times what is normal for its type on, a place is worse than its type (METHOD §6)."""
LEAD = ("reported", "certainty")

Words = Callable[[str], str]
Row = Mapping[str, Any]


def evidence_sentence(row: Row, mode: str, language: str, translate: Words) -> str:
    """Return how the figures of a place came about, in words for somebody who acts on them."""
    return " ".join(evidence_sentences(row, mode, language, translate).values())


def evidence_lead(row: Row, mode: str, language: str, translate: Words) -> str:
    """Return the shortest of it: how many reported, and how sure the place is dangerous."""
    said = evidence_sentences(row, mode, language, translate)
    return " ".join(said[topic] for topic in LEAD if topic in said)


def evidence_sentences(row: Row, mode: str, language: str, translate: Words) -> dict[str, str]:
    """Return one sentence for each topic that there is something to say about.

    Topics, in this order: "reported", "weight", "certainty", "danger", "crashes", "local",
    "cluster", "stress".

    Parameters
    ----------
    row
        A place of a release; a crash count that this reader may not see is None.
    """
    _ = translate
    said: dict[str, str | None] = {
        "reported": _(
            "{reporters} of {participants} riders had a near miss or a fall here."
        ).format(reporters=row["reporters"], participants=row["participants"])
    }
    if mode == "risk" and row["weight"] is not None:
        said["weight"] = _(
            "This value is {prior} what is normal for this kind of place and {reported} what was "
            "reported here; the more students ride here, the more their own reports count."
        ).format(**_two_shares(row["weight"], language))
        said["certainty"] = _(
            "The probability that a ride here is more than one and a half times as risky as the "
            "area's average is {p}."
        ).format(p=format_percent(min(row["probability"], NEARLY_CERTAIN), locale=language))
    said["danger"] = _danger(row, language, _)
    if mode == "risk":
        said["crashes"] = _crashes(row, language, _)
        said["local"] = _local(row, language, _)
        said["cluster"] = _cluster(row, _)
    said["stress"] = _stress(row, language, _)
    return {topic: sentence for topic, sentence in said.items() if sentence}


def weight_words(weight: float | None, language: str, translate: Words) -> str:
    """Return the same as the sentence on "weight", short enough for a row of a table."""
    _ = translate
    if weight is None:
        return ""
    shares = _two_shares(weight, language)
    return _("{prior} normal for its kind, {reported} reported here").format(**shares)


def _two_shares(prior: float, language: str) -> dict[str, str]:
    """Return both shares in words that add up to 100 %."""
    rounded = round(prior, 2)
    return {
        "prior": format_percent(rounded, locale=language),
        "reported": format_percent(1 - rounded, locale=language),
    }


def _danger(row: Row, language: str, _: Words) -> str | None:
    if row["danger"] is None or row["evidence"] is None:
        return None
    shares = _two_shares(1 - row["evidence"], language)
    return _(
        "Of the perceived danger, {reported} is what was said here, {prior} is what is normal for "
        "this kind of place."
    ).format(**shares)


def _crashes(row: Row, language: str, _: Words) -> str | None:
    count = row["crashes"]
    if count is None:
        return None
    if count == 0:
        known = _("No official crash with a bicycle is known here.")
    elif row["crashes_ksi"] is None:
        known = _("Official crashes with a bicycle known here: {n}.").format(n=round(count))
    else:
        known = _(
            "Official crashes with a bicycle known here: {n}, of which with people killed or "
            "seriously injured: {ksi}."
        ).format(n=round(count), ksi=round(row["crashes_ksi"]))
    if not row["crash_share"]:
        return known
    share = format_percent(row["crash_share"], locale=language)
    return f"{known} " + _("The crash file counts for {share} of the risk.").format(share=share)


def _local(row: Row, language: str, _: Words) -> str | None:
    """Say whether the place or its whole type is the problem, where it is known to be one."""
    yearly, excess = row["yearly"], row["excess"]
    if row["state"] == "unknown" or yearly is None or excess is None:
        return None
    if yearly >= LOCAL * (yearly - excess):
        return _(
            "{n} more conflicts a school year than is normal for such a place: a local fault, look "
            "at enforcement first."
        ).format(n=format_decimal(excess, format="#,##0.0", locale=language))
    return _(
        "About as many conflicts as is normal for such a place: the type itself is dangerous, a "
        "matter of design."
    )


def _cluster(row: Row, _: Words) -> str | None:
    if not row["cluster"]:
        return None
    return _("It belongs to a group of places with more conflicts than is normal for them.")


def _stress(row: Row, language: str, _: Words) -> str | None:
    if not row["assumed"]:
        return None
    share = format_percent(row["assumed"], locale=language)
    if not row["assumptions"]:
        return _("The stress of this place rests to {share} on assumptions.").format(share=share)
    return _("The stress of this place rests to {share} on assumptions: {what}.").format(
        share=share, what=_listed(assumptions_in_words(row["assumptions"], _), language)
    )


def _listed(words: Iterable[str], language: str) -> str:
    # Some of the words hold a comma or a colon themselves.
    return format_list(list(words), locale=language).replace(":", " –")
