"""The rules that exist in Python and in a static script must say the same."""

import json
import math
import random
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

import web
from api.schemas.ride import RatingIn, RouteIn
from geo.plausibility import MODES, Flag, flags, thresholds
from geo.routing import Passage
from geo.trimming import cut_index
from web.messages import script_messages
from web.scale import layer_value, place_band, scale_json, scales

pytestmark = pytest.mark.browser
JS = Path(web.__file__).parent / "static" / "js"
CONFIG = {"messages": script_messages(str), "participant_key": "p1", "school": None}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Page:
    return open_scripts(chromium)


def open_scripts(browser: Browser) -> Page:
    tab = browser.new_page()
    # Storage needs an origin; nothing is fetched from it.
    tab.route("**/*", lambda route: route.fulfill(status=200, content_type="text/html", body=""))
    tab.goto("http://localhost/")
    tab.set_content(f'<script type="application/json" id="config">{json.dumps(CONFIG)}</script>')
    for name in (
        "page",
        "api",
        "draft",
        "outbox",
        "cut",
        "ride",
        "answers",
        "contribution",
        "network_tiles",
        "plausible",
    ):
        tab.add_script_tag(path=str(JS / f"{name}.js"))
    return tab


def passages(rng: random.Random) -> list[Passage]:
    """Return a ride to the north with crossings at random distances, some of them safe."""
    found, along = [], 0.0
    for n in range(rng.randint(1, 25)):
        step = rng.uniform(10, 120)
        kind = rng.choice(["segment", "intersection"])
        lat = 53.5 + along / 111_195
        safe = kind == "intersection" and rng.random() < 0.4
        end = along + step
        found.append(
            Passage(kind, f"{n}", "", "forward", along, end, 13.2, lat, safe)  # type: ignore[arg-type]
        )
        along = end
    return found


def test_cut_is_the_same_on_the_device_and_on_the_server(page: Page) -> None:
    rng = random.Random(1)  # noqa: S311 - a fixed seed for made-up rides
    rides = [(passages(rng), rng.random()) for _ in range(300)]
    found = page.evaluate(
        """(rides) => rides.map(([places, u]) =>
             barometer.cut.find(places, [13.2, 53.5], u, places[places.length - 1].to_m))""",
        [[[asdict(place) for place in ride], u] for ride, u in rides],
    )
    expected = [cut_index(ride, (13.2, 53.5), u) for ride, u in rides]

    assert [None if cut["short"] else cut["index"] for cut in found] == expected
    assert sum(index is not None for index in expected) > 50


def test_a_place_is_drawn_in_the_band_of_its_value(page: Page) -> None:
    layers = scales(str)
    for layer, scale in layers.items():
        values = [x for b in scale.bands for x in (b.low, math.nextafter(b.high, 0), b.high)]
        places = [
            {"state": state, scale.field: value}
            for value in [*values, None]
            for state in ("confirmed", "unknown")
        ]
        ids = [f"s{number:010}" for number in range(len(places))]
        signs = scale.band_numbers([layer_value(scale, place) for place in places])
        found = page.evaluate(
            """([ids, layer, signs, bands]) => {
                 const values = new barometer.NetworkValues({ ids, layers: { [layer]: signs } });
                 const row = (id) => values.rows.get(barometer.networkTiles.keyOf(id));
                 const band = (id) => bands[values.band(layer, row(id))];
                 return ids.map((id) => (band(id) || { color: null }).color);
               }""",
            [ids, layer, signs, scale_json(layers)["layers"][layer]["bands"]],
        )
        bands = [place_band(scale, place) for place in places]
        assert found == [band.color if band else None for band in bands]


def test_what_asks_for_a_second_look_is_the_same_on_the_device_and_on_the_server(
    page: Page,
) -> None:
    limits = thresholds()
    lengths = [0.0, 1500.0, *(limits[name] for name in limits if name.startswith("long_"))]
    edges = [*lengths, limits["short"], 4000.0, 9000.0]
    rides: list[dict[str, Any]] = [
        {"length_m": length, "direct_m": direct, "free_m": free, "minutes": minutes, "mode": mode}
        for length in [*edges, *(math.nextafter(edge, math.inf) for edge in edges)]
        for direct in (0.0, 140.0, length / 2, length / 1.01, length)
        for free in (0.0, limits["straight_floor"], length / 2, length)
        for minutes in (None, 1, 5, 20, 90)
        for mode in MODES
    ]
    found = page.evaluate(
        "([rides, limits]) => rides.map((ride) => barometer.plausible.find(ride, limits))",
        [rides, limits],
    )
    expected = [list(flags(**ride)) for ride in rides]

    assert found == expected
    assert {code for codes in expected for code in codes} == set(get_args(Flag))


