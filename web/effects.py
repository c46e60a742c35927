"""What a release says of measures, in sentences: what changed, how surely, out of how many."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from babel.support import NullTranslations

    Words = Callable[[str], str]
    Study = Mapping[str, Any]

NOT_ENOUGH = "not enough data"


def measures_at(rows: Iterable[Study], place: str) -> list[Study]:
    """Return the rows of a release's measures that were taken at a place, the latest first."""
    own = [row for row in rows if place in row["places"]]
    return sorted(own, key=lambda row: (row["done_on"], row["id"]), reverse=True)


def effect_sentences(
    row: Study, language: str, catalogue: NullTranslations, place: str = ""
) -> list[str]:
    """Return what a release says of one measure; with `place`, what is felt there alone."""
    _ = catalogue.gettext
    since = _("Since {day} ({what})").format(
        day=format_date(date.fromisoformat(row["done_on"]), "long", locale=language),
        what=row["what"],
    )
    if row["state"] == NOT_ENOUGH:
        words = _lacking_words(_)
        said = [
            _("{since}: not enough data.").format(since=since),
            *(words[code] for code in row["lacking"]),
        ]
    else:
        said = [
            *_conflicts(row, since, language, catalogue),
            *_felt(row["ratings"], language, _, place),
        ]
    if row["crashes"] is not None:
        said += _crashes(row["crashes"], language, _)
    if row["also"]:
        said.append(
            _("Something else was done here too: what changed cannot be put down to one of them.")
        )
    return said


def _lacking_words(_: Words) -> dict[str, str]:
    return {
        "before": _("Of those who answered before, fewer than 5 students pass here."),
        "after": _("Of those who have answered since, fewer than 5 students pass here."),
        "waiting": _(
            "What could be said now would, beside what is published, tell of fewer than 5 "
            "students: it waits for more answers."
        ),
    }


def _conflicts(row: Study, since: str, language: str, catalogue: NullTranslations) -> list[str]:
    _, study = catalogue.gettext, row["conflicts"]
    people = _("Students who pass here and answered: {before} before, {after} since.").format(
        before=row["participants_before"], after=row["participants_after"]
    )
    if study["state"] == NOT_ENOUGH:
        told = _("{since}: whether conflicts became fewer cannot be told yet ({lacking}).").format(
            since=since, lacking=_missing(study, language, _)
        )
        return [told, people, *_left_out(row, _)]
    n = round(study["after"])
    reported = catalogue.ngettext(
        "{n} conflict was reported", "{n} conflicts were reported", n
    ).format(n=n)
    told = _(
        "{since}: {reported} where {expected} would have been expected without it ({change}): "
        "{verdict}."
    ).format(
        since=since,
        reported=reported,
        expected=_number(study["expected"], language),
        change=_change(study, language, _),
        verdict=_verdict(study, _),
    )
    before = _("Conflicts reported before: {n}.").format(n=round(study["before"]))
    return [
        told,
        *_by_chance(study, language, _),
        people,
        before,
        *_left_out(row, _),
        _beside(study, language, _),
        *_power(study, language, _),
    ]


def _change(study: Study, language: str, _: Words) -> str:
    change = study["change"]
    share = format_percent(abs(change) / 100, locale=language)
    size = _("{share} fewer") if change <= 0 else _("{share} more")
    return _("{size}, 95% interval {low} to {high}").format(
        size=size.format(share=share),
        low=_signed(study["change_low"], language),
        high=_signed(study["change_high"], language),
    )


def _verdict(study: Study, _: Words) -> str:
    return {
        "fall shown": _("a fall is shown"),
        "rise shown": _("a rise is shown"),
        "not shown": _("a change is not shown"),
    }[study["state"]]


def _by_chance(study: Study, language: str, _: Words) -> list[str]:
    """Return why nothing is shown although the interval leaves out 0."""
    if study["state"] != "not shown" or study["change_low"] <= 0 <= study["change_high"]:
        return []
    share = format_percent(study["chance"], format="#,##0.0%", locale=language)
    return [
        _(
            "The interval leaves out 0, but without any effect so few or so many would still "
            "happen in {share} of cases."
        ).format(share=share)
    ]


def _left_out(row: Study, _: Words) -> list[str]:
    if len(row["counted"]) == len(row["places"]):
        return []
    return [
        _(
            "{counted} of {places} places count: at the others fewer than 5 students answered "
            "before or since, or they are no longer on the map."
        ).format(counted=len(row["counted"]), places=len(row["places"]))
    ]


def _beside(study: Study, language: str, _: Words) -> str:
    trend = round(100 * (study["comparison"]["trend"] - 1))
    return _(
        "{places} places where nothing was done were compared with; there it changed by {trend}."
    ).format(places=study["comparison"]["places"], trend=_signed(trend, language))


