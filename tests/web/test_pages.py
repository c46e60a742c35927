import re
from datetime import date
from itertools import product
from typing import Any

import pytest
from shapely import LineString

from geo.countermeasures import Measure
from geo.crs import BBox
from tests.web.reader import Reader
from web.assets import static_address
from web.columns import Column
from web.countermeasures import by_kind, measure_kind_words, measure_words
from web.directions import Share, direction_words
from web.hotspot_filters import Occurring
from web.hotspot_page import hotspot_page
from web.maps import (
    check_map,
    draw_map,
    hotspot_map,
    place_map,
    rate_map,
    school_map,
    thanks_map,
)
from web.pages import render
from web.place_plan import Arm
from web.place_values import CaseBox
from web.stability import Setting, Stability
from web.translation import LANGUAGES

HOSTILE = "<img src=x onerror=alert(1)> {{ 7*7 }} ${alert(1)} ` </script>"
AREA = {"name": "town", "version": "1", "title": "Town", "bbox": [13.2, 53.5, 13.3, 53.6]}
ARM = Arm("A", "s1", HOSTILE, "path", "path", "N", LineString([(0, 0), (0, 1)]), 1200.0, None)
URLS = {
    name: f"/{name}"
    for name in ("snap", "routes", "class", "draw", "rate", "check", "thanks", "hotspots", "places")
}
CONFIG = {
    "area": AREA,
    "school": {"name": HOSTILE, "lon": 13.25, "lat": 53.55},
    "campaign": {"id": "c", "title": HOSTILE},
    "participant_key": "p",
    "urls": URLS,
}
CAMPAIGN = {
    "id": "c",
    "title": HOSTILE,
    "school": HOSTILE,
    "code": "ABCD-EFGH",
    "state": "open",
    "from_day": "2026-09-01",
    "to_day": "2026-12-01",
    "participants": 3,
    "routes": 4,
    "share_rated": 0.93,
    "policy_version": "1",
    "school_id": 1,
}
PROGRESS = {
    "senders": 3,
    "participants": 3,
    "routes": 4,
    "km": 7.3,
    "share_rated": 0.93,
    "needed": 1,
}
PLACE = {
    "quotes": [HOSTILE],
    "schools": {"1": 5},
    "passages_by": {"after_school": 1.0},
    "id": "s1",
    "kind": "segment",
    "name": HOSTILE,
    "type": "residential/none",
    "lon": 13.25,
    "lat": 53.55,
    "state": "watch",
    "index": 71.0,
    "index_low": 71.0,
    "index_high": 71.0,
    "danger": 0.5,
    "danger_low": 0.4,
    "danger_high": 0.6,
    "participants": 21,
    "passages": 1.2,
    "reporters": 7,
    "rate": 2.0,
    "rate_low": 1.0,
    "rate_high": 3.0,
    "rank": 1,
    "rank_danger": 3,
    "relative": 2.25,
    "relative_low": 1.5,
    "relative_high": 3.125,
    "weight": 0.4,
    "evidence": 0.85,
    "yearly": 6.0,
    "yearly_low": 2.0,
    "yearly_high": 9.0,
    "avoidable": 2.75,
    "avoidable_low": 0.5,
    "avoidable_high": 5.25,
    "top10": 0.62,
    "excess": 4.0,
    "excess_low": 0.5,
    "excess_high": 7.0,
    "crashes": 6,
    "crashes_ksi": 2,
    "crashes_slight": 3,
    "stress": 3,
    "reasons": {"speed": 5, "traffic": 9},
    "rests_on": HOSTILE,
}
TOPICS = ("reported", "weight", "certainty", "danger", "crashes", "local", "cluster", "stress")
SCHOOL = {"id": 1, "name": HOSTILE, "lon": 13.25, "lat": 53.55}
GROUP = {
    "id": "c1",
    "members": [{"id": "s1", "title": HOSTILE}, {"id": "s2", "title": HOSTILE}],
    "observed": 17,
    "expected": 6.25,
    "p": 0.001,
}
STABLE = Stability(
    intro=HOSTILE,
    changed=[Setting(HOSTILE, HOSTILE, HOSTILE, HOSTILE)],
    unchanged=HOSTILE,
    halves=[HOSTILE],
)
SEVERITY = {
    "id": "s1",
    "title": HOSTILE,
    "linked": True,
    "crashes": 6,
    "crashes_ksi": 2,
    "crashes_slight": 3,
    "rank_1_1_1": 1,
    "rank_1_3_5": 2,
    "rank_1_10_10": 3,
}
RELEASE = {
    "number": 2,
    "date": "2026-11-20",
    "mode": "risk",
    "participants": 312,
    "simulated": True,
    "missing": {},
}
PERCEPTION = {**RELEASE, "mode": "perception", "missing": {"conflicts": (12, 30)}}
NO_QUERY = dict.fromkeys(
    ("area", "layer", "list", "period", "school", "time", "reason", "case", "evidence", "kind",
     "sort", "page"), "",
)  # fmt: skip


