"""One running installation: its settings, its database and its loaded areas."""

from dataclasses import dataclass
from functools import cached_property

from api.settings import Settings
from api.store.engine import Store, open_store

from .areas import AreaLibrary


@dataclass(frozen=True)
class Installation:
    """What the services work on; made once for an app, a worker or a command."""

    settings: Settings
    store: Store

    @cached_property
    def library(self) -> AreaLibrary:
        """Return the loaded areas of this process."""
        return AreaLibrary(self.settings)


def open_installation(settings: Settings) -> Installation:
    """Open the database of these settings; its tables are left as they are."""
    return Installation(settings, open_store(settings.store_url))
