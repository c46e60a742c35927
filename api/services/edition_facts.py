"""What an edition of open data says about itself: title, licence, citation, where it lies."""

from dataclasses import dataclass
from datetime import date

from api.settings import Settings
from api.store.models import Area

from .public_rows import rests_on_one_class
from .read_release import Published
from .school_years import SCHOOL_YEAR_MONTH, school_year

LICENCE = {
    "name": "ODbL-1.0",
    "path": "https://opendatacommons.org/licenses/odbl/1-0/",
    "title": "Open Data Commons Open Database License 1.0",
}
ATTRIBUTION = "© OpenStreetMap contributors"
ATTRIBUTION_ADDRESS = "https://www.openstreetmap.org/copyright"
DESCRIPTION = (
    "Streets and crossings on the way to school as students rated them: perceived danger, reported "
    "conflicts and risk with their intervals, from at least ten students of two classes at every "
    "place. A place that is missing is not safe: too few students rode there. Reported conflicts "
    "are near misses and falls, not accidents. Compare places within an area, never areas."
)
SIMULATED = "SIMULATED DATA: the students behind these figures do not exist."
ONE_CLASS = "All answers come from one class."
KEYWORDS = ("cycling", "bicycle", "school", "road safety", "perceived safety", "traffic")


@dataclass(frozen=True)
class EditionFacts:
    """One edition: an area and a period, made from one release."""

    area_id: str
    area_title: str
    period: str
    release: int
    day: date
    release_hash: str
    network_version: str
    osm_date: str | None
    mode: str
    simulated: bool
    single_class: bool
    publisher: str
    base_url: str

    @property
    def name(self) -> str:
        """The last part of its address and of its folder."""
        return f"{self.period}-{self.release}"

    @property
    def stem(self) -> str:
        """What its data files are called, before the dot."""
        simulated = "-simulated" if self.simulated else ""
        return f"{self.area_id}-{self.name}{simulated}"

    @property
    def title(self) -> str:
        """Return the title of the data set."""
        simulated = " (simulated data)" if self.simulated else ""
        return f"Ways to school in {self.area_title}, school year {self.period}{simulated}"

    @property
    def version(self) -> str:
        """Return which edition of the period it is: the number of its release."""
        return f"{self.period}.{self.release}"

    @property
    def description(self) -> str:
        """Return what the data are, and what they are not."""
        notes = [SIMULATED] * self.simulated + [ONE_CLASS] * self.single_class
        return " ".join([*notes, DESCRIPTION])

    @property
    def address(self) -> str:
        """Return the page of the edition: what a citation leads to."""
        return f"{self.base_url.rstrip('/')}/open/{self.area_id}/{self.name}"

    @property
    def citation(self) -> str:
        """Return how to cite it."""
        return (
            f"{self.publisher} ({self.day.year}): {self.title}. Bicycle Barometer, edition "
            f"{self.version}. {self.address} Contains data {ATTRIBUTION}. Licence: ODbL 1.0."
        )

    @property
    def days(self) -> tuple[date, date]:
        """Return the first and the last day that it can speak of."""
        return date(int(self.period[:4]), SCHOOL_YEAR_MONTH, 1), self.day


def period_of(day: date) -> str:
    """Return the school year of a day, as 2026-2027."""
    first = school_year(day)
    return f"{first}-{first + 1}"


def edition_facts(settings: Settings, area: Area, release: Published) -> EditionFacts:
    """Return what the edition made from a release says about itself."""
    content = release.content
    return EditionFacts(
        area_id=area.id,
        area_title=area.title or area.id,
        period=period_of(release.day),
        release=release.number,
        day=release.day,
        release_hash=release.content_hash,
        network_version=content["network_version"],
        osm_date=content["osm_date"],
        mode=release.mode,
        simulated=bool(content["simulated"]),
        single_class=rests_on_one_class(release),
        publisher=settings.publisher,
        base_url=settings.base_url,
    )
