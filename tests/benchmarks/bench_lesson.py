"""A lesson on one small machine: 40 students join, draw, rate and send within a minute.

Run by `make bench`. Each client does over HTTP what a phone does: it asks for the pages and their
files, sends as many snaps as a ride takes taps, tells its stage, sends the ride and looks at the
class while the teacher's board asks every five seconds. Client and server share the cores.
"""

import tempfile
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import numpy as np
from shapely import Point

from api.schemas.ride import RouteIn
from api.services.installation import Installation, open_installation
from api.settings import Settings
from api.store import areas, migrate
from api.store.models import School
from tests.benchmarks.bench_first_ride import bring_in, line, open_class, serving, simulated, spread

PORT = 8378
STUDENTS, SECONDS = 40, 60
TAPS = 4
"""Of a ride: its start, and three corrections along it; each asks for the whole way anew."""
PAGES = ("/draw", "/rate", "/check", "/thanks")
ROUNDS = 3


class Lesson:
    """What the clients of one round measured."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.refused: list[str] = []
        self._lock = threading.Lock()

    def ask(self, client: httpx2.Client, what: str, method: str, path: str, **sent: object) -> None:
        began = time.perf_counter()
        answer = client.request(method, path, **sent)  # type: ignore[arg-type]
        took = time.perf_counter() - began
        with self._lock:
            self.times[what].append(took)
            if answer.status_code >= 400:
                self.refused.append(f"{what}: {answer.status_code} {answer.text[:80]}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), base_url=f"http://127.0.0.1:{PORT}")
        here = open_installation(settings)
        migrate.upgrade(here.store)
        bring_in(here)
        with here.store.read() as session:
            area = areas.find(session, "sample")
            assert area is not None
            loaded = here.library.get(area)
            school = next(one for one in areas.schools_of(session, "sample")
                          if one.name == "Albert-Einstein-Gymnasium")  # fmt: skip
        rides = simulated(loaded, school)
        at = loaded.network.places.geometry.representative_point()
        ways = [[at[step.id] for step in ride.steps if step.kind != "free"] for ride in rides]
        with serving(settings, PORT):
            for number in range(ROUNDS):
                lesson = hold(here, school, rides, ways)
                line(f"lesson {number + 1}: {STUDENTS} students in {SECONDS} s",
                     f"{len(lesson.refused)} failed {lesson.refused[:2]}")  # fmt: skip
                for what in ("join", "snap", "send", "page"):
                    line(f"  {what}, {len(lesson.times[what])} times", spread(lesson.times[what]))


def hold(
    here: Installation, school: School, rides: list[RouteIn], ways: list[list[Point]]
) -> Lesson:
    campaign = open_class(here, school)
    lesson = Lesson()
    generator = np.random.default_rng(7)
    waits = generator.uniform(0, SECONDS / (TAPS + 8), (STUDENTS, TAPS + 8))

    def student(number: int) -> None:
        pause = iter(waits[number].tolist())
        with httpx2.Client(base_url=here.settings.base_url, timeout=60) as client:
            time.sleep(next(pause))
            lesson.ask(client, "page", "GET", "/")
            joining = {"code": campaign.code, "ready": "yes"}
            lesson.ask(client, "join", "POST", "/join", data=joining)
            lesson.ask(client, "page", "GET", PAGES[0])
            lesson.ask(client, "stage", "POST", "/api/stage", json={"stage": "drawing"})
            draw(client, lesson, number, pause)
            for page in PAGES[1:3]:
                time.sleep(next(pause))
                lesson.ask(client, "page", "GET", page)
            body = rides[number].model_dump(mode="json") | {"id": str(uuid.uuid4())}
            lesson.ask(client, "send", "POST", "/api/routes", json=body)
            lesson.ask(client, "page", "GET", PAGES[3])
            lesson.ask(client, "class", "GET", "/api/class")

    def draw(client: httpx2.Client, lesson: Lesson, number: int, pause: Iterator[float]) -> None:
        points: list[dict[str, float]] = []
        end = {"lon": school.location.x, "lat": school.location.y}
        way = ways[number]
        for tap in range(TAPS):
            time.sleep(next(pause))
            spot = way[tap * len(way) // TAPS]
            points.append({"lon": spot.x, "lat": spot.y})
            lesson.ask(client, "snap", "POST", "/api/snap", json={"waypoints": [*points, end]})

    with ThreadPoolExecutor(STUDENTS) as pool:
        list(pool.map(student, range(STUDENTS)))
    return lesson


if __name__ == "__main__":
    main()
