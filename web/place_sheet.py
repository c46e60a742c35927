"""The sheet of a place: what is known, what could be done, and room for what a visit finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from babel.numbers import format_decimal

from .countermeasures import by_kind, measure_kind_words, measure_words
from .directions import direction_words
from .evidence import evidence_sentences
from .place_words import black_spot_sentence, figures
from .school_words import case_words
from .site_visit import visit_checks
from .translation import translations
from .typesetting import typeset
from .words import (
    counterpart_words,
    help_words,
    like_words,
    place_title,
    reason_words,
    state_words,
    time_words,
    type_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from geo.countermeasures import Measure

    from .place_values import PlaceSheet

    Words = Callable[[str], str]

LEAD = ("reported", "certainty", "local")
PRINTED = 4
"""Measures of each kind on paper; the page has them all."""
BEHIND = ("weight", "danger", "stress")


def place_sheet(sheet: PlaceSheet) -> bytes:
    """Return the sheet as PDF/UA-1 on one or two pages; the same sheet gives the same bytes."""
    return typeset("place_sheet.typ", sheet_words(sheet), day=sheet.release_day)


def sheet_words(sheet: PlaceSheet) -> dict[str, Any]:
    """Return all that the sheet says, for a PDF of its own and for the annex of a report."""
    _ = translations(sheet.language).gettext
    row = sheet.row
    title = place_title(row, _)
    said = evidence_sentences(row, sheet.mode, sheet.language, _)
    release = _("Release {number} of {day}").format(
        number=sheet.release_number, day=_day(sheet.release_day, sheet)
    )
    return {
        "language": sheet.language,
        "author": "Bicycle Barometer",
        "title": _("Sheet: {place}").format(place=title),
        "kind": _("Sheet of a place"),
        "heading": title,
        "facts": _facts(sheet, _),
        "state": row["state"] if sheet.mode == "risk" else "",
        "simulated": _("Simulated data: made by a program, not by students.")
        if sheet.simulated
        else "",
        "footer": f"{sheet.area} · {title} · {release}",
        "lead": [said[topic] for topic in LEAD if topic in said],
        "behind": [said[topic] for topic in BEHIND if topic in said],
        "missing": list(sheet.missing),
        "plan": {
            "svg": sheet.plan,
            "alt": _(
                "Plan of {place} with north up: the streets that meet there, their cycle "
                "facilities, and where students ride. The table beside it lists the same."
            ).format(place=title),
            "legend": list(sheet.legend),
        },
        "arms": _arms(sheet, _),
        "figures": _figures(sheet, _),
        "bars": bars(row, sheet.language, _),
        "shares": _shares(sheet, _),
        "quotes": {"title": _("What students write"), "items": list(row["quotes"])},
        "crashes": _crashes(sheet, said.get("crashes", ""), _),
        "measures": _measures(sheet, _),
        "visit": _visit(sheet, _),
        "case": _case(sheet, _),
        "after": _after(sheet, _),
        "notes": _notes(sheet, _, release),
    }


def bars(row: Mapping[str, Any], language: str, _: Words) -> list[dict[str, Any]]:
    """Return what students told of a place: each question with its answers, the most first."""
    asked = (
        ("reasons", _("What is wrong"), reason_words(_)),
        ("times", _("When it is worst"), time_words(_)),
        ("counterparts", _("With whom it nearly happened, or did"), counterpart_words(_)),
        ("helps", _("What would help, students say"), help_words(_)),
        ("likes", _("What is good"), like_words(_)),
    )
    return [
        {
            "title": title,
            "rows": [
                {"words": words.get(code, code), "n": n, "share": n / row["participants"],
                 "number": format_decimal(n, locale=language)}
                for code, n in sorted(row[column].items(), key=lambda one: (-one[1], one[0]))
            ],
        }
        for column, title, words in asked
        if row[column]
    ]  # fmt: skip


def because(measure: Measure, _: Words) -> str:
    """Return what students told that asks for a measure, in words."""
    words = {
        "reasons": reason_words(_),
        "counterparts": counterpart_words(_),
        "helps": help_words(_),
        "times": time_words(_),
    }
    return ", ".join(
        f"{words[column].get(code, code)} ({n})" for column, code, n in measure.because
    )


def _facts(sheet: PlaceSheet, _: Words) -> list[str]:
    row = sheet.row
    kind = type_words(_).get(row["type"], row["type"])
    stress = _("traffic stress {level} of 4").format(level=row["stress"])
    state = [state_words(_)[row["state"]]] if sheet.mode == "risk" else []
    return [*state, kind, stress]


def _day(day: date, sheet: PlaceSheet) -> str:
    return format_date(day, "long", locale=sheet.language)


def _count(value: float | None, sheet: PlaceSheet) -> str:
    return "–" if value is None else format_decimal(round(value), locale=sheet.language)


def _arms(sheet: PlaceSheet, _: Words) -> dict[str, Any]:
    kinds, ways = type_words(_), direction_words(_)
    return {
        "header": [_("Arm"), _("Street"), _("Rides in"), _("Rides out")],
        "rows": [
            [
                arm.letter,
                f"{arm.name or kinds.get(arm.type, arm.type)}, {ways[arm.towards]}",
                kinds.get(arm.type, arm.type) if arm.name else "",
                _count(arm.rides_in, sheet),
                _count(arm.rides_out, sheet),
            ]
            for arm in sheet.arms
        ],
        "note": _("Rides in a school year; – means too few students to tell."),
    }


def _figures(sheet: PlaceSheet, _: Words) -> dict[str, Any]:
    return {
        "title": _("Figures"),
        "header": [_("Figure"), _("Value"), _("90 % interval"), _("From")],
        "rows": [list(figure) for figure in figures(sheet)],
    }


def _shares(sheet: PlaceSheet, _: Words) -> dict[str, Any]:
    return {
        "title": _("Which way and when"),
        "rows": [[share.words, _count(share.rides, sheet)] for share in sheet.shares],
        "note": _("Rides in a school year"),
    }


def _crashes(sheet: PlaceSheet, sentence: str, _: Words) -> dict[str, Any]:
    row = sheet.row
    unknown = _("No crash file is known here, or you may not see so few crashes.")
    numbers = []
    if row["crashes"] and row["crashes_ksi"] is not None:
        numbers = [
            [_("Killed or seriously injured"), _count(row["crashes_ksi"], sheet)],
            [_("Slightly injured"), _count(row["crashes_slight"], sheet)],
        ]
    return {
        "title": _("Official crashes"),
        "text": sentence or ("" if sheet.spot else unknown),
        "rows": numbers,
        "spot": black_spot_sentence(sheet.spot, _) if sheet.spot else "",
    }


def _measures(sheet: PlaceSheet, _: Words) -> dict[str, Any]:
    words, kinds = measure_words(_), measure_kind_words(_)
    shown = [(kind, own[:PRINTED]) for kind, own in by_kind(sheet.measures)]
    sources = list(dict.fromkeys(one.source for _kind, own in shown for one in own))
    columns: list[list[dict[str, Any]]] = [[], []]
    for kind, own in shown:
        items = [
            {
                "words": words[one.code],
                "because": because(one, _),
                "source": str(sources.index(one.source) + 1),
            }
            for one in own
        ]
        shorter = min(columns, key=lambda column: sum(len(group["items"]) + 1 for group in column))
        shorter.append({"title": kinds[kind], "items": items})
    return {
        "title": _("What could be done"),
        "text": _(
            "Proposed by rule from what students said, the type of place and its stress; people "
            "who know the place decide."
        )
        if shown
        else _("No rule proposes anything here: too little is known."),
        "columns": columns,
        "sources": [f"{number} {source}" for number, source in enumerate(sources, start=1)],
    }


def _visit(sheet: PlaceSheet, _: Words) -> dict[str, Any]:
    return {
        "title": _("Site visit"),
        "checks": visit_checks(sheet.row, _),
        "fields": [_("Day, hour, weather"), _("Decision")],
        "signed": [_("Police"), _("Road authority"), _("School")],
        "signature": _("Name and signature"),
    }


def _case(sheet: PlaceSheet, _: Words) -> dict[str, Any]:
    case = sheet.case
    if case is None:
        text = _("Nobody has taken this place on yet.")
        return {"title": _("Case"), "rows": [], "text": text}
    rows = [
        [_("State"), case_words(_).get(case.state, case.state)],
        [_("Owner"), case.owner or _("Nobody has taken this place on yet.")],
        [_("Due"), _day(case.due_on, sheet) if case.due_on else "–"],
        *([[_("Answer"), case.answer]] if case.answer else []),
    ]
    return {"title": _("Case"), "rows": rows, "text": ""}


def _after(sheet: PlaceSheet, _: Words) -> dict[str, Any]:
    return {
        "title": _("Before and after"),
        "sentences": list(sheet.effects),
        "header": ["", _("Before"), _("After")],
        "rows": [
            [
                figure.label,
                f"{figure.value} ({figure.interval})" if figure.interval else figure.value,
            ]
            for figure in figures(sheet)
            if figure.interval
        ][:3],
        "fields": [_("Measure"), _("Done on")],
    }


def _notes(sheet: PlaceSheet, _: Words, release: str) -> list[str]:
    osm = _("date unknown") if sheet.osm_date is None else _day(sheet.osm_date, sheet)
    return [
        _("Each range holds the true value nine times in ten."),
        _("An answer is named only if at least five students gave it, a text only if three wrote."),
        f"{release}, {sheet.release_hash[:12]}. © OpenStreetMap contributors, ODbL 1.0, {osm}.",
    ]
