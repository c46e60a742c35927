"""`barometer match`: routes that were drawn or recorded elsewhere."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from api.services.areas import load_area, require_area
from api.services.match_routes import Matching, match_routes, part_path
from geo.fast import is_installed
from geo.matching import FAST_FROM

from .terminal import INTERRUPTED, REFUSED, Bar, here, require_suffix, stop

SHOWN_IDS = 5


def match(
    area: str,
    routes: Annotated[
        Path, typer.Argument(help="A .geojson, .json, .geojsonl, .gpx or GeoParquet file.")
    ],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="A .parquet file.")],
) -> None:
    """Match routes to the network of an area: one row each, with its streets and crossings.

    Interrupted, the same command goes on where it stopped.

    Example: barometer match neubrandenburg rides.gpx -o matched.parquet
    """
    require_suffix(output, ".parquet")
    if output.exists() and routes.exists() and output.samefile(routes):
        stop(f"{output} is the file of the routes: the output would replace it", REFUSED)
    installation = here()
    with installation.store.read() as session:
        loaded = load_area(installation.settings, require_area(session, area))
    try:
        with Bar() as bar:
            found = match_routes(loaded, routes, output, progress=bar, tell=_tell)
    except KeyboardInterrupt:
        part = part_path(output)
        kept = f"{part} keeps what is done, the same command goes on from there"
        stop(f"interrupted; {kept if part.exists() else 'nothing was begun'}", INTERRUPTED)
    typer.echo("\n".join([*_summary(found), f"{output}: {output.stat().st_size / 1024:.0f} kB"]))


def _summary(found: Matching) -> list[str]:
    tally = found.tally
    lines = [f"{tally.matched:,} of {tally.routes:,} routes matched"]
    if tally.with_free_legs:
        lines.append(f"{tally.with_free_legs:,} of them partly off the network (free legs)")
    lines += [
        f"{problem.count:>7,} × {problem.words}"
        + (f" (first: route {problem.first})" if problem.count > 1 else f" (route {problem.first})")
        for problem in tally.problems
    ]
    if found.duplicates:
        some = ", ".join(list(found.duplicates)[:SHOWN_IDS])
        more = ", …" if len(found.duplicates) > SHOWN_IDS else ""
        lines.append(f"{len(found.duplicates):,} ids belong to several routes: {some}{more}")
    if found.fresh and found.seconds > 0:
        lines.append(f"{found.fresh / found.seconds:,.0f} routes per second")
    if found.fresh >= FAST_FROM and not is_installed():
        lines.append("several times faster with numba: pip install '.[fast]'")
    return lines


def _tell(text: str) -> None:
    tqdm.write(f"barometer: {text}", file=sys.stderr)  # not into the middle of the bar
