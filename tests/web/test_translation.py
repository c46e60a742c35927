import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from web import translation
from web.messages import script_messages
from web.translation import LANGUAGES, choose_language, translations

WEB = Path(translation.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
HOW = (
    "run: pybabel extract --sort-output -F web/locale/babel.cfg -o web/locale/messages.pot "
    "--no-location web; "
    "pybabel update -i web/locale/messages.pot -d web/locale --no-fuzzy-matching; then translate"
)
translated = pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])


def written() -> set[str]:
    """Return every message that stands in the code and the templates today."""
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    options = {"templates/**.html": {"silent": "false"}}
    found = extract_from_dir(WEB, methods, options)
    return {message if isinstance(message, str) else message[0] for _, _, message, *_ in found}


def catalogue(language: str) -> Catalog:
    with (WEB / "locale" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def pairs(entries: Catalog) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if isinstance(entry.id, tuple):
            for said in entry.string:
                yield entry.id[1], said
        elif entry.id:
            yield entry.id, entry.string


@translated
def test_catalogue_is_complete_and_not_stale(language: str) -> None:
    known = {
        entry.id[0] if isinstance(entry.id, tuple) else entry.id
        for entry in catalogue(language)
        if entry.id
    }
    assert known == written(), HOW


@translated
def test_every_message_has_words(language: str) -> None:
    entries = catalogue(language)
    assert not [entry.id for entry in entries if entry.fuzzy and entry.id]
    assert not [source for source, said in pairs(entries) if not said.strip()]


@translated
def test_placeholders_are_the_same(language: str) -> None:
    for source, said in pairs(catalogue(language)):
        assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(source)), source


@translated
def test_template_was_extracted_anew(language: str) -> None:
    with (WEB / "locale" / "messages.pot").open("rb") as file:
        template = read_po(file)
    assert {entry.id for entry in template} == {entry.id for entry in catalogue(language)}, HOW


def test_scripts_use_every_message_and_no_other() -> None:
    scripts = "".join(file.read_text() for file in (WEB / "static" / "js").glob("*.js"))
    keys = set(script_messages(str))

    assert {key for key in keys if f'"{key}"' not in scripts} - {"near_miss", "fall"} == set()
    assert set(re.findall(r'\bsay\("(\w+)"', scripts)) <= keys


def test_compiled_catalogue_speaks() -> None:
    assert translations("de").gettext("Undo") == "Zurück"
    one = "{reporters} of {n} rider"
    many = "{reporters} of {n} riders"
    assert translations("de").ngettext(one, many, 1) != translations("de").ngettext(one, many, 2)


@pytest.mark.parametrize(
    ("wishes", "accept", "language"),
    [
        (("de", "en"), "en", "de"),
        ((None, "de"), "en", "de"),
        (("xx", None), "de-AT,de;q=0.9,en;q=0.8", "de"),
        ((), "fr,ja", "en"),
        ((), "", "en"),
    ],
)
def test_first_wish_that_exists_wins(
    wishes: tuple[str | None, ...], accept: str, language: str
) -> None:
    assert choose_language(*wishes, accept=accept) == language
