"""A city made larger: copies of an OSM file side by side, joined by a street each.

Run as a script it measures what reading and building take, each in a process of its own:
`python tests/benchmarks/cities.py CITY.osm.pbf COPIES...`
"""

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import osmium

from geo.area import build_network
from geo.chains import street_graph
from geo.network import read_network, write_network
from geo.osm import read_osm

# Above every id that OSM has given so far.
ID_STEP = 20_000_000_000
GAP_DEGREES = 0.002
LonLat = tuple[float, float]


def enlarged(path: Path, copies: int, folder: Path) -> Path:
    """Write the file `copies` times, in a square of rows and columns, and return where."""
    target = folder / f"{path.name.removesuffix('.osm.pbf')}-{copies}.osm.pbf"
    target.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(target)) as writer:
        steps = _steps(path, copies)
        # All nodes before all ways: readers look for the nodes of a way among what has passed.
        for copy, (east, north) in enumerate(steps):
            for node in _elements(path, osmium.osm.NODE):
                at = (node.lon + east, node.lat + north)
                writer.add_node(node.replace(id=_number(node.id, copy), location=at))
        for copy in range(copies):
            for way in _elements(path, osmium.osm.WAY):
                nodes = [_number(node.ref, copy) for node in way.nodes]
                writer.add_way(way.replace(id=_number(way.id, copy), nodes=nodes))
        for number, nodes in enumerate(_joints(path, copies)):
            joint = osmium.osm.mutable.Way(
                id=_number(number + 1, copies), nodes=nodes, tags={"highway": "residential"}
            )
            writer.add_way(joint)
        for copy in range(copies):
            for relation in _elements(path, osmium.osm.RELATION):
                members = [(member.type, _number(member.ref, copy), member.role)
                           for member in relation.members]  # fmt: skip
                writer.add_relation(
                    relation.replace(id=_number(relation.id, copy), members=members)
                )
    return target


def _elements(path: Path, kind: object) -> Iterator[object]:
    yield from osmium.FileProcessor(str(path), kind)


def _number(number: int, copy: int) -> int:
    return number + copy * ID_STEP


def _columns(copies: int) -> int:
    return math.ceil(math.sqrt(copies))


def _steps(path: Path, copies: int) -> list[LonLat]:
    """Return how far each copy is moved east and north."""
    box = read_osm(path).bbox
    width, height = box.east - box.west + GAP_DEGREES, box.north - box.south + GAP_DEGREES
    rows = (divmod(copy, _columns(copies)) for copy in range(copies))
    return [(column * width, row * height) for row, column in rows]


def _joints(path: Path, copies: int) -> Iterator[list[int]]:
    """Join each copy to the one west of it, the first of a row to the one south of it."""
    graph = street_graph(read_osm(path))
    by_lon = sorted(graph.neighbours, key=lambda node: graph.lonlat[node][0])
    by_lat = sorted(graph.neighbours, key=lambda node: graph.lonlat[node][1])
    columns = _columns(copies)
    for copy in range(1, copies):
        if copy % columns:
            yield [_number(by_lon[-1], copy - 1), _number(by_lon[0], copy)]
        else:
            yield [_number(by_lat[-1], copy - columns), _number(by_lat[0], copy)]


def measure(path: Path) -> dict[str, float]:
    """Read, build, write and read again, in this process: seconds of wall and CPU, peak memory."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = _clock()
        data = read_osm(path)
        found |= _since("read OSM", began)
        began = _clock()
        network = build_network(data)
        found |= _since("build", began)
        found["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        write_network(network, folder)
        began = _clock()
        read_network(folder)
        found |= _since("read network", began)
    segments = network.segments
    return {
        "segments": len(segments),
        "directed edges": int((segments[["forward", "backward"]]).to_numpy().sum()),
        "km": segments["length_m"].sum() / 1000,
        **found,
    }


def _clock() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(name: str, began: tuple[float, float]) -> dict[str, float]:
    wall, cpu = (now - then for now, then in zip(_clock(), began, strict=True))
    return {f"{name} s": wall, f"{name} CPU s": cpu}


def main(path: Path, copies: list[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        for count in copies:
            city = enlarged(path, count, Path(name)) if count > 1 else path
            done = subprocess.run(
                [sys.executable, __file__, "--measure", str(city)],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            numbers = json.loads(done.stdout)
            sys.stdout.write(f"{path.name} × {count}: " + ", ".join(
                f"{key} {value:.5g}" for key, value in numbers.items()) + "\n")  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        sys.stdout.write(json.dumps(measure(Path(sys.argv[2]))))
    else:
        main(Path(sys.argv[1]), [int(count) for count in sys.argv[2:]])
