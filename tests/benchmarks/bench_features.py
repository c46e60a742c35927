"""How fast a page of 1,000 features comes from the OGC API of a city, beside geopandas and pyogrio.

Run by `make bench`. The city of `bench_map.py`: 18,000 places with figures. The server is a process
of its own; the others write the same features from memory in this one, in turn with it.
"""

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import httpx2
import pyogrio
import shapely

from api.cookies import STAFF
from api.services.api_keys import add_key
from api.services.areas import area_folder
from api.services.installation import Installation, open_installation
from api.settings import Settings
from api.store import migrate
from api.store.authorities import Body
from geo.network import write_network
from tests.benchmarks.bench_first_ride import line, serving
from tests.benchmarks.bench_map import VERSION, City, lay_out_city, publish

PORT = 8381
PAGE = 1000
Times = dict[str, list[float]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=10)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), base_url=f"http://127.0.0.1:{PORT}")
        here = open_installation(settings)
        migrate.upgrade(here.store)
        city = lay_out_city()
        area = area_folder(settings, "city", VERSION)
        area.mkdir(parents=True)
        write_network(city.network, area)
        police = {"cookie": f"{STAFF}={publish(here, city)}"}
        town = {"authorization": f"Bearer {key_of_a_town(here, city)}"}
        with serving(settings, PORT):
            for name, headers in {"police": police, "key of a town": town}.items():
                line(name, "")
                with httpx2.Client(
                    base_url=settings.base_url, headers=headers, timeout=300
                ) as client:
                    ask(client, runs)


def key_of_a_town(here: Installation, city: City) -> str:
    """Return the key of a body that has the western nine tenths of the city."""
    west, south, east, north = city.network.segments.total_bounds
    with here.store.write() as session:
        body = Body(
            area_id="city", name="Town", kind="municipality", causes=["engineering"],
            territory=shapely.box(west, south, west + 0.9 * (east - west), north),
            created_at=datetime.now(UTC),
        )  # fmt: skip
        session.add(body)
        session.flush()
        return add_key(session, body, "GIS", may_write=False, by=None)[1]


def ask(client: httpx2.Client, runs: int) -> None:
    began = time.perf_counter()
    first = page(client, 0)
    line("first page", f"{time.perf_counter() - began:.1f} s")
    frame = gpd.read_file(io.BytesIO(first), engine="pyogrio")
    found: Times = {}
    for number in range(runs):
        timed(found, "a page nobody asked for before", lambda n=number: page(client, n + 1))
        timed(found, "a page again", lambda: page(client, 0))
        timed(found, "a page again, gzip", lambda: page(client, 0, encoding="gzip"))
        timed(found, "a box with few", lambda: box(client, frame))
        timed(found, "geopandas to_json", frame.to_json)
        timed(found, "pyogrio write_dataframe", lambda: write(frame))
    for what, values in found.items():
        spread = f"{min(values):.0f}–{max(values):.0f}"
        line(what, f"median {statistics.median(values):.0f} ms of {len(values)} ({spread})")
    sizes = {
        "ours": len(first),
        "ours, gzip": sent(client),
        "geopandas": len(frame.to_json().encode()),
        "pyogrio": len(write(frame)),
    }
    line(
        "kB of 1,000 features", ", ".join(f"{who} {size // 1024:,}" for who, size in sizes.items())
    )


def page(client: httpx2.Client, number: int, *, encoding: str = "identity") -> bytes:
    address = f"/ogc/collections/segments/items?limit={PAGE}&offset={number * PAGE}"
    answer = client.get(address, headers={"accept-encoding": encoding})
    answer.raise_for_status()
    assert f'"numberReturned": {PAGE}'.encode() in answer.content
    return answer.content


def box(client: httpx2.Client, frame: gpd.GeoDataFrame) -> None:
    bounds = ",".join(map(str, frame.geometry.iloc[0].bounds))
    client.get(f"/ogc/collections/segments/items?bbox={bounds}").raise_for_status()


def sent(client: httpx2.Client) -> int:
    """Return how many bytes a page is on its way."""
    address = f"/ogc/collections/segments/items?limit={PAGE}"
    with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as answer:
        return sum(map(len, answer.iter_raw()))


def write(frame: gpd.GeoDataFrame) -> bytes:
    file = io.BytesIO()
    pyogrio.write_dataframe(frame, file, driver="GeoJSON", layer="segments")
    return file.getvalue()


def timed(found: Times, what: str, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    found.setdefault(what, []).append((time.perf_counter() - began) * 1000)


if __name__ == "__main__":
    main()
