"""How fast the map of hotspots of a whole city is on a phone, beside a naive map of the same.

Run by `make bench`. Copies of the sample area laid side by side make a city of 75,000 segments or
more; they go through the real tile builder, and about 18,000 of them have figures in a release.
The real page is opened in headless Chromium with an empty cache, at full speed and four times
slowed down; then `folium.GeoJson` shows the same segments in the same colours.
"""

import argparse
import gzip
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from playwright.sync_api import Browser, Page, Route, sync_playwright
from playwright.sync_api import TimeoutError as TooLong

from api.cookies import STAFF
from api.schemas.hotspots import HotspotOut
from api.services.accounts import add_user, sign_in
from api.services.areas import area_folder
from api.services.installation import Installation, open_installation
from api.services.release_content import STATISTICS, canonical
from api.settings import Settings
from api.store import migrate
from api.store.models import Area, Release
from geo.area import build_network
from geo.network import Network, stable_id
from geo.osm import base_map, read_osm
from tests.benchmarks.bench_first_ride import SAMPLE, line, serving
from web.scale import scales
from web.tiles import write_tiles

PORT, NAIVE_PORT = 8379, 8380
SIDE = 4
"""Copies of the sample along each side of the city."""
RATED = 18_000
SLOW = 4
PATIENCE_S = 240
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
VENDOR = Path(__file__).parents[2] / "web" / "static" / "vendor"
VERSION = "0123456789ab"
PASSWORD = "a bench of its own"  # noqa: S105 - of a database that lives for minutes

# The last moment at which a tile was missing or the main thread was held for 50 ms or longer.
WATCH = """(() => {
  window.busy = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      window.busy = Math.max(window.busy, task.startTime + task.duration);
    }
  }).observe({ type: "longtask", buffered: true });
  let map = null; // Looked for once: to look through all of a window is itself work.
  const layers = () => {
    map = map || Object.values(window).find((one) => one && one._layers && one.getContainer);
    return map ? Object.values(map._layers) : null;
  };
  const look = () => {
    const found = document.readyState === "complete" ? layers() : null;
    if (!found || found.some((layer) => layer._loading)) window.busy = performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();"""
