"""Match a file of routes to the network of an area, chunk by chunk, into one GeoParquet file."""

import hashlib
import importlib.resources
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from api.errors import BarometerError
from geo.extract import Progress
from geo.lines import RouteLine
from geo.matched import COLUMNS
from geo.matching import FAST_FROM
from geo.route_files import read_routes, survey_routes

from .areas import LoadedArea
from .matched_file import Tally, write_matched
from .part_file import PartFile

logger = logging.getLogger(__name__)

SCHEMA = pa.schema([pa.field("route_id", pa.string()), *COLUMNS])
# A chunk is what an interruption costs and what memory holds: so many routes or points.
CHUNK_ROUTES, CHUNK_POINTS = 2_000, 100_000


class OutputUnwritableError(BarometerError):
    """The output, or the part of it that grows beside it, cannot be written."""


@dataclass(frozen=True)
class Matching:
    """What became of a file."""

    tally: Tally
    duplicates: Mapping[str, int]
    fresh: int
    """Routes matched in this run; the others were in the part file."""
    seconds: float


def match_routes(
    area: LoadedArea,
    source: Path,
    output: Path,
    *,
    progress: Progress,
    tell: Callable[[str], None],
) -> Matching:
    """Write one row per route of `source`, in its order, and return what became of them.

    What is done stands in a part file beside the output. Interrupted, the next call with the same
    file, network and program goes on from there and ends with the same bytes.
    """
    progress("reading routes", 0.0)
    survey = survey_routes(source)
    progress("reading routes", 1.0)
    try:
        part = PartFile(part_path(output), SCHEMA, _job(area, source))
        if part.is_new:
            tell("the routes, the network or the program have changed: starting anew")
        elif part.rows:
            tell(f"going on after {part.rows:,} of {survey.routes:,} routes")
        before, began = part.rows, time.monotonic()
        fast = survey.routes - before >= FAST_FROM
        for chunk in chunks(islice(read_routes(source), part.rows, None)):
            progress("matching", part.rows / survey.routes)
            part.append(_matched(area, chunk, fast=fast))
        seconds = time.monotonic() - began
        progress("matching", 1.0)
        tally = write_matched(part.batches(), SCHEMA, output)
    except OSError as error:
        reason = error.strerror or error
        raise OutputUnwritableError(f"{output} cannot be written: {reason}") from error
    part.remove()
    logger.info("matched %d of %d routes in %s", tally.matched, tally.routes, area.id)
    return Matching(tally, survey.duplicates, tally.routes - before, seconds)


def part_path(output: Path) -> Path:
    """Return where the part of an output grows."""
    return output.with_name(f"{output.name}.part")


def chunks(lines: Iterable[RouteLine]) -> Iterator[list[RouteLine]]:
    """Yield the lines in pieces that depend on the lines alone, not on where one began."""
    chunk: list[RouteLine] = []
    points = 0
    for line in lines:
        chunk.append(line)
        points += len(line.coordinates)
        if len(chunk) == CHUNK_ROUTES or points >= CHUNK_POINTS:
            yield chunk
            chunk, points = [], 0
    if chunk:
        yield chunk


def _matched(area: LoadedArea, chunk: list[RouteLine], *, fast: bool) -> pa.Table:
    table = area.matcher.match_all([line.coordinates for line in chunk], fast=fast)
    # A row that never was a line has its own reason, not the matcher's about no points.
    words = [
        line.problem or found
        for line, found in zip(chunk, table["problem"].to_pylist(), strict=True)
    ]
    columns = {
        "route_id": pa.array([line.id for line in chunk], pa.string()),
        **{name: table[name] for name in COLUMNS.names},
        "problem": pa.array(words, pa.string()),
    }
    return pa.table(columns, schema=SCHEMA)


def _job(area: LoadedArea, source: Path) -> str:
    """Return what the answers depend on: the routes, the network, and the program that matches."""
    digest = hashlib.sha256()
    with source.open("rb") as file:
        digest.update(hashlib.file_digest(file, "sha256").digest())
    code = importlib.resources.files("geo")
    for module in sorted(code.iterdir(), key=lambda one: one.name):
        if module.name.endswith(".py"):
            digest.update(module.read_bytes())
    return f"{digest.hexdigest()} {source.suffix.lower()} {area.id} {area.version}"
