"""The lesson kit of a campaign: all of it as one archive, and each part alone."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.deps import LibraryDep, SettingsDep, StoreDep, TeacherDep
from api.services.campaigns import own_campaign
from api.services.make_kit import lesson_kit
from api.services.read_release import newest_release
from api.store import audit
from web.kit_values import LessonKit, Part
from web.lesson_kit import kit_archive, kit_part, media_type
from web.translation import choose_language

from .teach import CampaignId

router = APIRouter(include_in_schema=False)

Lang = Annotated[str | None, Query(max_length=10)]


@router.get("/teach/campaigns/{campaign_id}/kit.zip")
def archive(
    store: StoreDep,
    user: TeacherDep,
    library: LibraryDep,
    settings: SettingsDep,
    campaign_id: CampaignId,
    lang: Lang = None,
) -> Response:
    """Pack the lesson kit of a campaign, in its language or the one asked for."""
    kit = _kit(store, user, library, settings, campaign_id, lang)
    name = f"lesson-kit-{campaign_id}.zip"
    return _file(kit_archive(kit), "application/zip", f'attachment; filename="{name}"')


@router.get("/teach/campaigns/{campaign_id}/kit/{part}")
def one_part(
    store: StoreDep,
    user: TeacherDep,
    library: LibraryDep,
    settings: SettingsDep,
    campaign_id: CampaignId,
    part: Annotated[Part, Path()],
    lang: Lang = None,
) -> Response:
    """Make one file of the lesson kit."""
    kit = _kit(store, user, library, settings, campaign_id, lang)
    return _file(kit_part(kit, part), media_type(part), f'inline; filename="{part}"')


def _kit(
    store: StoreDep,
    user: TeacherDep,
    library: LibraryDep,
    settings: SettingsDep,
    campaign_id: int,
    lang: str | None,
) -> LessonKit:
    """Return what the kit is made from, and record that results were seen."""
    with store.read() as session:
        campaign = own_campaign(session, user, campaign_id)
        school = campaign.school
        release = newest_release(session, school.area_id)
        language = choose_language(lang, campaign.language)
        kit = lesson_kit(campaign, release, library.get(school.area), settings, language)
    if release is not None:
        with store.write() as session:
            audit.record(
                session, user.id, "lesson kit", f"school {school.id}", release=release.number
            )
    return kit


def _file(content: bytes, kind: str, disposition: str) -> Response:
    headers = {"content-disposition": disposition, "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
