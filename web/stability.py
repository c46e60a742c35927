"""How stable a ranking is: other settings, another half of the students, other weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Words = Callable[[str], str]

STEADY, FAIR = 0.8, 0.6
"""From where on two results agree well, and fairly well."""


class Setting(NamedTuple):
    """A setting, and what became of the list when it was halved and when it was raised by half."""

    name: str
    usual: str
    halved: str
    raised: str


class Stability(NamedTuple):
    """What is known of how a ranking hangs together, ready to print; empty parts are not known.

    `changed` are the settings that change the head of the list or what is confirmed, the
    strongest first; `unchanged` names all others.
    """

    intro: str
    changed: list[Setting]
    unchanged: str
    halves: list[str]


def stability(
    robustness: Mapping[str, Any], language: str, translate: Callable[[str], str]
) -> Stability:
    """Return the robustness that is stored beside a release, in words."""
    _ = translate
    by_setting: dict[str, list[Mapping[str, Any]]] = {}
    for varied in robustness["settings"]:
        by_setting.setdefault(varied["setting"], []).append(varied)
    names = setting_words(_)
    strongest = sorted(by_setting.items(), key=lambda item: (-_effect(item[1]), item[0]))
    first = next(iter(by_setting.values()), [{"top": 0, "confirmed": 0}])[0]
    return Stability(
        intro=_(
            "Every setting was halved, and raised by half. Shown is what became of the first {top} "
            "places and of the {confirmed} confirmed ones. The list may hold others: a place keeps "
            "what an earlier release said until enough students have changed it."
        ).format(top=first["top"], confirmed=first["confirmed"]),
        changed=[
            Setting(
                names.get(name, name),
                _number(pair[0]["usual"], language),
                *(_outcome(varied, language, _) for varied in pair),
            )
            for name, pair in strongest
            if _effect(pair)
        ],
        unchanged=_unchanged(
            [names.get(name, name) for name, pair in strongest if not _effect(pair)], _
        ),
        halves=_halves(robustness["halves"], language, _),
    )


def _unchanged(names: list[str], _: Words) -> str:
    if not names:
        return ""
    return _("These settings change nothing of it: {names}.").format(names="; ".join(names))


def _effect(pair: list[Mapping[str, Any]]) -> int:
    return sum(
        varied["top"] - varied["top_kept"]
        + varied["confirmed"] - varied["confirmed_kept"]
        + varied["confirmed_new"]
        for varied in pair
    )  # fmt: skip


def _outcome(varied: Mapping[str, Any], language: str, _: Words) -> str:
    return _(
        "{value}: {kept} of the first {top} stay, {confirmed} confirmed stay, {new} new"
    ).format(
        value=_number(varied["value"], language),
        kept=varied["top_kept"],
        top=varied["top"],
        confirmed=varied["confirmed_kept"],
        new=varied["confirmed_new"],
    )


def _halves(halves: Mapping[str, Any] | None, language: str, _: Words) -> list[str]:
    if not halves:
        return []
    said = [
        _(
            "Two halves of the students agree on the order by perceived danger to {half} (0: by "
            "chance, 1: the same order). For all students together this means {whole}: {word}."
        ),
        _(
            "The same for risk: {half} between the halves, {whole} for all students together: "
            "{word}."
        ),
    ]
    found = [
        sentence.format(
            half=_number(halves[what], language),
            whole=_number(halves[f"{what}_whole"], language),
            word=_agreement(halves[f"{what}_whole"], _),
        )
        for sentence, what in zip(said, ("danger", "risk"), strict=True)
        if halves[what] is not None and halves[f"{what}_whole"] is not None
    ]
    if not found:
        return [_("Half of the students are too few to be compared with the other half.")]
    return [
        *found,
        _(
            "Of the {n} places that half of the students put first, {shared} are also first in "
            "the other half; {places} places can be compared."
        ).format(n=halves["head"], shared=halves["head_shared"], places=halves["places"]),
    ]


def _agreement(correlation: float, _: Words) -> str:
    if correlation >= STEADY:
        return _("the order is steady")
    if correlation >= FAIR:
        return _("the order is fairly steady")
    return _("single ranks should not be relied on")


def _number(value: float, language: str) -> str:
    return format_decimal(value, format="#,##0.##", locale=language)


def setting_words(_: Words) -> dict[str, str]:
    """Return the words of the settings that are varied."""
    return {
        "school_weeks": _("school weeks in a year"),
        "shortest_m": _("shortest piece of street (m)"),
        "lazy_values": _("different ratings of a careless rater, at most"),
        "lazy_ratings": _("ratings from which carelessness is judged"),
        "lazy_seconds": _("seconds for an answer of a careless rater, at most"),
        "lazy_weight": _("weight of a careless rater"),
        "group_share": _("largest share of one class at a place"),
        "type_places": _("places that a type needs of its own"),
        "eligible_participants": _("students who must ride at a place"),
        "slope_sd": _("how far type and stress may move a rate"),
        "shape_median": _("how alike places of a type are"),
        "shape_log_sd": _("how sure it is how alike they are"),
        "relative_threshold": _("times the average that count as dangerous"),
        "false_share": _("share of confirmed places that may be wrong"),
        "confirmed_reporters": _("students who must report for a confirmed place"),
        "watch_probability": _("probability from which a place is watched"),
        "watch_reporters": _("students who must report for a watched place"),
        "calm_stress": _("highest stress that counts as calm"),
        "crash_log_sd": _("how far crashes and conflicts may differ"),
    }