def test_same_device_cuts_the_same_and_others_do_not(page: Page) -> None:
    mine, again, other = page.evaluate(
        """async () => [await barometer.cut.share("a"), await barometer.cut.share("a"),
                        await barometer.cut.share("b")]"""
    )

    assert 0 <= mine < 1
    assert mine == again != other


def place(
    name: str, low: float, high: float, stretch: str | None = None, kind: str = "segment"
) -> dict[str, Any]:
    return {
        "kind": kind, "id": name, "name": name[0], "direction": "forward", "from_m": low,
        "to_m": high, "lon": 13.2, "lat": 53.5 + low / 111_195, "safe": kind != "segment",
        "stretch": stretch,
    }  # fmt: skip


def leg(low: float, high: float, *, straight: bool = False) -> dict[str, Any]:
    ends = [[13.2, 53.5 + low / 111_195], [13.2, 53.5 + high / 111_195]]
    return {"coordinates": ends, "straight": straight, "length_m": high - low}


def stored(page: Page, legs: list[dict[str, Any]], places: list[dict[str, Any]]) -> dict[str, Any]:
    """What is left of a ride from 53.5° N to the north after the cut at 225 m or more."""
    length = sum(one["length_m"] for one in legs)
    route = {"waypoints": [], "length_m": length, "legs": legs, "places": places}
    draft = {"route": route, "points": [{"lon": 13.2, "lat": 53.5}]}
    return page.evaluate("(draft) => barometer.ride.stored(draft, 0.5)", draft)


def keys(ride: dict[str, Any]) -> list[str]:
    return [stop["key"] for stop in ride["stops"]]


def test_ride_of_two_streets_and_a_gap(page: Page) -> None:
    # 1,000 m: 600 m of streets, 100 m straight over a field, 300 m of streets to the school.
    ride = stored(
        page,
        [leg(0, 600), leg(600, 700, straight=True), leg(700, 1000)],
        [place("a1", 0, 310, "ta"), place("x", 310, 320, kind="intersection"),
         place("b1", 320, 460, "tb"), place("b2", 460, 600, "tb"), place("c1", 700, 1000, "tc")],
    )  # fmt: skip

    assert [step.get("id", "free") for step in ride["steps"]] == ["x", "b1", "b2", "free", "c1"]
    # The two pieces of stretch b are one stop; the start of the ride is in none of the lines.
    assert keys(ride) == ["x", "b1 b2", "c1"]
    assert ride["metres"] == 690
    assert [line["straight"] for line in ride["lines"]] == [False, True, False]
    assert ride["lines"][0]["coordinates"][0][1] == pytest.approx(53.5 + 310 / 111_195, abs=1e-6)


def test_stretch_is_one_stop_with_the_driveway_on_it(page: Page) -> None:
    ride = stored(
        page,
        [leg(0, 900)],
        [place("a1", 0, 300, "ta"), place("x", 300, 300, kind="intersection"),
         place("b1", 300, 400, "tb"), place("drive", 400, 405, "tb", kind="intersection"),
         place("b2", 405, 500, "tb"), place("y", 500, 500, kind="intersection"),
         place("b3", 500, 900, "tc")],
    )  # fmt: skip

    assert keys(ride) == ["x", "b1 drive b2", "y", "b3"]
    stop = ride["stops"][1]
    assert (stop["kind"], stop["name"], stop["from_m"], stop["to_m"]) == ("segment", "b", 300, 500)
    # Each place is sent for itself, the near miss once, and on the street.
    miss = {"b1 drive b2": answer(2, incident="near_miss")}
    sent = page.evaluate("([ride, answers]) => barometer.answers.said(ride, answers)", [ride, miss])
    assert [(one["place"], one["rating"], one["incident"]) for one in sent["ratings"]] == [
        ("b1", 2, None), ("drive", 2, None), ("b2", 2, "near_miss"),
    ]  # fmt: skip