def table(
    *places: dict[str, Any], mode: str = "risk", language: str = "en", **query: str
) -> dict[str, Any]:
    """What the page of hotspots shows of places."""
    about = {"id": 1, "owner": HOSTILE, "due_on": date(2026, 12, 1), "open": True}
    case = {"case": "planned", "about_case": about}
    rows = [case | {"crashes": 3, "weight": 0.4} | place for place in places]
    found = Occurring([2026, 2025], {"7": HOSTILE}, ["before_school"], ["speed"], ["path"], ["new"])
    return hotspot_page(
        rows, rows, mode=mode, query=NO_QUERY | query, found=found, language=language,
        translate=str,
    )  # fmt: skip


LIST = {
    "map": hotspot_map(AREA, language="en", whole=BBox(13.2, 53.5, 13.4, 53.7)),
    "config": CONFIG,
    **table(PLACE),
    "area": "town",
    "groups": [GROUP],
    "grouped": True,
    "downloads": [{"label": "CSV", "url": "/x.csv"}],
    "areas": [AREA],
}
STAFF = {"email": HOSTILE, "role": "teacher", "crashes": True}
KEY = {"id": 1, "name": HOSTILE, "writes": True, "used_on": date(2026, 9, 1)}
MINE = {
    "email": HOSTILE, "role": HOSTILE, "of": HOSTILE, "factor": True, "language": "en",
    "digest": "daily", "acts": True,
}  # fmt: skip
DEPUTY = {"id": 1, "email": HOSTILE, "from_day": "2026-09-01", "to_day": "2026-09-02"}
ADMINISTRATION = {
    "user": {**STAFF, "role": "admin"},
    "kinds": {"police": HOSTILE},
    "causes": {"enforcement": HOSTILE},
    "max_mb": 5,
    "error": HOSTILE,
}
PAGES = {
    "home.html": {"error": HOSTILE, "code": HOSTILE},
    "sign_in.html": {"error": HOSTILE, "next": HOSTILE},
    "sign_in_code.html": {"error": HOSTILE, "next": HOSTILE},
    "mine.html": {"erased": True},
    "account.html": {
        "user": STAFF,
        "mine": MINE,
        "done": "key",
        "secret": HOSTILE,
        "digests": {"daily": HOSTILE},
        "min_password": 12,
        "today": date(2026, 9, 1),
        "body": {
            "name": HOSTILE, "colleagues": [HOSTILE], "deputies": [DEPUTY],
            "stands_in_for": [HOSTILE], "keys": [KEY],
        },
    },
    "factor.html": {
        "user": STAFF,
        "offer": {"secret": HOSTILE, "address": HOSTILE, "sealed": HOSTILE},
        "qr": "",
        "must": True,
    },
    "admin_bodies.html": {
        **ADMINISTRATION,
        "bodies": [{
            "id": 1, "name": HOSTILE, "kind": "police", "area": HOSTILE, "causes": ["enforcement"],
            "whole": False, "answer_days": 14,
        }],
        "areas": {"town": HOSTILE},
        "values": {"name": HOSTILE, "area": "", "kind": "", "causes": [], "answer_days": HOSTILE},
    },
    "admin_body.html": {
        **ADMINISTRATION,
        "body": {
            "id": 1, "name": HOSTILE, "kind": "police", "area": HOSTILE, "whole": True,
            "schools": 1, "all_schools": 2, "members": [HOSTILE], "keys": [KEY],
        },
        "sketch": "",
        "values": {"name": HOSTILE, "causes": [], "answer_days": 14},
        "secret": HOSTILE,
        "done": True,
    },
    "admin_accounts.html": {
        **ADMINISTRATION,
        "accounts": [{"id": 1, "email": HOSTILE, "role": "admin", "of": HOSTILE, "factor": True}],
        "authorities": [{"value": "body 1", "name": HOSTILE, "area": HOSTILE}],
        "areas": {"town": HOSTILE},
        "schools": {HOSTILE: [{"value": "school 1", "name": HOSTILE}]},
        "roles": {"admin": HOSTILE},
        "values": {"email": HOSTILE, "of": HOSTILE},
        "shown": {"email": HOSTILE, "password": HOSTILE},
        "done": True,
    },
    "help.html": {},
    "error.html": {"status": 404, "title": HOSTILE, "detail": HOSTILE},
    "draw.html": {
        "map": draw_map(AREA, language="en"),
        "config": {**CONFIG, "variant": "back", "redraw": False, "sent": ["back"]},
        "campaign": CAMPAIGN,
    },
    "rate.html": {
        "map": rate_map(AREA, language="en"), "config": CONFIG, "campaign": CAMPAIGN,
    },
    "check.html": {
        "map": check_map(AREA, language="en"), "config": CONFIG, "campaign": CAMPAIGN,
    },
    "thanks.html": {
        "map": thanks_map(AREA, language="en"), "config": CONFIG, "campaign": CAMPAIGN,
        "progress": PROGRESS, "number": 7,
        "results": {
            "release": 2, "day": "2026-11-21", "single_class": True, "sent": ["there"],
            "cases": [{"name": HOSTILE, "kind": "segment", "state": "new", "better": 0}],
        },
    },
    "teach.html": {"user": STAFF, "campaigns": [CAMPAIGN], "opened": 2},
    "campaign_new.html": {
        "user": STAFF,
        "map": school_map(AREA, [SCHOOL], language="en"),
        "schools": [SCHOOL, {**SCHOOL, "id": 2}],
        "areas": [AREA, AREA],
        "area": "town",
        "law": {"country": HOSTILE, "age": 16, "child": 13},
        "values": {"classes": [(HOSTILE, "30"), ("", HOSTILE)]},
        "errors": {"title-1": HOSTILE},
    },
    "cards.html": {
        "user": STAFF,
        "campaign": {"id": 1, "title": HOSTILE, "kind": "cards"},
        "cards": {1: None, 2: date(2026, 9, 1)},
        "printed_in": {"en": "English", "de": "Deutsch"},
        "saved": True,
    },
    "campaign.html": {
        "user": STAFF,
        "campaign": CAMPAIGN,
        "progress": PROGRESS,
        "releases": [{"number": 1, "day": "2026-11-01", "participants": 24}],
        "printed_in": {"en": "English", "de": "Deutsch"},
        "map_km": [("a4", 1500, 1.5)],
        "consent": {"kind": "cards", "ticked": 3, "cards": 25},
        "can_close": True,
        "can_reopen": True,
        "publishing": False,
        "message": HOSTILE,
        "refused": HOSTILE,
    },
    "hotspots.html": {**LIST, "release": RELEASE},
    "stability.html": {
        "area": AREA,
        "release": RELEASE,
        "stable": STABLE,
        "severities": [SEVERITY],
    },
    "place.html": {
        "map": place_map(AREA, lon=13.25, lat=53.55, name=HOSTILE, language="en"),
        "place": PLACE,
        "release": RELEASE,
        "sentences": dict.fromkeys(TOPICS, HOSTILE),
        "missing": [HOSTILE],
        "group": GROUP,
        "effects": [HOSTILE],
        "shares": [Share(HOSTILE, 1200)],
        "config": CONFIG,
        "case": CaseBox(1, "new", HOSTILE, None, date(2026, 12, 1), HOSTILE),
        "states": {"new": HOSTILE},
        "plan": "<svg></svg>",
        "arms": [ARM],
        "legend": [{"svg": "", "words": HOSTILE}],
        "ways": direction_words(str),
        "bars": [{"title": HOSTILE, "rows": [{"words": HOSTILE, "n": 9, "number": "9"}]}],
        "measures": by_kind([Measure("clear_view", "quick", (("reasons", "sight", 9),), HOSTILE)]),
        "measure_kinds": measure_kind_words(str),
        "measure_words": measure_words(str),
        "because": {"clear_view": HOSTILE},
        "checks": [HOSTILE],
        "spot": HOSTILE,
    },
}  # fmt: skip


