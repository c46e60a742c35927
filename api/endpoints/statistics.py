"""How cases go, for those who act."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.deps import InstallationDep, PagesDep
from api.services.case_statistics import (
    ENOUGH,
    Line,
    Period,
    Statistics,
    case_statistics,
    statistics_csv,
)
from web.case_words import cause_words
from web.charts import bar
from web.translation import translations

from .cases import AreaName, AuthorityDep

router = APIRouter(include_in_schema=False)


@router.get("/cases/statistics", response_class=HTMLResponse)
def show_statistics(
    pages: PagesDep,
    here: InstallationDep,
    user: AuthorityDep,
    area: AreaName = "",
    period: Period = "year",
) -> str:
    """Show how many cases are open and how long answers and fixes take, by body and by cause."""
    found = case_statistics(here, user, area, period, action="see case statistics")
    language = pages.language()
    return pages.render(
        "statistics.html",
        language=language,
        area={"name": found.area.id, "title": found.area.title or found.area.id},
        areas=[{"name": one.id, "title": one.title or one.id} for one in found.own],
        period=period,
        total=found.total,
        groups=_groups(found, language),
        enough=ENOUGH,
        bar=bar,
    )


@router.get("/cases/statistics.csv")
def download_statistics(
    here: InstallationDep, user: AuthorityDep, area: AreaName = "", period: Period = "year"
) -> Response:
    """Download the same for a spreadsheet."""
    found = case_statistics(here, user, area, period, action="download case statistics")
    headers = {"content-disposition": f'attachment; filename="cases-{found.area.id}-{period}.csv"'}
    content = statistics_csv(found)
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _groups(found: Statistics, language: str) -> list[dict[str, Any]]:
    say = translations(language).gettext
    causes = cause_words(say)
    return [
        _group("bodies", say("By body"), found.bodies, {"": say("nobody yet")}),
        _group("causes", say("By cause"), found.causes, causes),
    ]


def _group(key: str, title: str, lines: list[Line], words: dict[str, str]) -> dict[str, Any]:
    medians = [wait.median for one in lines for wait in (one.answer, one.fix)]
    return {
        "key": key,
        "title": title,
        "lines": [(words.get(one.name, one.name), one) for one in lines],
        "most": max((days for days in medians if days is not None), default=0),
    }
