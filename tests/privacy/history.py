"""A school year of joins, moves and erasures, published by the real services."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from api.auth import phrase_of
from api.schemas.ride import RouteIn
from api.services.areas import LoadedArea
from api.services.campaigns import NewCampaign, create_campaign, today
from api.services.erase import erase
from api.services.fill_demo import as_sent
from api.services.installation import Installation, open_installation
from api.services.join_class import join_class
from api.services.keys import area_key
from api.services.next_release import next_release
from api.services.publish_area import publish_area, read_content
from api.services.submit_route import submit_route
from api.settings import Settings
from api.store import campaigns
from api.store.models import Campaign
from geo.simulation.answers import answer
from geo.simulation.danger import true_danger
from geo.simulation.town import CLASS_SIZE, SimulatedParticipant, visited_places
from tests.privacy.suspects import Suspects, ride
from web.translation import LANGUAGES


@dataclass
class Student:
    """One participant as the attacker knows it, and the homes as only the student does.

    Times are numbers of releases: what release `t` counts and `t - 1` did not. A student who is
    held back has joined when a release counts the ride, and the attacker knows when.
    """

    id: uuid.UUID
    school: int
    """Position in the list of schools."""
    u: float
    home: int
    """Address, as a row of `Suspects`."""
    joined: int
    moved: int | None = None
    moved_from: int | None = None
    erased: int | None = None


@dataclass
class History:
    """What happened, and all that was published: `releases[t - 1]` is the content of release t."""

    students: list[Student] = field(default_factory=list)
    releases: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Setting:
    """Where a history takes place: an area, and its schools with the share of the students."""

    area: LoadedArea
    area_id: str
    schools: tuple[int, ...]
    suspects: tuple[Suspects, ...]
    shares: tuple[float, ...]


@contextmanager
def fresh(base: Settings) -> Iterator[Installation]:
    """Yield an installation with a copy of the database of `base`, and its areas and keys."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "areas").symlink_to(base.areas)
        source = base.store_url.removeprefix("sqlite:///")
        (folder / "barometer.db").write_bytes(Path(source).read_bytes())
        here = open_installation(
            Settings(data_dir=folder, key_dir=base.keys, base_url=base.base_url)
        )
        try:
            yield here
        finally:
            here.store.engine.dispose()


