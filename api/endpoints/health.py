"""Whether the program runs, and whether it can do its work."""

import shutil

from fastapi import APIRouter, Response

from api.deps import LibraryDep, SettingsDep, StoreDep
from api.errors import BarometerError
from api.store import areas

router = APIRouter(prefix="/health", tags=["operator"])

MIN_FREE_BYTES = 200 * 1024 * 1024


@router.get("/live")
def live() -> dict[str, str]:
    """Answer while the process runs."""
    return {"status": "ok"}


@router.get("/ready", responses={503: {"model": dict[str, object]}})
def ready(
    store: StoreDep, settings: SettingsDep, library: LibraryDep, response: Response
) -> dict[str, object]:
    """Say what works: the database can be written, the disk has room, every area can be read."""
    checks: dict[str, object] = {}
    checks["database"] = "ok" if store.is_writable() else "cannot be written"
    free = shutil.disk_usage(settings.data_dir).free
    checks["disk"] = "ok" if free > MIN_FREE_BYTES else f"{free} bytes free"
    with store.read() as session:
        known = areas.all_areas(session) if checks["database"] == "ok" else ()
        for area in known:
            try:
                served = library.get(area).version
                checks[f"area {area.id}"] = (
                    "ok" if served == area.version else f"serves the older version {served}"
                )
            except BarometerError as error:
                checks[f"area {area.id}"] = str(error)
    fine = all(value == "ok" for value in checks.values())
    response.status_code = 200 if fine else 503
    return {"status": "ok" if fine else "not ready", "checks": checks}
