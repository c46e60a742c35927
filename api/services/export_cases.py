"""The cases of a list as CSV, without notes and history."""

import csv
import io

from web.columns import case_columns, position_columns

from .campaigns import today
from .export_hotspots import csv_cell
from .tables import case_record, place_middle
from .view_cases import CaseList

COLUMNS = tuple(
    column.name for columns in (case_columns, position_columns) for column in columns(str)
)


def cases_csv(found: CaseList) -> bytes:
    """Return the cases in the order of the list, in UTF-8 with a byte-order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    names = found.area.network.places["name"]
    for one in found.listed:
        at = place_middle(found.area, one.case.place_id)
        position = {
            "lon": round(at.x, 6) if at is not None else None,
            "lat": round(at.y, 6) if at is not None else None,
        }
        record = case_record(one.case, names, today()) | position
        writer.writerow([csv_cell(record[column]) for column in COLUMNS])
    return text.getvalue().encode("utf-8-sig")