IDLE = "() => window.busy > 0 && performance.now() - window.busy > 1000 ? window.busy : false"
ANSWER = """(at) => new Promise((done) => {
  const box = document.getElementById("picked");
  let began = 0;
  const start = () => { began = performance.now(); };
  addEventListener("pointerdown", start, { once: true, capture: true });
  new MutationObserver((_, watcher) => {
    if (!box.querySelector("a")) return;
    watcher.disconnect();
    done(performance.now() - began);
  }).observe(box, { childList: true });
})"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--naive-runs", type=int, default=5, help="0 leaves its page out")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), base_url=f"http://127.0.0.1:{PORT}")
        here = open_installation(settings)
        migrate.upgrade(here.store)
        city = build_city(here)
        token = publish(here, city)
        naive = Path(folder) / "naive"
        naive.mkdir()
        if asked.naive_runs:
            took = timed(lambda: write_naive(city, naive / "index.html"))
            line("naive page written by the server", f"{took:.1f} s")
        with serving(settings, PORT), file_server(naive), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            ours = measure(browser, "ours", partial(open_ours, token=token), asked.runs, asked.runs)
            once = min(1, asked.naive_runs)
            theirs = measure(browser, "folium.GeoJson", open_naive, asked.naive_runs, once)
            browser.close()
        compare(ours, theirs)


class City:
    """A network and a base map of many copies, and the places that a release tells of."""

    def __init__(self, network: Network, layers: dict[str, gpd.GeoDataFrame]) -> None:
        self.network = network
        self.layers = layers
        self.rated = network.places.sample(RATED, random_state=1)
        self.danger = np.random.default_rng(1).beta(2, 4, RATED)


def build_city(here: Installation) -> City:
    city = lay_out_city()
    folder = area_folder(here.settings, "city", VERSION)
    took = timed(lambda: write_tiles(city.network, city.layers, folder))
    sizes = {path.name: path.stat().st_size // 1024 for path in sorted(folder.glob("*.pmtiles"))}
    line("tiles built", f"{took:.0f} s, {sizes} kB")
    return city


def lay_out_city() -> City:
    """Lay copies of the sample side by side."""
    data = read_osm(SAMPLE)
    one, layers = build_network(data), base_map(data)
    west, south, east, north = one.segments.total_bounds
    steps = [
        (column * (east - west), row * (north - south))
        for column in range(SIDE)
        for row in range(SIDE)
    ]
    network = Network(
        together([copy(one.segments, n, *step) for n, step in enumerate(steps)]),
        together([copy(one.intersections, n, *step) for n, step in enumerate(steps)]),
    )
    city = City(
        network,
        {name: together([move(frame, *step) for step in steps]) for name, frame in layers.items()},
    )
    drawn = int(network.segments["within"].isna().sum())
    line("segments / crossings of the city", f"{drawn:,} / {len(network.intersections):,}")
    return city


def copy(frame: gpd.GeoDataFrame, number: int, east: float, north: float) -> gpd.GeoDataFrame:
    moved = move(frame, east, north)
    moved["id"] = [stable_id(id_[0], [number, id_]) for id_ in moved["id"]]
    return moved


def move(frame: gpd.GeoDataFrame, east: float, north: float) -> gpd.GeoDataFrame:
    return frame.set_geometry(frame.geometry.translate(east, north))


def together(frames: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=frames[0].crs)


def publish(here: Installation, city: City) -> str:
    """Store a release with the figures of all rated places; return the session of an account."""
    rows = [release_row(n, place, city) for n, place in enumerate(city.rated.itertuples())]
    content: dict[str, Any] = {
        "mode": "risk", "missing": {}, "participants": 20_000, "simulated": True, "places": rows,
        "clusters": [], "schools": {}, "policy": {},
        "parameters": {"reference_rate": {"intersection": 0.6, "segment": 1.1}},
    }  # fmt: skip
    text, content_hash = canonical(content)
    with here.store.write() as session:
        area = Area(id="city", title="City", version=VERSION, country="DE",
                    extent=shapely.box(*city.network.segments.total_bounds),
                    imported_at=pd.Timestamp.now("UTC").to_pydatetime())  # fmt: skip
        session.add(area)
        session.flush()
        session.add(Release(
            area_id="city", number=1, day=date(2026, 11, 1), participants=20_000,
            content_hash=content_hash, content=gzip.compress(text, mtime=0), ledger=b"",
        ))  # fmt: skip
        add_user(session, "police@city.example", PASSWORD, "police", area)
    return sign_in(here.store, "police@city.example", PASSWORD)


def release_row(number: int, place: Any, city: City) -> dict[str, Any]:  # noqa: ANN401
    danger = float(city.danger[number])
    middle = (
        place.geometry.interpolate(0.5, normalized=True)
        if place.kind == "segment"
        else place.geometry
    )
    state = "confirmed" if danger > 0.75 else "watch" if danger > 0.65 else "unknown"
    unsaid = dict.fromkeys(HotspotOut.model_fields, None) | dict.fromkeys(STATISTICS, danger)
    codes = {name: {} for name in ("times", "counterparts", "helps", "likes")}
    return unsaid | codes | {
        "id": place.Index, "kind": place.kind, "type": place.type, "name": place.name or "",
        "stress": int(place.stress), "assumed": float(place.assumed), "assumptions": [],
        "lon": round(middle.x, 6), "lat": round(middle.y, 6), "rank": number + 1, "state": state,
        "participants": 5 + number % 60, "reporters": number % 7,
        "ratings": 12, "passages": danger * 12,
        "index": danger * 100, "index_low": 10, "index_high": 90, "crashes": number % 4,
        "crashes_ksi": 0, "cluster": None, "cluster_p": None, "heat": 1.0, "quotes": [],
        "passages_by": {"before_school": danger * 6}, "reasons": {}, "schools": {},
        "several_classes": True,
    }  # fmt: skip


def write_naive(city: City, target: Path) -> None:
    """Write what most people write: all segments in one GeoJSON, styled by a function."""
    scale = scales(str)["danger"]
    band = {
        id_: scale.band(value) for id_, value in zip(city.rated.index, city.danger, strict=True)
    }
    segments = city.network.segments
    drawn = segments.loc[segments["within"].isna(), ["id", "geometry"]]

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        found = band.get(feature["properties"]["id"])
        return (
            {"color": found.color, "weight": found.width}
            if found
            else {"color": "#8a8f94", "weight": 1}
        )

    west, south, east, north = segments.total_bounds
    page = folium.Map(location=[(south + north) / 2, (west + east) / 2], zoom_start=12, tiles=None)
    folium.GeoJson(drawn, style_function=style).add_to(page)
    page.save(target)


@contextmanager
def file_server(folder: Path) -> Iterator[None]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", NAIVE_PORT), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def open_ours(page: Page, *, token: str) -> None:
    page.context.add_cookies([{"name": STAFF, "value": token, "url": f"http://127.0.0.1:{PORT}"}])
    page.goto(f"http://127.0.0.1:{PORT}/hotspots", wait_until="commit")


def open_naive(page: Page) -> None:
    page.route(lambda url: f":{NAIVE_PORT}" not in url, from_here)
    page.goto(f"http://127.0.0.1:{NAIVE_PORT}/index.html", wait_until="commit")


def from_here(route: Route) -> None:
    """Answer with our copy of what a naive page asks others for; the rest it does not need."""
    path = VENDOR / route.request.url.rpartition("/")[2]
    if path.name in {"leaflet.js", "leaflet.css"}:
        route.fulfill(path=path)
    else:
        route.fulfill(body="")


def measure(
    browser: Browser, name: str, open_page: Callable[[Page], None], fast: int, slow: int
) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for speed, runs in (("normal", fast), (f"CPU / {SLOW}", slow)):
        for _ in range(runs):
            for what, value in one_run(
                browser, open_page, 1 if speed == "normal" else SLOW
            ).items():
                found.setdefault(f"{what}, {speed}", []).append(value)
    for what, values in found.items():
        spread = f"median {statistics.median(values):,.2f} of {len(values)}"
        line(f"{name}: {what}", f"{spread} ({min(values):,.2f}–{max(values):,.2f})")
    return found


def one_run(browser: Browser, open_page: Callable[[Page], None], slower: int) -> dict[str, float]:
    context = browser.new_context(**PHONE)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        received: list[float] = []
        session.send("Network.enable")
        session.on(
            "Network.loadingFinished", lambda event: received.append(event["encodedDataLength"])
        )
        # In processor time of the main thread: what other programs do beside it does not count.
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.add_init_script(WATCH)
        page.set_default_timeout(PATIENCE_S * 1000)
        open_page(page)
        try:
            idle = page.wait_for_function(IDLE, polling=100).json_value() / 1000
        except TooLong:
            return {"idle s": float("inf")}
        told = session.send("Performance.getMetrics")["metrics"]
        work = {one["name"]: float(one["value"]) for one in told}["TaskDuration"]
        figures = {
            "idle s": float(idle), "main thread s": work, "received kB": sum(received) / 1024,
        }  # fmt: skip
        if page.locator("#picked").count():
            figures["click to answer ms"] = click(page)
        return figures
    finally:
        context.close()


def click(page: Page) -> float:
    """Tap where the first visible row of the table lies and return the time to its sentence."""
    x, y = page.evaluate("""() => {
      const box = map_area.getContainer().getBoundingClientRect();
      const rows = [...document.querySelectorAll("#ranking tr[data-id]")];
      const on = (value, size) => value > 60 && value < size - 60;
      const inside = rows
        .map(({ dataset }) => map_area.latLngToContainerPoint([dataset.lat, dataset.lon]))
        .find((at) => on(at.x, box.width) && on(at.y, box.height));
      return [box.x + inside.x + 20, box.y + inside.y];
    }""")
    page.evaluate(f"() => {{ window.answered = ({ANSWER})(); }}")
    page.touchscreen.tap(x, y)
    page.wait_for_function("() => document.querySelector('#picked a')", timeout=60_000)
    return float(page.evaluate("() => window.answered"))


def compare(ours: dict[str, list[float]], theirs: dict[str, list[float]]) -> None:
    for what, values in theirs.items():
        if what in ours:
            ratio = statistics.median(values) / statistics.median(ours[what])
            line(f"folium.GeoJson / ours: {what}", f"{ratio:,.1f}")


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
