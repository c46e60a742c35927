"""Open data for everybody, without signing in: pages, files, catalogue and dictionary."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse, HTMLResponse

from api.deps import PagesDep, SettingsDep, StoreDep, UserDep
from api.services.decide_edition import may_publish
from api.services.edition_facts import ATTRIBUTION, ATTRIBUTION_ADDRESS, LICENCE
from api.services.list_editions import ListedEdition, edition_file, find_edition, open_areas
from api.services.open_catalogue import open_catalogue
from api.services.release_content import K_PUBLIC
from web.open_columns import open_columns
from web.translation import translations

from .files import LONG

router = APIRouter(include_in_schema=False)

AreaName = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")]
EditionName = Annotated[str, Path(pattern=r"^[0-9]{4}-[0-9]{4}-[0-9]{1,9}$")]
FileName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$")]
# Anybody's program may read it in any browser: it is public and carries no cookie.
FOR_ALL = {"access-control-allow-origin": "*"}
SOURCES: dict[str, Any] = {
    "licence": LICENCE,
    "attribution": ATTRIBUTION,
    "osm": ATTRIBUTION_ADDRESS,
}


@router.get("/open", response_class=HTMLResponse)
def show_open(pages: PagesDep, store: StoreDep, settings: SettingsDep, user: UserDep) -> str:
    """Show what is published of each area, what it is, and what it is not."""
    with store.read() as session:
        listed = open_areas(settings, session)
    found = [one for each in listed for one in each.editions]
    return pages.render(
        "open.html",
        areas=[
            {
                "title": one.area.title or one.area.id,
                "editions": [_edition(edition) for edition in one.editions],
            }
            for one in listed
        ],
        at_least=K_PUBLIC,
        may_publish=may_publish(user),
        simulated=bool(found) and all(one.facts["simulated"] for one in found),
        **SOURCES,
    )


@router.get("/open/catalog.jsonld")
def catalogue(store: StoreDep, settings: SettingsDep) -> Response:
    """Serve the catalogue that data portals read."""
    with store.read() as session:
        content = open_catalogue(settings, open_areas(settings, session))
    text = json.dumps(content, ensure_ascii=False, indent=2)
    headers = {"cache-control": "public, max-age=3600", **FOR_ALL}
    return Response(text, headers=headers, media_type="application/ld+json")


@router.get("/open/dictionary", response_class=HTMLResponse)
def show_dictionary(pages: PagesDep) -> str:
    """Explain every column of the open data."""
    language = pages.language()
    return pages.render(
        "open_dictionary.html",
        language=language,
        columns=open_columns(translations(language).gettext),
        at_least=K_PUBLIC,
    )


@router.get("/open/{area}/{edition}", response_class=HTMLResponse)
def show_edition(
    pages: PagesDep, store: StoreDep, settings: SettingsDep, area: AreaName, edition: EditionName
) -> str:
    """Show one edition: where a citation leads, for good."""
    with store.read() as session:
        found = find_edition(settings, session, area, edition)
    return pages.render(
        "open_edition.html",
        edition=_edition(found),
        at_least=K_PUBLIC,
        simulated=found.facts["simulated"],
        **SOURCES,
    )


@router.api_route("/open/{area}/{edition}/{file}", methods=["GET", "HEAD"])
def download(
    store: StoreDep, settings: SettingsDep, area: AreaName, edition: EditionName, file: FileName
) -> FileResponse:
    """Serve a file of an edition, which never changes."""
    with store.read() as session:
        path, known = edition_file(settings, session, area, edition, file)
    headers = {"cache-control": LONG, "etag": f'"{known.sha256}"', **FOR_ALL}
    return FileResponse(path, media_type=known.media_type, headers=headers)


def _edition(edition: ListedEdition) -> dict[str, Any]:
    """Return what the templates show of an edition."""
    facts = edition.facts
    return {
        "name": edition.name,
        "area": edition.area_id,
        "path": edition.path,
        "title": facts["area_title"],
        "period": edition.period,
        "release": edition.release,
        "day": facts["day"],
        "rows": facts["rows"],
        "mode": facts["mode"],
        "simulated": facts["simulated"],
        "single_class": facts["single_class"],
        "osm_date": facts["osm_date"],
        "citation": facts["citation"],
        "publisher": facts["publisher"],
        "data": edition.data,
        "papers": edition.papers,
        "superseded_by": edition.superseded_by,
        "newer": f"/open/{edition.area_id}/{edition.superseded_by}",
    }
