"""Draw sampled places of an OSM extract to say by looking which nodes make one junction.

`draw` writes one picture a place and what its numbers mean; `collect` turns the answers
into rows of tests/geo/junctions.csv. Nothing here reads our own intersections: the places
and the numbers come from the ways of the extract alone. The rules are in docs/junctions.md.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
from collections import defaultdict
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from geo.osm import OsmData, read_osm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SIDE_M = 150
PICTURE_PX = 1000
MARGIN_M = 5
STUB_M = 30
APART_M = 45  # two places drawn are at least so far from each other
METRES_PER_DEGREE = 111_300
FOOT = {"footway", "steps", "bridleway"}
PATHS = FOOT | {"cycleway", "path", "track", "pedestrian"}
NOT_BUILT = {"construction", "proposed", "platform", "elevator", "corridor", "raceway",
             "bus_stop", "rest_area", "services", "no", "razed", "abandoned"}  # fmt: skip
MARKED = {"crossing", "traffic_signals", "mini_roundabout", "stop", "give_way"}
COLOURS = {
    "motorway": "#c03060", "trunk": "#d05050", "primary": "#e07030", "secondary": "#d8a020",
    "tertiary": "#b0b030", "cycleway": "#2060d0", "path": "#30a0c0", "track": "#806030",
    "footway": "#e080b0", "steps": "#a04080", "pedestrian": "#a090b0", "service": "#b8b8b8",
}  # fmt: skip
WIDTHS = {"motorway": 14, "trunk": 14, "primary": 12, "secondary": 11, "tertiary": 9,
          "cycleway": 4, "path": 4, "track": 4, "footway": 2, "steps": 2, "service": 5}  # fmt: skip
CSV_COLUMNS = ("area", "label", "lon", "lat", "nodes", "apart", "split", "note")
STRATA = ("roundabout", "raised", "dual", "cycle", "staggered", "crossing", "plain")


class Town(NamedTuple):
    """The ways of an extract, ready to be drawn."""

    ways: list[tuple[tuple[int, ...], Mapping[str, str]]]
    metres: dict[int, tuple[float, float]]
    lonlat: Mapping[int, tuple[float, float]]
    at: Mapping[int, list[tuple[int, Mapping[str, str]]]]
    node_tags: Mapping[int, Mapping[str, str]]

    def numbered(self, node: int) -> bool:
        """Say whether the node gets a number."""
        ways = [tags for _, tags in self.at[node]]
        if not any(map(_for_bicycles, ways)) or all(tags.get("tunnel") == "yes" for tags in ways):
            return False
        marked = self.node_tags.get(node, {})
        return len(self.at[node]) > 2 or marked.get("highway") in {"crossing", "mini_roundabout"}  # noqa: PLR2004

    def is_junction(self, nodes: set[int]) -> bool:
        """Say whether bicycles can leave in three ways that lead on.

        A crossing of a street that only walkers use is none, and neither is a driveway that ends
        within 30 m: the rules of docs/junctions.md, applied to the tags.
        """
        crossed = [node for node in nodes if any(map(_is_street, self._tags(node)))]
        on_foot = crossed and not any(
            sum(map(_is_street, self._tags(node))) > 2  # noqa: PLR2004
            or any(_for_bicycles(tags) and not _is_street(tags) for tags in self._tags(node))
            for node in crossed
        )
        out = [
            (node, other)
            for node in nodes
            for other, tags in self.at[node]
            if other not in nodes and _for_bicycles(tags) and self._leads_on(node, other, tags)
        ]
        return not on_foot and len(out) > 2  # noqa: PLR2004

    def _tags(self, node: int) -> list[Mapping[str, str]]:
        return [tags for _, tags in self.at[node]]

    def _leads_on(self, node: int, other: int, tags: Mapping[str, str]) -> bool:
        length = _apart(self, node, other)
        on = self._onwards(node, other)
        while len(on) == 1 and length < STUB_M:
            node, other = other, on[0]
            length += _apart(self, node, other)
            on = self._onwards(node, other)
        return "name" in tags or length >= STUB_M or len(on) > 0

    def _onwards(self, node: int, other: int) -> list[int]:
        return [n for n, tags in self.at[other] if n != node and _for_bicycles(tags)]


def _rides(tags: Mapping[str, str]) -> bool:
    return tags.get("bicycle") in {"yes", "designated", "permissive", "official"}


def _for_bicycles(tags: Mapping[str, str]) -> bool:
    for_walkers = tags["highway"] in FOOT or (
        tags["highway"] == "path" and tags.get("foot") == "designated"
    )
    return _rides(tags) or not for_walkers


def _is_street(tags: Mapping[str, str]) -> bool:
    return tags["highway"] not in PATHS


def read_town(path: Path) -> Town:
    """Return the built ways of an extract, with where they are in metres."""
    data: OsmData = read_osm(path)
    ways = [
        (way.nodes, way.tags)
        for way in data.ways
        if way.tags["highway"] not in NOT_BUILT and way.tags.get("area") != "yes"
    ]
    shrink = cos(radians((data.bbox.south + data.bbox.north) / 2))
    metres = {
        node: (
            (data.nodes[node][0] - data.bbox.west) * METRES_PER_DEGREE * shrink,
            (data.nodes[node][1] - data.bbox.south) * METRES_PER_DEGREE,
        )
        for nodes, _ in ways
        for node in nodes
    }
    at: dict[int, list[tuple[int, Mapping[str, str]]]] = defaultdict(list)
    for nodes, tags in ways:
        for first, second in pairwise(nodes):
            at[first].append((second, tags))
            at[second].append((first, tags))
    return Town(ways, metres, data.nodes, at, data.node_tags)


def sample(town: Town, count: int, seed: int) -> list[tuple[str, int]]:
    """Return places as (stratum, node), the strata in turn, none close to another."""
    found: dict[str, list[int]] = {name: [] for name in STRATA}
    inner = _inside(town)
    for node in sorted(node for node in inner if town.numbered(node)):
        found[_stratum(town, node)].append(node)
    # A seed that is written down draws the same places again: nothing here is secret.
    chance = random.Random(seed)  # noqa: S311
    for nodes in found.values():
        chance.shuffle(nodes)
    taken: list[tuple[str, int]] = []
    while len(taken) < count and any(found.values()):
        for name in STRATA:
            while found[name]:
                node = found[name].pop()
                if all(_apart(town, node, other) >= APART_M for _, other in taken):
                    taken.append((name, node))
                    break
    return taken[:count]


def _inside(town: Town) -> list[int]:
    """Return the nodes whose picture does not reach over the border of the extract."""
    xs, ys = zip(*town.metres.values(), strict=True)
    low = [sorted(v)[len(v) // 500] + SIDE_M / 3 for v in (xs, ys)]
    high = [sorted(v)[-len(v) // 500 - 1] - SIDE_M / 3 for v in (xs, ys)]
    return [
        node
        for node, (x, y) in town.metres.items()
        if low[0] < x < high[0] and low[1] < y < high[1]
    ]


def _stratum(town: Town, node: int) -> str:
    near = [
        (other, tags)
        for other in town.metres
        if _apart(town, node, other) < 30  # noqa: PLR2004
        for _, tags in town.at[other]
    ]
    here = [tags for _, tags in town.at[node]]
    streets = {tags["name"] for tags in here if "name" in tags and _is_street(tags)}
    around = [tags for _, tags in near]
    names = {tags["name"] for tags in around if "name" in tags and _is_street(tags)}
    raised = any(tags.get("bridge", "no") != "no" or tags.get("tunnel") == "yes" for tags in around)
    strata = {
        "roundabout": any(tags.get("junction") == "roundabout" for tags in around),
        "raised": streets and raised,
        "crossing": len(streets) < 2,  # noqa: PLR2004
        "dual": sum(tags.get("oneway") == "yes" and "name" in tags for tags in here) > 1,
        "cycle": any(tags["highway"] == "cycleway" or _rides(tags) for tags in around),
        "staggered": len(names) > 2,  # noqa: PLR2004
    }
    return next((name for name, holds in strata.items() if holds), "plain")


def _apart(town: Town, first: int, second: int) -> float:
    (x, y), (u, v) = town.metres[first], town.metres[second]
    return hypot(u - x, v - y)


class Picture:
    """A square of the town on its way to a PNG."""

    def __init__(self, town: Town, middle: int, side_m: float = SIDE_M) -> None:
        self.town, self.side_m = town, side_m
        self.x, self.y = town.metres[middle]
        self.image = Image.new("RGB", (PICTURE_PX, PICTURE_PX), "white")
        self.pen = ImageDraw.Draw(self.image)
        self.numbers: dict[int, int] = {}
        self.taken: list[tuple[float, float, float, float]] = []

    def place(self, node: int) -> tuple[float, float]:
        """Return where a node lies, in pixels."""
        x, y = self.town.metres[node]
        scale = PICTURE_PX / self.side_m
        return (
            (x - self.x) * scale + PICTURE_PX / 2,
            PICTURE_PX / 2 - (y - self.y) * scale,
        )

    def sees(self, node: int, margin_m: float = 0.0) -> bool:
        """Say whether a node lies in the picture, that far from its border."""
        x, y = self.town.metres[node]
        reach = self.side_m / 2 - margin_m
        return abs(x - self.x) <= reach and abs(y - self.y) <= reach

    def draw(self, title: str) -> None:
        """Draw ways, names and numbers."""
        for nodes, tags in sorted(self.town.ways, key=_depth):
            if any(self.sees(node, -60) for node in nodes):
                self._way(nodes, tags)
        self._names()
        self._nodes()
        self.pen.rectangle((0, 0, PICTURE_PX, 26), fill="#ffffd0")
        self.pen.text((5, 3), title, fill="black", font=_font(18))

    def _way(self, nodes: Sequence[int], tags: Mapping[str, str]) -> None:
        road = tags["highway"].removesuffix("_link")
        line = [self.place(node) for node in nodes]
        width = WIDTHS.get(road, 8)
        colour = COLOURS.get(road, "#888888")
        if road == "path" and not _for_bicycles(tags):
            colour, width = COLOURS["footway"], 3
        if road == "footway" and _rides(tags):
            colour, width = "#8060e0", 4
        if tags.get("bridge", "no") != "no":
            self.pen.line(line, fill="black", width=width + 8, joint="curve")
        self.pen.line(line, fill=colour, width=width, joint="curve")
        if tags.get("tunnel", "no") != "no":
            self._dots(line, "black")
        if tags.get("footway") == "crossing" or tags.get("crossing"):
            self._dots(line, "white")
        if tags.get("junction") == "roundabout":
            self._dots(line, "#00a000")
        if tags.get("oneway") == "yes":
            for start, end in pairwise(line):
                self._arrow(start, end)

    def _dots(self, line: list[tuple[float, float]], colour: str) -> None:
        for (x, y), (u, v) in pairwise(line):
            steps = max(1, int(hypot(u - x, v - y) / 10))
            for step in range(steps):
                px, py = x + (u - x) * step / steps, y + (v - y) * step / steps
                self.pen.ellipse((px - 2, py - 2, px + 2, py + 2), fill=colour)

    def _arrow(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        length = hypot(end[0] - start[0], end[1] - start[1])
        if length < 30:  # noqa: PLR2004
            return
        dx, dy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        tip = (x + dx * 8, y + dy * 8)
        self.pen.polygon(
            (tip, (x - dx * 4 - dy * 5, y - dy * 4 + dx * 5),
             (x - dx * 4 + dy * 5, y - dy * 4 - dx * 5)), fill="black")  # fmt: skip

    def _names(self) -> None:
        written: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for nodes, tags in self.town.ways:
            name = tags.get("name") or tags.get("ref")
            if not name:
                continue
            for first, second in pairwise(nodes):
                (x, y), (u, v) = self.place(first), self.place(second)
                for share in (0.5, 0.2, 0.8):
                    at = x + (u - x) * share, y + (v - y) * share
                    if hypot(u - x, v - y) < 60 or not self._free(at, written[name]):  # noqa: PLR2004
                        continue
                    written[name].append(at)
                    box = self.pen.textbbox(at, name, font=_font(15), anchor="mm")
                    self.taken.append(box)
                    self.pen.rectangle(box, fill="#ffffff")
                    self.pen.text(at, name, fill="#444444", font=_font(15), anchor="mm")

    def _free(self, at: tuple[float, float], written: list[tuple[float, float]]) -> bool:
        inside = all(60 < c < PICTURE_PX - 60 for c in at)  # noqa: PLR2004
        return inside and all(hypot(at[0] - x, at[1] - y) > 300 for x, y in written)  # noqa: PLR2004

    def _nodes(self) -> None:
        shown = [
            (hypot(x - self.x, y - self.y), node)
            for node, (x, y) in self.town.metres.items()
            if self.sees(node, MARGIN_M)
        ]
        for _, node in sorted(shown):
            x, y = self.place(node)
            marked = self.town.node_tags.get(node, {})
            if marked.get("highway") in {"traffic_signals", "stop", "give_way"}:
                colour = "red" if marked["highway"] == "traffic_signals" else "orange"
                self.pen.rectangle((x - 6, y - 6, x + 6, y + 6), outline=colour, width=3)
            if self.town.numbered(node):
                self.numbers[node] = len(self.numbers) + 1
                self.taken.append((x - 4, y - 4, x + 4, y + 4))
        for node, number in self.numbers.items():
            x, y = self.place(node)
            is_crossing = self.town.node_tags.get(node, {}).get("highway") == "crossing"
            self.pen.ellipse((x - 4, y - 4, x + 4, y + 4),
                             fill="white" if is_crossing else "black", outline="black")  # fmt: skip
            self._number(x, y, str(number))

    def _number(self, x: float, y: float, text: str) -> None:
        best = min(_around(x, y), key=lambda at: (self._covered(at, text), at[2]))
        box = self._box(best, text)
        self.taken.append(box)
        self.pen.line((x, y, best[0], best[1]), fill="#009000", width=1)
        self.pen.rectangle(box, fill="#ffffff", outline="#c0c0c0")
        self.pen.text(best[:2], text, fill="#006000", font=_font(17), anchor="mm")

    def _box(self, at: tuple[float, float, float], text: str) -> tuple[float, float, float, float]:
        left, top, right, bottom = self.pen.textbbox(at[:2], text, font=_font(17), anchor="mm")
        return left - 1, top - 1, right + 1, bottom + 1

    def _covered(self, at: tuple[float, float, float], text: str) -> int:
        a = self._box(at, text)
        return sum(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in self.taken)


def _around(x: float, y: float) -> Iterator[tuple[float, float, float]]:
    for far in (18, 28, 42):
        for dx, dy in ((1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1), (1, 0), (-1, 0)):
            yield x + dx * far * 0.8, y + dy * far * 0.8, far


def _depth(way: tuple[tuple[int, ...], Mapping[str, str]]) -> tuple[int, int]:
    tags = way[1]
    layer = tags.get("layer", "0")
    level = int(layer) if layer.lstrip("-").isdigit() else 0
    level += (tags.get("bridge", "no") != "no") - (tags.get("tunnel", "no") != "no")
    return level, -WIDTHS.get(tags["highway"].removesuffix("_link"), 8)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size)
    except OSError:  # the letters that come with Pillow lack ä and ö
        return ImageFont.load_default(size)


def draw(arguments: argparse.Namespace) -> None:
    """Write the pictures, sheets of four of them, and the meaning of the numbers."""
    town = read_town(arguments.extract)
    arguments.out.mkdir(parents=True, exist_ok=True)
    key = {}
    images = []
    for number, (stratum, node) in enumerate(sample(town, arguments.count, arguments.seed), 1):
        picture = Picture(town, node, arguments.side)
        picture.draw(f"{arguments.area} {number}  ({stratum})")
        picture.image.save(arguments.out / f"{number:03}.png")
        images.append(picture.image)
        key[str(number)] = {str(n): [osm, *town.lonlat[osm]] for osm, n in picture.numbers.items()}
    per = arguments.across**2
    for first in range(0, len(images), per):
        side = PICTURE_PX * arguments.across
        sheet = Image.new("RGB", (side, side), "grey")
        for i, image in enumerate(images[first : first + per]):
            row, column = divmod(i, arguments.across)
            sheet.paste(image, (column * PICTURE_PX, row * PICTURE_PX))
        sheet.save(arguments.out / f"sheet{first // per + 1:02}.png")
    (arguments.out / "key.json").write_text(json.dumps(key), encoding="utf-8")


def collect(arguments: argparse.Namespace) -> None:
    """Write the answers as CSV.

    A line of answers is `picture: numbers of the junction ? numbers in doubt # note`. Every other
    number of the picture lies apart. A picture may have several lines, one for each junction.
    """
    town = read_town(arguments.extract)
    key = json.loads((arguments.out / "key.json").read_text(encoding="utf-8"))
    rows: list[dict[str, object]] = []
    labelled: set[int] = set()
    for line in (arguments.out / "answers.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        answer, _, note = line.partition("#")
        number, _, said = answer.partition(":")
        inside, _, doubt = said.partition("?")
        meaning = key[number.strip()]
        nodes = [meaning[n] for n in inside.split() if town.numbered(meaning[n][0])]
        if labelled & {osm for osm, _, _ in nodes}:
            continue  # two pictures show the same junction: the first answer counts
        if not town.is_junction({osm for osm, _, _ in nodes}):
            continue
        labelled |= {osm for osm, _, _ in nodes}
        left_out = {*inside.split(), *doubt.split()}
        apart = [meaning[n][0] for n in meaning if n not in left_out]
        label = f"{arguments.area}-{number.strip()}"
        earlier = sum(str(row["label"]).split("/")[0] == label for row in rows)
        label += f"/{earlier + 1}" if earlier else ""
        is_test = hashlib.sha256(label.encode()).digest()[0] % 2
        rows.append({
            "area": arguments.area, "label": label,
            "lon": round(sum(lon for _, lon, _ in nodes) / len(nodes), 6),
            "lat": round(sum(lat for _, _, lat in nodes) / len(nodes), 6),
            "nodes": " ".join(str(node) for node in sorted(node for node, _, _ in nodes)),
            "apart": " ".join(str(node) for node in sorted(apart)),
            "split": "test" if is_test else "tune", "note": note.strip(),
        })  # fmt: skip
    with arguments.csv.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CSV_COLUMNS, lineterminator="\n")
        if file.tell() == 0:
            writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["draw", "collect"])
    parser.add_argument("area", help="name of the town in the CSV")
    parser.add_argument("out", type=Path, help="folder of the pictures, key and answers")
    parser.add_argument("--extract", type=Path, help="OSM file to draw")
    parser.add_argument("--count", type=int, default=75)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--side", type=float, default=SIDE_M, help="metres a picture is wide")
    parser.add_argument("--across", type=int, default=2, help="pictures beside each other")
    parser.add_argument("--csv", type=Path, default=Path("tests/geo/junctions.csv"))
    arguments = parser.parse_args()
    {"draw": draw, "collect": collect}[arguments.task](arguments)


if __name__ == "__main__":
    main()