def test_short_stretches_of_one_street_are_one_stop_up_to_230_m(page: Page) -> None:
    ride = stored(
        page,
        [leg(0, 900)],
        [place("a1", 0, 300, "ta"), place("x", 300, 300, kind="intersection"),
         place("b1", 300, 400, "t1"), place("b2", 400, 530, "t2"), place("b3", 530, 640, "t3"),
         place("c1", 640, 700, "t4"), place("c2", 700, 900, "t5")],
    )  # fmt: skip

    # 230 m of street b, then 110 m; 60 m and 200 m of street c are too long together.
    assert keys(ride) == ["x", "b1 b2", "b3", "c1", "c2"]


def test_crossings_of_a_short_ride_stay_apart(page: Page) -> None:
    ride = stored(
        page,
        [leg(0, 500)],
        [place("a1", 0, 300, "t1"), place("x", 300, 300, "t1", kind="intersection"),
         place("a2", 300, 350, "t1"), place("y", 350, 350, "t1", kind="intersection"),
         place("a3", 350, 500, "t1")],
    )  # fmt: skip

    assert ride["short"]
    assert keys(ride) == ["x", "y"]


def answer(rating: int | None, *, bulk: bool = False, **changes: object) -> dict[str, object]:
    blank = {"seconds": None, "reasons": [], "incident": None, "comment": ""}
    return {"rating": rating, "bulk": bulk, **blank, **changes}


def said(
    page: Page, stops: list[str], answers: Mapping[str, object], *, short: bool = False
) -> dict[str, Any]:
    pieces = [(key, key.split()) for key in stops]
    ride = {
        "stops": [{"key": key, "ids": ids, "segments": ids} for key, ids in pieces],
        "short": short,
    }
    return page.evaluate(
        "([ride, answers]) => barometer.answers.said(ride, answers)", [ride, answers]
    )


def test_near_miss_of_a_stretch_is_counted_once(page: Page) -> None:
    sent = said(page, ["a b c"], {"a b c": answer(2, incident="near_miss", comment="lorry")})

    assert sent["rest"] is None
    assert [(r["place"], r["rating"], r["incident"], r["comment"]) for r in sent["ratings"]] == [
        ("a", 2, None, ""),
        ("b", 2, "near_miss", "lorry"),
        ("c", 2, None, ""),
    ]


def test_all_fine_is_sent_as_the_rest(page: Page) -> None:
    fine = answer(8, bulk=True)
    fell = answer(8, bulk=True, incident="fall")

    sent = said(page, ["a", "b", "c"], {"a": fine, "b": answer(3), "c": fell})
    assert sent["rest"] == 8
    assert [(r["place"], r["rating"]) for r in sent["ratings"]] == [("b", 3), ("c", 8)]


def test_rest_never_speaks_for_a_place_without_answer(page: Page) -> None:
    fine = answer(8, bulk=True)

    for answers in ({"a": fine}, {"a": fine, "b": answer(None, reasons=["speed"])}):
        sent = said(page, ["a", "b"], answers)
        assert sent["rest"] is None
        assert [r["place"] for r in sent["ratings"]] == ["a"]
    assert said(page, ["a"], {"a": fine}, short=True)["rest"] is None


def back(
    page: Page, legs: list[dict[str, Any]], places: list[dict[str, Any]], u: float = 0.5
) -> dict[str, Any]:
    """What is left of a ride home from 53.5° N to the north, where the home is."""
    length = sum(one["length_m"] for one in legs)
    route = {"waypoints": [], "length_m": length, "legs": legs, "places": places}
    home = {"lon": 13.2, "lat": 53.5 + length / 111_195}
    draft = {"route": route, "points": [home], "variant": "back"}
    found: dict[str, Any] = page.evaluate(
        "([draft, u]) => barometer.ride.stored(draft, u)", [draft, u]
    )
    return found