class Year:
    """Students who come, move and go, in one installation."""

    def __init__(self, here: Installation, setting: Setting, seed: int) -> None:
        self.here, self.setting = here, setting
        truth, chance = np.random.SeedSequence(seed).spawn(2)
        self.truth = true_danger(setting.area.network.places, np.random.default_rng(truth))
        self.generator = np.random.default_rng(chance)
        self.history = History()
        self.campaigns: list[list[Campaign]] = [[] for _ in setting.schools]
        self.seats: list[int] = [0 for _ in setting.schools]
        self.number = 0

    @property
    def now(self) -> int:
        """The number of the release that comes next."""
        return len(self.history.releases) + 1

    def join(self, school: int) -> Student:
        """Let a student of a school join a class and send a ride."""
        student = Student(self._seat(school), school, float(self.generator.random()), -1, self.now)
        student.home = self._send(student)
        self.history.students.append(student)
        return student

    def move(self, student: Student) -> None:
        """Let a student draw the ride from another home in the place of the first."""
        student.moved, student.moved_from = self.now, student.home
        student.home = self._send(student, replaces=True)

    def erase(self, student: Student) -> None:
        """Erase a student by the phrase."""
        settings = self.here.settings
        phrase = phrase_of(area_key(settings, self.setting.area_id, "phrase"), str(student.id))
        with self.here.store.write() as session:
            assert erase(session, settings, phrase)
        student.erased = self.now

    def publish(self) -> None:
        """Make a release and keep what it tells."""
        release = publish_area(self.here, self.setting.area_id)
        self.history.releases.append(read_content(release))
        with self.here.store.read() as session:
            held = {one.id for one in campaigns.new_senders(session, self.setting.area_id)}
        for student in self.history.students:
            if student.id in held:
                student.joined = self.now

    def waits(self) -> bool:
        """Whether too few are new for a release."""
        with self.here.store.read() as session:
            return not next_release(session, self.setting.area_id).may

    def open_class(self, school: int) -> Campaign:
        """Open a class of a school."""
        new = NewCampaign(
            title=f"Class {self.number}", school_id=self.setting.schools[school],
            from_day=today() - timedelta(days=14), to_day=today() + timedelta(days=60),
            language="en", roster=CLASS_SIZE, consent=True,
        )  # fmt: skip
        with self.here.store.write() as session:
            return create_campaign(session, None, new, tuple(LANGUAGES), simulated=True)

    def _seat(self, school: int) -> uuid.UUID:
        if self.seats[school] % CLASS_SIZE == 0:
            self.campaigns[school].append(self.open_class(school))
        self.seats[school] += 1
        return self.take_seat(self.campaigns[school][-1])

    def take_seat(self, campaign: Campaign) -> uuid.UUID:
        """Let somebody join a class."""
        with self.here.store.write() as session:
            participant, _ = join_class(session, self.here.settings, campaign.code)
            return participant.id

    def _send(self, student: Student, *, replaces: bool = False) -> int:
        """Send a ride from a home by chance, one long enough to be stored; return the home."""
        suspects = self.setting.suspects[student.school]
        while True:
            home = int(self.generator.choice(len(suspects.prior), p=suspects.prior))
            sent = self.drawn(suspects, home, student.u)
            if sent is not None:
                break
        sent = sent.model_copy(update={"replaces": replaces})
        submit_route(self.here, self.setting.area, student.id, sent)
        return home

    def drawn(self, suspects: Suspects, home: int, u: float) -> RouteIn | None:
        """Return what a device would send of the ride from a home."""
        start = tuple(suspects.lonlat[home].tolist())
        route = ride(self.setting.area.router, start, suspects.school)
        passed = self.truth.loc[visited_places(route, self.truth.index)]
        person = SimulatedParticipant(start, route, *answer(passed, self.generator))
        self.number += 1
        return as_sent(person, u, self.number)


def school_year(
    here: Installation,
    setting: Setting,
    *,
    seed: int,
    releases: int = 12,
    batch: int = 20,
    moves: int = 1,
    erasures: int = 1,
) -> History:
    """Return a history in which every release comes as early as R5 allows.

    Between two releases `batch` students join, and more as long as too many of them are held
    back; `moves` and `erasures` are of those whom a release has counted.
    """
    year = Year(here, setting, seed)
    for _ in range(releases):
        settled = [
            one
            for one in year.history.students
            if one.joined < year.now and one.erased is None and one.moved is None
        ]
        if settled:
            chosen = year.generator.permutation(len(settled))
            for place in chosen[:moves]:
                year.move(settled[place])
            for place in chosen[moves : moves + erasures]:
                year.erase(settled[place])
        for school in year.generator.choice(len(setting.schools), batch, p=setting.shares):
            year.join(int(school))
        while year.waits():
            year.join(int(year.generator.choice(len(setting.schools), p=setting.shares)))
        year.publish()
    return year.history


def as_frame(history: History) -> pd.DataFrame:
    """Return every home of every student with when it began and ceased to count.

    `school`, `home`, `came` (the release that first counts it) and `went` (the one that no longer
    does, or after the last).
    """
    rows = []
    never = len(history.releases) + 1
    counted = [one for one in history.students if one.joined < never]
    for one in counted:
        end = one.erased or never
        if one.moved is None:
            rows.append((one.school, one.home, one.joined, end))
        else:
            rows.append((one.school, one.moved_from, one.joined, one.moved))
            rows.append((one.school, one.home, one.moved, end))
    return pd.DataFrame(rows, columns=["school", "home", "came", "went"])
