"""Write docs/method.md: the method in words, with the numbers of the sample area beside them.

`make method` does it. The words stand in scripts/method/method.md; every number comes from the
code that computes a release, so that the page changes when the method does.
"""

from __future__ import annotations

from pathlib import Path

from geo.osm import read_osm
from scripts.method.example import work_out
from scripts.method.page import render
from scripts.method.robustness import varied

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "samples" / "neubrandenburg.osm.pbf"
PAGE = ROOT / "docs" / "method.md"


def main() -> None:
    """Write the page."""
    example = work_out(read_osm(SAMPLE))
    PAGE.write_text(render(example, varied(example)), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}, which follows {example.place}")


if __name__ == "__main__":
    main()
