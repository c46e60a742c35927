"""What a page is made of comes from its own site. This needs no browser: every check runs it."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import chain
from typing import Any

import pytest
from starlette.testclient import TestClient

from web.translation import LANGUAGES

# Attributes that a browser follows by itself, or sends a form to. A link waits for a person.
FOLLOWED = {
    "src",
    "srcset",
    "href",
    "xlink:href",
    "action",
    "formaction",
    "poster",
    "data",
    "style",
}
OSM = "https://www.openstreetmap.org/copyright"
ODBL = "https://opendatacommons.org/licenses/odbl/1-0/"
FOREIGN = re.compile(r"(?:https?:)?//[^\s\"')]+")

Visits = dict[str, list[Any]]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def see(
    client: TestClient, student: TestClient, staff: Callable[[str], TestClient]
) -> Callable[[Any, str], str]:
    """The HTML that a visitor gets."""

    def seen(visit: Any, language: str) -> str:  # noqa: ANN401 - Visit of conftest.py
        browser = {"": client, "student": student}.get(visit.who) or staff(visit.who)
        response = browser.get(f"{visit.path}{'&' if '?' in visit.path else '?'}lang={language}")
        assert response.status_code == 200, (visit, response.text)
        return response.text

    return seen


class Reader(HTMLParser):
    """The addresses of a page: those it loads or sends to, and its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self._in_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        values = [value or "" for name, value in attrs if name in FOLLOWED]
        (self.links if tag == "a" else self.loaded).extend(values)
        # A page that loads itself again names its address inside a sentence.
        self.loaded += [value or "" for name, value in attrs if tag == "meta" and name == "content"]

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.loaded += re.findall(r"(?:url\(|@import)[^;)]*", data)


def test_every_page_of_the_site_is_visited(page_routes: set[str], visits: Visits) -> None:
    assert set(visits) == page_routes


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_load_nothing_from_another_host(
    see: Callable[[Any, str], str], visits: Visits, language: str
) -> None:
    for visit in chain(*visits.values()):
        page = Reader(see(visit, language))
        assert len(page.loaded) > 3
        assert [one for one in page.loaded if FOREIGN.search(one)] == [], visit
        assert {one for one in page.links if FOREIGN.search(one)} - {ODBL} == {OSM}, visit


def test_everything_a_page_loads_is_there(
    see: Callable[[Any, str], str], visits: Visits, client: TestClient
) -> None:
    pages = [Reader(see(visit, "en")) for visit in chain(*visits.values())]
    files = {one for page in pages for one in page.loaded if one.startswith("/static/")}
    assert len(files) > 10
    for file in files:
        response = client.get(file)
        assert response.status_code == 200, file
        if response.headers["content-type"].startswith("text/css"):
            assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", response.text), file


def test_the_reader_finds_what_it_looks_for() -> None:
    foreign = (
        '<script src="https://x.example/a.js"></script><link href="//x.example/a.css">'
        '<img srcset="http://x.example/a.png 2x"><form action="https://x.example/"></form>'
        '<p style="background: url(https://x.example/b.png)"></p>'
        '<meta http-equiv="refresh" content="2; url=https://x.example/">'
        "<style>p { background: url(https://x.example/c.png) }</style>"
    )

    assert len([one for one in Reader(foreign).loaded if FOREIGN.search(one)]) == 7