def test_ride_home_ends_where_it_is_cut(page: Page) -> None:
    # 1,000 m: 300 m of streets, 100 m straight over a field, 600 m of streets to the home.
    ride = back(
        page,
        [leg(0, 300), leg(300, 400, straight=True), leg(400, 1000)],
        [place("c1", 0, 300, "tc"), place("b1", 400, 680, "tb"),
         place("x", 680, 690, kind="intersection"), place("a1", 690, 1000, "ta")],
    )  # fmt: skip

    assert [step.get("id", "free") for step in ride["steps"]] == ["c1", "free", "b1", "x"]
    assert [step.get("direction") for step in ride["steps"]] == ["forward", None, "forward", None]
    assert keys(ride) == ["c1", "b1", "x"]
    assert (ride["metres"], ride["cutM"]) == (690, 310)
    assert [line["straight"] for line in ride["lines"]] == [False, True, False]
    north = max(lat for line in ride["lines"] for _, lat in line["coordinates"])
    assert north == pytest.approx(53.5 + 690 / 111_195, abs=1e-6)


def test_ride_home_is_cut_as_the_server_cuts_it_the_other_way_round(page: Page) -> None:
    rng = random.Random(2)  # noqa: S311 - a fixed seed for made-up rides
    checked = 0
    for _ in range(150):
        there, u = passages(rng), rng.random()
        length = there[-1].to_m
        # As it is ridden home: the last place first, distances from the school.
        places = [
            asdict(one) | {"from_m": length - one.to_m, "to_m": length - one.from_m,
                           "id": f"p{one.id}", "stretch": None}
            for one in reversed(there)
        ]  # fmt: skip
        # `passages` begins at the home, so here it lies at the southern end.
        draft = {
            "route": {"length_m": length, "legs": [leg(0, length)], "places": places},
            "points": [{"lon": 13.2, "lat": 53.5}],
            "variant": "back",
        }
        ride = page.evaluate("([draft, u]) => barometer.ride.stored(draft, u)", [draft, u])
        index = cut_index(there, (13.2, 53.5), u)
        assert ride["short"] is (index is None)
        if index is not None:
            assert [s["id"] for s in ride["steps"]] == [
                p["id"] for p in places[: len(there) - index]
            ]
            assert ride["steps"][-1]["kind"] == "intersection"
            checked += 1
    assert checked > 30


def test_what_goes_out_is_what_the_server_takes(page: Page) -> None:
    legs = [leg(0, 900)]
    places = [place("siiii1", 0, 300, "ta"), place("iiiii2", 300, 300, kind="intersection"),
              place("siiii3", 300, 900, "tb")]  # fmt: skip
    route = {"waypoints": [], "length_m": 900, "legs": legs, "places": places}
    said = {"iiiii2": answer(3, reasons=["speed"], likes=["calm"], times=["dark"],
                             counterpart="car", helps=["lights"], proposal="lights")}  # fmt: skip
    old = {
        "version": 1, "way": "proposal", "points": [{"lon": 13.2, "lat": 53.5}], "route": route,
        "edits": 0, "rides": 4, "answers": said, "id": str(uuid4()),
    }  # fmt: skip
    new = old | {
        "variant": "rain", "replaces": True, "same_way_back": True, "mode": "walking",
        "departure": "07:45", "minutes": 12, "companions": "adult", "why": ["shortest"],
        "source": "gpx", "confirmed": ["detour"], "edits": 2000,
    }  # fmt: skip
    build = """(drafts) => drafts.map((draft) => {
        const { build, shown } = barometer.contribution;
        const ride = barometer.ride.stored(draft, 0.5);
        return [build(draft, ride), shown(draft, ride)];
    })"""
    (first, _), (second, shown) = page.evaluate(build, [old, new])

    usual = RouteIn.model_validate_json(json.dumps(first))
    assert (usual.variant, usual.replaces, usual.mode, usual.source) == (
        "there", False, "bicycle", "drawn",
    )  # fmt: skip
    assert usual.accepted_unchanged
    taken = RouteIn.model_validate_json(json.dumps(second))
    assert taken.model_dump(include={"variant", "replaces", "same_way_back", "departure"}) == {
        "variant": "rain", "replaces": True, "same_way_back": True, "departure": "07:45",
    }  # fmt: skip
    assert (taken.edits, taken.accepted_unchanged, taken.confirmed) == (1000, False, ["detour"])
    # What does not fit the score is not sent.
    (rating,) = taken.ratings
    assert (rating.reasons, rating.likes, rating.counterpart) == (["speed"], [], None)
    assert shown["places"] == ["iiiii2", "siiii3"]
    assert shown["segments_m"] == {"siiii3": 600}