def page(template: str, *, language: str = "en", **changes: object) -> str:
    context = {**PAGES[template], "simulated": True, **changes}
    return render(template, language=language, nonce="n0nce", **context)


everywhere = pytest.mark.parametrize(("template", "language"), list(product(PAGES, LANGUAGES)))


@everywhere
def test_page_obeys_the_strict_policy(template: str, language: str) -> None:
    for tag, attributes in Reader(page(template, language=language)).tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "script" and attributes.get("type") != "application/json":
            own = str(attributes.get("src", "")).startswith("/static/")
            assert own or attributes.get("nonce") == "n0nce"


@everywhere
def test_page_loads_nothing_from_elsewhere(template: str, language: str) -> None:
    for tag, attributes in Reader(page(template, language=language)).tags:
        for name in ("src", "href", "action"):
            address = str(attributes.get(name) or "/")
            followed = tag == "a" and "openstreetmap.org" in address
            assert followed or address[0] in "/#"


@everywhere
def test_page_has_what_a_screen_reader_needs(template: str, language: str) -> None:
    html = page(template, language=language)
    tags = Reader(html).tags
    assert ("html", {"lang": language}) in tags
    assert [tag for tag, _ in tags].count("h1") == 1
    assert [tag for tag, _ in tags].count("main") == 1
    assert "user-scalable" not in html
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    for _, attributes in tags:
        if "aria-labelledby" in attributes:
            assert attributes["aria-labelledby"] in ids


