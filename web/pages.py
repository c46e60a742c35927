"""HTML pages: a template, a language and values in, one string out."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel import dates, numbers
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from .assets import static_address
from .messages import script_messages
from .scale import scales
from .translation import LANGUAGES, translations
from .words import (
    campaign_problem_words,
    campaign_words,
    case_state_words,
    companion_words,
    counterpart_words,
    draw_words,
    faces,
    help_words,
    like_words,
    missing_words,
    mode_words,
    more_words,
    place_title,
    rating_words,
    reason_words,
    reported,
    state_words,
    students_say,
    time_words,
    type_words,
    variant_words,
    verdict_short,
    verdict_words,
    why_words,
)

HERE = Path(__file__).parent


def render(
    template: str,
    *,
    language: str,
    nonce: str,
    config: Mapping[str, Any] | None = None,
    **context: object,
) -> str:
    """Return the page `template` in `language`; inline scripts carry `nonce`.

    `config` reaches the page's scripts, together with the language and their words.
    """
    environment = _environment(language)
    values = {**_DEFAULTS, **context}
    values["config"] = {
        **(config or {}),
        "language": language,
        "messages": script_messages(translations(language).gettext),
    }
    return environment.get_template(template).render(language=language, nonce=nonce, **values)


def render_mail(template: str, *, language: str, **values: object) -> str:
    """Return the text of a mail, which has neither scripts nor what every page has."""
    return _environment(language).get_template(template).render(language=language, **values)


# What every page has; an endpoint names only what differs.
_DEFAULTS: Mapping[str, Any] = {
    "user": None,
    "simulated": False,
    "languages": LANGUAGES,
    "path": "/",
    "said": [],
    "error": None,
    "message": None,
    "refused": None,
    "erased": False,
    "case": None,
}


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = translations(language)
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {
        "static": static_address,
        "scales": scales(catalogue.gettext),
        "reason_words": reason_words(catalogue.gettext),
        "state_words": state_words(catalogue.gettext),
        "missing_words": missing_words(catalogue.gettext),
        "place_title": lambda place: place_title(place, catalogue.gettext),
        "reported": lambda place: reported(place, catalogue.ngettext),
        "type_words": type_words(catalogue.gettext),
        "campaign_words": campaign_words(catalogue.gettext),
        "case_state_words": case_state_words(catalogue.gettext),
        "students_say": lambda better: students_say(better, catalogue.ngettext),
        "verdict_words": verdict_words(catalogue.gettext),
        "verdict_short": verdict_short(catalogue.gettext),
        "more_words": more_words(catalogue.gettext),
        "campaign_problems": campaign_problem_words(catalogue.gettext),
        "faces": faces(catalogue.gettext),
        "draw_words": draw_words(catalogue.gettext),
        "mode_words": mode_words(catalogue.gettext),
        "companion_words": companion_words(catalogue.gettext),
        "why_words": why_words(catalogue.gettext),
        "variant_words": variant_words(catalogue.gettext),
        "like_words": like_words(catalogue.gettext),
        "time_words": time_words(catalogue.gettext),
        "counterpart_words": counterpart_words(catalogue.gettext),
        "help_words": help_words(catalogue.gettext),
        "rating_words": rating_words(catalogue.gettext),
    }
    environment.filters |= _filters(language)
    return environment


def _filters(language: str) -> dict[str, Any]:
    return {
        "number": lambda value, digits=0: _decimal(value, digits, language),
        "percent": lambda value: (
            "–" if value is None else numbers.format_percent(value, locale=language)
        ),
        "day": lambda value: _day(value, language, "long"),
        "brief_day": lambda value: _day(value, language, "medium"),
        "with_code": _with_code,
    }


def _with_code(text: str) -> Markup:
    """Return a text in which names of columns stand in backticks, with these set as code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def _decimal(value: float | None, digits: int, language: str) -> str:
    if value is None:
        return "–"
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, format=pattern, locale=language)


def _day(value: date | str, language: str, form: Literal["medium", "long"]) -> str:
    moment = date.fromisoformat(value) if isinstance(value, str) else value
    return dates.format_date(moment, format=form, locale=language)
