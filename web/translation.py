"""Languages of the pages: catalogues are compiled in memory, a translator only edits a .po."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALE = Path(__file__).parent / "locale"

# Each language in its own words: whoever looks for it cannot read the present one.
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "nl": "Nederlands",
    "th": "ไทย",
    "id": "Bahasa Indonesia",
}


@cache
def translations(language: str) -> NullTranslations:
    """Return the compiled catalogue of `language`; English is the source and has none."""
    if language == "en":
        return NullTranslations()
    with (LOCALE / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def choose_language(*wishes: str | None, accept: str = "") -> str:
    """Return the first wished language that exists, else the best of an Accept-Language header.

    Pass the wishes in their order of weight: the address, the cookie, the campaign.
    """
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    preferred = [part.partition(";")[0].strip().replace("-", "_") for part in accept.split(",")]
    return negotiate_locale([tag for tag in preferred if tag], list(LANGUAGES)) or "en"