def _power(study: Study, language: str, _: Words) -> list[str]:
    needed = _(
        "To show a fall of half takes about {half} expected, one of 30% about {third}."
    ).format(half=study["needed_50"], third=study["needed_30"])
    if study["detectable"] is None:
        return [needed, _("With so few even a large fall is seldom shown.")]
    share = format_percent(study["detectable"] / 100, locale=language)
    return [
        needed,
        _("With as many as here, a fall of {share} is shown four times out of five.").format(
            share=share
        ),
    ]


def _felt(ratings: Mapping[str, Any], language: str, _: Words, place: str) -> list[str]:
    rated = ratings["places"]
    own = [one for one in rated if place in ("", one["place"])]
    if not own:
        return [_("Fewer than 5 students rated it before or since: how it feels is not compared.")]
    said = [_counted(own, _) if len(own) > 1 else _one_felt(own[0], language, _)]
    if ratings["elsewhere"] is not None:
        said.append(
            _("At {places} other places perceived danger changed by {delta} on average.").format(
                places=ratings["elsewhere"]["places"],
                delta=_signed_number(ratings["elsewhere"]["delta"], language),
            )
        )
    return said


def _one_felt(one: Mapping[str, Any], language: str, _: Words) -> str:
    return _(
        "Perceived danger went from {before} to {after} on a scale from 0 (safe) to 1 ({delta}, "
        "90% interval {low} to {high}; ratings: {n_before} before, {n_after} since): {verdict}."
    ).format(
        before=_number(one["before"], language, 2),
        after=_number(one["after"], language, 2),
        delta=_signed_number(one["delta"], language),
        low=_signed_number(one["delta_low"], language),
        high=_signed_number(one["delta_high"], language),
        n_before=one["ratings_before"],
        n_after=one["ratings_after"],
        verdict=_felt_words(_)[one["state"]],
    )


def _counted(places: Iterable[Mapping[str, Any]], _: Words) -> str:
    states = [one["state"] for one in places]
    return _(
        "Perceived danger at {n} places: it feels safer at {improved}, less safe at {worsened}, "
        "and at {unchanged} no change is shown. By chance alone about one in ten would be called "
        "changed."
    ).format(
        n=len(states),
        improved=states.count("improved"),
        worsened=states.count("worsened"),
        unchanged=states.count("no change shown"),
    )


def _felt_words(_: Words) -> dict[str, str]:
    return {
        "improved": _("it feels safer"),
        "worsened": _("it feels less safe"),
        "no change shown": _("a change is not shown"),
    }


def _crashes(study: Study, language: str, _: Words) -> list[str]:
    if study["state"] == NOT_ENOUGH:
        return [
            _("Official crashes cannot be compared yet ({lacking}).").format(
                lacking=_missing(study, language, _)
            )
        ]
    told = _(
        "Official crashes with a bicycle: {after} in {years_after} where {expected} would have "
        "been expected without it ({change}): {verdict}. In {years_before} there were {before}."
    ).format(
        after=round(study["after"]),
        years_after=_years(study["years_after"]),
        expected=_number(study["expected"], language),
        change=_change(study, language, _),
        verdict=_verdict(study, _),
        years_before=_years(study["years_before"]),
        before=round(study["before"]),
    )
    return [
        told,
        *_by_chance(study, language, _),
        _beside(study, language, _),
        *_power(study, language, _),
    ]


def _missing(study: Study, language: str, _: Words) -> str:
    words = {
        "conflicts": _("conflicts reported in the whole area before: {there} of {needed}"),
        "eligible": _("places with enough students before: {there} of {needed}"),
        "comparison_places": _("places to compare with: {there} of {needed}"),
        "comparison_before": _("nothing was reported before at places to compare with"),
        "comparison_after": _("nothing was reported since at places to compare with"),
        "events": _("none was reported here before or since"),
        "years_before": _("no earlier year in the files"),
        "years_after": _("no later year in the files"),
        "crashes": _("crashes in the whole area: {there} of {needed}"),
    }
    lacking = [
        words[code].format(there=there, needed=needed)
        for code, (there, needed) in study["missing"].items()
    ]
    return str(format_list(lacking, locale=language))


def _years(years: tuple[int, int, int]) -> str:
    first, last, _n = years
    return str(first) if first == last else f"{first}–{last}"


def _number(value: float, language: str, digits: int = 1) -> str:
    return str(format_decimal(value, format="#,##0." + "0" * digits, locale=language))


def _signed_number(value: float, language: str) -> str:
    return _sign(value) + _number(abs(value), language, 2)


def _signed(per_cent: float, language: str) -> str:
    return _sign(per_cent) + str(format_percent(abs(per_cent) / 100, locale=language))


def _sign(value: float) -> str:
    if value == 0:
        return "±"
    return "−" if value < 0 else "+"