@everywhere
def test_words_of_people_stay_words(template: str, language: str) -> None:
    html = page(template, language=language)

    assert "<img" not in html
    assert "onerror=alert(1)>" not in html
    assert "49" not in re.sub(r"[0-9a-f]{10}|\\u[0-9a-f]{4}", "", html)
    assert "</script>" not in html.replace("</script>\n", "")


@everywhere
def test_simulated_data_is_marked_on_every_page(template: str, language: str) -> None:
    assert 'class="simulated"' in page(template, language=language)
    assert 'class="simulated"' not in page(template, language=language, simulated=False)


def test_german_page_speaks_german() -> None:
    assert "Klassencode" in page("home.html", language="de")
    assert '"start_hint": "Tippe auf die Ecke' in page("draw.html", language="de")


def test_numbers_and_days_follow_the_language() -> None:
    assert "7.3" in page("campaign.html")
    assert "7,3" in page("campaign.html", language="de")
    assert "1. September 2026" in page("campaign.html", language="de")


def test_only_one_more_student_is_counted_as_one() -> None:
    assert "1 more student is needed" in page("campaign.html")


def test_consent_is_never_ticked_beforehand() -> None:
    for template in ("home.html", "campaign_new.html"):
        boxes = [a for tag, a in Reader(page(template)).tags if a.get("type") == "checkbox"]
        assert all("checked" not in box for box in boxes)
        confirmed = [box for box in boxes if box["name"] in {"ready", "consent"}]
        assert len(confirmed) == 1
        assert "required" in confirmed[0]


def test_list_says_what_is_missing_for_a_risk() -> None:
    html = page("hotspots.html", release=PERCEPTION, **table(PLACE, mode="perception"))

    assert "Only perceived danger is shown" in html
    assert "reported near misses and falls: 12 of 30 needed" in html
    risk = next(a for _, a in Reader(html).tags if a.get("value") == "risk")
    assert "disabled" in risk


def test_list_without_release_claims_nothing() -> None:
    html = page("hotspots.html", release=None, listing=None)

    assert "There are no results yet" in html
    assert "ranking" not in html


def test_list_carries_n_beside_every_value() -> None:
    assert "7 of 21 riders" in page("hotspots.html")


def test_the_priority_list_carries_what_a_fix_spares_and_how_sure_that_is() -> None:
    html = page("hotspots.html")

    assert "2.8" in html
    assert "0.5–5.2" in html
    assert "62%" in html
    assert "Times the average" not in html


