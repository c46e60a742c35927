"""Which collections of features somebody is offered: open data for all, the area's for its own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from api.errors import AreaNotFoundError, NotFoundError, SignInRequiredError
from api.store.authorities import ApiKey
from api.store.models import User
from web.feature_documents import Collection, Document

from .features import COLLECTIONS, Features, collections_of, extent_of, features_of, view_features
from .installation import Installation
from .open_features import OpenLayer, open_layers
from .view_release import View

Who = User | ApiKey | None
READ = "read features"
"""What the audit says of it."""


@dataclass(frozen=True)
class Offered:
    """A collection as somebody may read it."""

    collection: Collection
    extent: Document
    features: Callable[[], Features]
    public: bool = False
    simulated: bool = False


def offer_all(here: Installation, who: Who, area: str) -> list[Offered]:
    """Return every collection for somebody: those of their area, and the newest editions.

    Of an area that is not theirs they see what everybody does.

    Raises
    ------
    SignInRequiredError
        If nothing is open data and nobody has signed in.
    AreaNotFoundError
        The same for a foreign area and for one that does not exist, if nothing of it is open data.
    """
    opened = offer_editions(here, area)
    try:
        return _own(here, who, area, action=READ) + opened
    except (SignInRequiredError, AreaNotFoundError):
        if not opened:
            raise
        return opened


def offer_editions(here: Installation, area: str) -> list[Offered]:
    """Return the newest edition of each school year, of one area if it is named."""
    with here.store.read() as session:
        newest = [
            one for one in open_layers(here.settings, session, area)
            if one.edition.superseded_by is None
        ]  # fmt: skip
    return [_opened(here, one) for one in newest]


def offer_one(here: Installation, who: Who, area: str, name: str) -> Offered:
    """Return one collection, or one of an edition that a newer one has superseded.

    Raises
    ------
    SignInRequiredError
        If it is the kind of an area's own collections and nobody has signed in.
    NotFoundError
        The same for one that is not the reader's and for one that does not exist.
    """
    if name in COLLECTIONS:
        own = _own(here, who, area, action=f"{READ} {name}")
        found = next((one for one in own if one.collection.id == name), None)
    else:
        with here.store.read() as session:
            layers = open_layers(here.settings, session, area)
            opened = next((one for one in layers if one.id == name), None)
        found = _opened(here, opened) if opened else None
    if found is None:
        raise NotFoundError("no such collection")
    return found


def _own(here: Installation, who: Who, area: str, *, action: str) -> list[Offered]:
    if who is None:
        raise SignInRequiredError("sign in first")
    view = view_features(here.store, who, area, action=action)
    extent = extent_of(view)
    return [
        Offered(one, extent, partial(_features, here, view, one.id)) for one in collections_of(view)
    ]


def _features(here: Installation, view: View, name: str) -> Features:
    return features_of(here.store, view, here.library.get(view.area), name)


def _opened(here: Installation, layer: OpenLayer) -> Offered:
    return Offered(
        layer.collection(here.settings), layer.extent, partial(_published, here, layer),
        public=True, simulated=layer.edition.facts["simulated"],
    )  # fmt: skip


def _published(here: Installation, layer: OpenLayer) -> Features:
    with here.store.read() as session:
        return layer.features(here.settings, session)