def test_texts_are_plain_before_they_are_sent(page: Page) -> None:
    found = page.evaluate(
        "(texts) => texts.map(barometer.answers.plain)",
        ["a lorry\nturned <right>", " \u202eback ", "👨‍👩‍👧 family", "x" * 300],
    )

    assert found[0] == "a lorry turned right"
    assert found[1] == "back"
    assert "\u200d" not in found[2]
    assert len(found[3]) == 200
    for text in found:
        RatingIn(place="iiiii1", rating=1, comment=text)


def test_more_places_than_are_named_leave_the_most_common_rating_for_the_rest(page: Page) -> None:
    stops = [f"p{n}" for n in range(130)]
    answers = {key: answer(7 if n % 3 else 4) for n, key in enumerate(stops)}
    answers["p1"] = answer(7, incident="fall")

    sent = said(page, stops, answers)
    assert sent["rest"] == 7
    assert {r["place"] for r in sent["ratings"]} == {f"p{n}" for n in range(0, 130, 3)} | {"p1"}


def test_a_clock_that_is_wrong_loses_no_drawing(page: Page) -> None:
    day = 86_400_000
    kept = page.evaluate(
        """(ages) => ages.map((age) => barometer.draft.isFresh(Date.now() - age))""",
        [0, 6 * day, 8 * day, 30 * day, -3_600_000, -9 * 365 * day, 6 * 365 * day],
    )

    assert kept == [True, True, False, False, True, True, True]


def test_drawing_of_the_version_before_is_still_there(page: Page) -> None:
    found = page.evaluate(
        """() => {
             const old = JSON.stringify({version: 1, saved: Date.now(), points: [1], answers: {}});
             localStorage.setItem("barometer.draft.p1", old);
             const found = barometer.draft.load();
             barometer.draft.remove();
             return found.points;
           }"""
    )

    assert found == [1]


def test_drawing_is_kept_where_the_disk_is_full(page: Page) -> None:
    found = page.evaluate(
        """() => {
             barometer.draft.save({points: [1]});
             const { setItem } = Storage.prototype;
             Storage.prototype.setItem = function (...args) {
               if (this === localStorage) throw new DOMException("full", "QuotaExceededError");
               return setItem.apply(this, args);
             };
             const saved = barometer.draft.save({points: [1, 2]});
             const full = barometer.draft.load().points;
             Storage.prototype.setItem = setItem;
             barometer.draft.save({points: [1, 2, 3]});
             const after = barometer.draft.load().points;
             barometer.draft.remove();
             return [saved, full, after, barometer.draft.load()];
           }"""
    )

    assert found == [True, [1, 2], [1, 2, 3], None]


def test_one_ride_of_a_kind_waits_for_a_week(page: Page) -> None:
    found = page.evaluate(
        """() => {
             const { put, all, remove, find } = barometer.outbox;
             put({body: {id: "a", variant: "there"}});
             put({body: {id: "b", variant: "back"}});
             put({body: {id: "c", variant: "there"}});
             const waiting = all().map((ride) => ride.body.id);
             const rides = all();
             rides[0].saved -= 8 * 86400000;
             localStorage.setItem("barometer.outbox.p1", JSON.stringify(rides));
             const later = all().map((ride) => ride.body.id);
             remove("c");
             const left = localStorage.getItem("barometer.outbox.p1");
             return [waiting, later, find("c") || null, left];
           }"""
    )

    assert found == [["b", "c"], ["c"], None, None]


def test_drawing_of_somebody_else_leaves_the_device(page: Page) -> None:
    kept = page.evaluate(
        """() => {
             const other = JSON.stringify({version: 1, saved: Date.now()});
             localStorage.setItem("barometer.draft.other", other);
             barometer.draft.save({points: [1]});
             const old = {...barometer.draft.load(), saved: Date.now() - 8 * 86400000};
             const mine = barometer.draft.load().points.length;
             localStorage.setItem("barometer.draft.p1", JSON.stringify(old));
             const left = () => Object.keys(localStorage).filter((key) => key.includes("draft"));
             return [mine, barometer.draft.load(), left()];
           }"""
    )

    assert kept == [1, None, []]


def test_identifier_is_a_random_uuid(page: Page) -> None:
    found = page.evaluate("() => Array.from({length: 50}, () => barometer.draft.uuid())")

    assert len(set(found)) == 50
    assert all(one[14] == "4" and one[19] in "89ab" and len(one) == 36 for one in found)
