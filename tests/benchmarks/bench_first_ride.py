"""How fast the first ride is: import, snap, submissions from 20 clients at once, release, report.

Run by `make bench`. It starts the site as an operator would and speaks HTTP to it from another
process's threads on the same machine, so client and server share its cores.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import numpy as np

from api.schemas.ride import RouteIn
from api.services.areas import LoadedArea
from api.services.campaigns import NewCampaign, create_campaign, today
from api.services.fill_demo import as_sent
from api.services.import_area import import_area
from api.services.installation import Installation, open_installation
from api.services.print_report import print_report
from api.services.publish_area import publish_area
from api.services.view_school import whole_view
from api.settings import Settings
from api.store import areas, migrate
from api.store.models import Campaign, School
from geo.osm import read_osm
from geo.simulation.town import simulate_town

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "neubrandenburg.osm.pbf"
PORT = 8377
CLIENTS, EACH = 20, 15
TRIPS = 200
RUNS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), base_url=f"http://127.0.0.1:{PORT}")
        here = open_installation(settings)
        migrate.upgrade(here.store)
        seconds = [timed(lambda: bring_in(here)) for _ in range(3)]
        line("import of the sample area (3 runs)", f"median {statistics.median(seconds):.2f} s")
        with here.store.read() as session:
            area = areas.find(session, "sample")
            assert area is not None
            loaded = here.library.get(area)
            school = next(one for one in areas.schools_of(session, "sample")
                          if one.name == "Albert-Einstein-Gymnasium")  # fmt: skip
        line("network from disk to the first answer", f"{load_again(settings, here):.2f} s")
        rides = simulated(loaded, school)
        with serving(settings):
            snaps(loaded, school, here)
            campaign = submissions(here, school, rides)
        release_and_report(here, campaign, school, loaded)


def bring_in(here: Installation) -> None:
    data = read_osm(SAMPLE)
    import_area(here, "sample", data, title="Sample", progress=lambda _stage, _share: None)


def load_again(settings: Settings, here: Installation) -> float:
    fresh = open_installation(settings)
    with here.store.read() as session:
        area = areas.find(session, "sample")
        assert area is not None
        return timed(lambda: fresh.library.get(area))


def simulated(loaded: LoadedArea, school: School) -> list[RouteIn]:
    town = simulate_town(
        loaded.network, (school.location.x, school.location.y), loaded.router,
        participants=CLIENTS * EACH, seed=1,
    )  # fmt: skip
    found = (as_sent(one, 0.5, number) for number, one in enumerate(town.participants))
    return [sent for sent in found if sent is not None]


@contextmanager
def serving(settings: Settings, port: int = PORT) -> Iterator[None]:
    environment = os.environ | {"BAROMETER_DATA_DIR": str(settings.data_dir)}
    server = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                httpx2.get(f"{settings.base_url}/health/ready").raise_for_status()
                break
            except httpx2.HTTPError:
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(10)


def snaps(loaded: LoadedArea, school: School, here: Installation) -> None:
    code = open_class(here, school).code
    segments = loaded.network.segments
    chosen = np.random.default_rng(1).integers(0, len(segments), TRIPS)
    client = join(here.settings, code)
    times = []
    for number in chosen:
        start = segments.geometry.iloc[number].coords[0]
        points = [
            {"lon": start[0], "lat": start[1]},
            {"lon": school.location.x, "lat": school.location.y},
        ]
        began = time.perf_counter()
        answer = client.post("/api/snap", json={"waypoints": points})
        times.append(time.perf_counter() - began)
        answer.raise_for_status()
    client.close()
    line(f"snap over HTTP, {TRIPS} trips to the school", spread(times))


def submissions(here: Installation, school: School, rides: list[RouteIn]) -> Campaign:
    campaign = open_class(here, school)
    times: list[float] = []
    failures: list[str] = []
    gate = threading.Barrier(CLIENTS)

    def student(bodies: list[RouteIn]) -> None:
        clients = [join(here.settings, campaign.code) for _ in bodies]
        gate.wait()
        for client, body in zip(clients, bodies, strict=True):
            content = body.model_dump(mode="json") | {"id": str(uuid.uuid4())}
            began = time.perf_counter()
            answer = client.post("/api/routes", json=content)
            times.append(time.perf_counter() - began)
            if answer.status_code != 201:
                failures.append(answer.text)
            client.close()

    shares = [rides[number::CLIENTS] for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(student, shares))
    # Throughput over the span in which clients were sending, joining left out.
    rate = len(times) / (sum(times) / CLIENTS)
    line(f"routes from {CLIENTS} clients at once", f"{rate:.0f} a second, {spread(times)}, "
         f"{len(times)} sent, {len(failures)} failed")  # fmt: skip
    return campaign


def release_and_report(
    here: Installation, campaign: Campaign, school: School, loaded: LoadedArea
) -> None:
    seconds = timed(lambda: publish_area(here, "sample", campaign.id))
    line("release of the area", f"{seconds:.1f} s")
    with here.store.read() as session:
        view = whole_view(session, session.get_one(School, school.id))
    printed = [timed(lambda: print_report(view, loaded, "en")) for _ in range(RUNS)]
    first, median = printed[0], statistics.median(printed)
    line(f"report PDF ({RUNS} runs)", f"median {median:.2f} s, first {first:.2f} s")


def open_class(here: Installation, school: School) -> Campaign:
    new = NewCampaign("Benchmark", school.id, today(), today(), "en", 500, consent=True)
    with here.store.write() as session:
        return create_campaign(session, None, new, ("en",), simulated=True)


def join(settings: Settings, code: str) -> httpx2.Client:
    client = httpx2.Client(base_url=settings.base_url, timeout=60)
    client.post("/join", data={"code": code, "ready": "yes"})
    return client


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    p99 = ordered[int(len(ordered) * 0.99)]
    median = statistics.median(ordered)
    return f"median {median * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"


def line(what: str, result: str) -> None:
    sys.stdout.write(f"{what:<48} {result}\n")


if __name__ == "__main__":
    main()
