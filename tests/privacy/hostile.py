"""A whole class of strangers who do what they can to be alone with one student in a release."""

import uuid
from typing import Any

import numpy as np

from api.services.campaigns import today
from api.services.keys import area_key
from api.services.sealing import seal
from api.store import campaigns
from api.store.models import Campaign, Participant, Route
from geo.simulation.town import CLASS_SIZE
from tests.privacy.history import History, Setting, Student, Year

COVERING = 6
"""So many of the class ride everywhere: as many leave as join, and R4 counts twelve each time."""


class HostileClass:
    """Twenty-five who leave before every release and join again: R5 is theirs to fulfil.

    Six of them say that they ride everywhere a student may. Five rides of 500 steps each can do
    that; here it is stored as one, since the order of the streets tells nobody anything.
    """

    def __init__(self, year: Year, school: int) -> None:
        self.year = year
        self.campaign: Campaign = year.open_class(school)
        self.members: list[uuid.UUID] = []
        passing = np.sum([one.passing for one in year.setting.suspects], axis=0)
        places = year.setting.area.network.places.index
        self.everywhere = [str(place) for place in places[passing > 0]]

    def join_again(self) -> None:
        """Erase all members and let as many join and send."""
        for member in self.members:
            self.year.erase(Student(member, 0, 0.0, -1, 0))
        self.members = [self.year.take_seat(self.campaign) for _ in range(CLASS_SIZE)]
        for number, member in enumerate(self.members):
            self._store(member, self.everywhere if number < COVERING else self.everywhere[:1])

    def _store(self, member: uuid.UUID, places: list[str]) -> None:
        here, area_id = self.year.here, self.year.setting.area_id
        content: dict[str, Any] = {
            "rides_per_week": 1, "steps": [], "geometry": [], "places": places, "ratings": [],
        }  # fmt: skip
        route_id = uuid.uuid4()
        key = area_key(here.settings, area_id, "seal")
        with here.store.write() as session:
            participant = session.get(Participant, member)
            assert participant is not None
            session.add(
                Route(
                    id=route_id, participant_id=member, campaign_id=participant.campaign_id,
                    day=today(), network_version=self.year.setting.area.version,
                    metres=1000.0, metres_rated=0.0, places=len(places), rated=0,
                    variant="there", flags=[], fingerprint=route_id.hex,
                    sealed=seal(key, content, bound_to=f"{route_id}/{member}"),
                )
            )  # fmt: skip
            assert campaigns.new_senders(session, area_id)


def besieged_year(setting: Setting, year: Year, *, crowd: int, targets: int) -> History:
    """Return a history in which every student after the first `crowd` is alone in a release.

    The hostile class joins anew each time; a student whom it waits for joins, and R5 is met.
    """
    hostile = HostileClass(year, 0)
    schools = len(setting.schools)
    for school in year.generator.choice(schools, crowd, p=setting.shares):
        year.join(int(school))
    hostile.join_again()
    year.publish()
    for school in year.generator.choice(schools, targets, p=setting.shares):
        hostile.join_again()
        year.join(int(school))
        year.publish()
    return year.history