def test_the_danger_list_carries_times_the_average_and_what_is_more_than_normal() -> None:
    html = page("hotspots.html", **table(PLACE, list="danger"))

    assert "2.2" in html
    assert "1.5–3.1" in html
    assert "+4.0" in html
    assert "Spared a year" not in html


def test_both_lists_are_links_and_the_shown_one_is_marked() -> None:
    links = {
        attributes["href"]: attributes.get("aria-current")
        for tag, attributes in Reader(page("hotspots.html", **table(PLACE, list="danger"))).tags
        if tag == "a" and attributes.get("data-list") in {"priority", "danger"}
    }

    assert links == {"/hotspots": None, "/hotspots?list=danger": "page"}


def test_a_heading_sorts_and_turns_and_says_how_it_is_sorted() -> None:
    def headings(**query: str) -> dict[str, tuple[str | None, str | None]]:
        html = page("hotspots.html", **table(PLACE, **query))
        cells = re.findall(
            r'<th scope="col"[^>]*?(?:aria-sort="(\w+)")?><a [^>]*?href="([^"]+)"', html
        )
        return {href: sort for sort, href in cells}

    assert headings()["/hotspots?sort=-rank"] == "ascending"
    assert headings()["/hotspots?sort=name"] == ""
    assert headings(sort="avoidable")["/hotspots?sort=-avoidable"] == "descending"
    assert headings(sort="-avoidable", kind="path")["/hotspots?kind=path&amp;sort=avoidable"] == (
        "ascending"
    )


def test_a_filter_that_leaves_out_small_numbers_says_so() -> None:
    assert "nobody is told of it" not in page("hotspots.html")
    for name, value in (("school", "1"), ("time", "after_school"), ("reason", "x")):
        html = page("hotspots.html", **table(PLACE, **{name: value}))
        assert "nobody is told of it" in html
        assert "left out by your choice" in html


def test_no_group_proves_nothing() -> None:
    html = page("hotspots.html", groups=[])

    assert "No group of neighbouring places stands out." in html
    assert "14 to 83 of 100 cases" in html


def test_stability_that_is_not_worked_out_yet_says_so() -> None:
    assert "This is being worked out." in page("stability.html", stable=None, severities=[])


def test_a_place_says_what_its_figures_rest_on() -> None:
    html = page("place.html")
    bars = [a for tag, a in Reader(html).tags if tag == "rect" and a["class"] == "prior"]

    assert [float(str(bar["width"])) for bar in bars] == [40.0, 15.0]
    assert "0.5–5.2" in html
    assert "Severity unknown" in html


def test_where_crashes_are_not_known_a_place_is_silent_about_them() -> None:
    sentences = {**dict.fromkeys(TOPICS, "so"), "crashes": ""}

    assert "Official crashes" not in page("place.html", sentences=sentences, spot="")


def test_perception_carries_its_interval() -> None:
    assert "0.40–0.60" in page("hotspots.html", release=PERCEPTION)


def test_unknown_values_are_a_dash_and_not_zero() -> None:
    html = page(
        "place.html",
        place={
            **PLACE,
            "index": None,
            "index_low": None,
            "index_high": None,
            "rate": None,
            "danger_low": None,
        },
        sentences={**dict.fromkeys(TOPICS, ""), "reported": "so"},
    )

    assert "Risk index" not in html
    assert "–" in html


def test_page_under_way_loads_itself_again() -> None:
    assert "js/publishing.js" in page("campaign.html", publishing=True)
    assert "Close and compute" not in page("campaign.html", publishing=True)


def test_static_address_changes_with_the_content() -> None:
    assert re.fullmatch(r"/static/css/style\.css\?v=[0-9a-f]{10}", static_address("css/style.css"))


def test_names_of_columns_in_a_text_are_set_as_code() -> None:
    column = Column("index_low", "number", "0–100", "Low end of `index` <&>")
    told = [{"name": column.name, "column": column, "rounding": ""}]
    shown = render("open_dictionary.html", language="en", nonce="n0nce", columns=told)

    assert "Low end of <code>index</code> &lt;&amp;&gt;" in shown
