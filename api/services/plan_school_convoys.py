"""Plan the convoys of an area's schools, as a release may show them."""

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

from api.store.models import School
from geo.convoy_streets import convoy_streets
from geo.convoys import School as Destination
from geo.convoys import (
    everyone_key,
    name_passed,
    plan_convoys,
    published_convoys,
)
from geo.network import Network
from geo.policy import Policy
from geo.protection import Cells, Row

from .contributions import Morning


class AreaConvoys(NamedTuple):
    """The convoys of each school that has some, and who was looked at for them."""

    rows: Mapping[str, list[Row]]
    people: Mapping[str, frozenset[Hashable]]


NO_CONVOYS = AreaConvoys({}, {})


def plan_school_convoys(  # noqa: PLR0913 - what is ridden, where, and what was published
    schools: Iterable[School],
    mornings: Mapping[int, Mapping[Hashable, Morning]],
    cells: Cells,
    network: Network,
    policy: Policy,
    *,
    before: AreaConvoys,
) -> AreaConvoys:
    """Return the convoys that may be published now.

    Parameters
    ----------
    cells
        The places that this release shows: a convoy names none but these.
    before
        The convoys of the release before, with who stood behind anything it showed.
    """
    concerned = [
        school
        for school in schools
        if school.id in mornings or everyone_key(school.id) in before.people
    ]
    if not concerned:
        return NO_CONVOYS
    streets = convoy_streets(network)
    rows: dict[str, list[Row]] = {}
    people: dict[str, frozenset[Hashable]] = {}
    for school in concerned:
        told = plan_convoys(
            mornings.get(school.id, {}),
            Destination(school.id, school.location.x, school.location.y),
            streets,
            policy,
            published_convoys(school.id, before.rows.get(str(school.id), []), before.people),
        )
        people |= told.people
        named = [name_passed(one, streets, cells.rows, policy.calm_stress) for one in told.convoys]
        if named:
            rows[str(school.id)] = [one.row() for one in named]
    return AreaConvoys(rows, people)
