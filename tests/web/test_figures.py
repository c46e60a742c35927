import re
import xml.etree.ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.network import Network
from web.figures import flow_map
from web.marks import MARK_MM

SVG = "{http://www.w3.org/2000/svg}"
WEST, SOUTH, STEP = 13.25, 53.55, 0.002
SCHOOL = shapely.Point(WEST + 2 * STEP, SOUTH + 2 * STEP)


@pytest.fixture(scope="module")
def network() -> Network:
    """Five by five intersections with streets between them that stop short of each middle."""
    points = {
        (x, y): np.array((WEST + x * STEP, SOUTH + y * STEP)) for x in range(5) for y in range(5)
    }
    rows = []
    for (x, y), here in points.items():
        for there in ((x + 1, y), (x, y + 1)):
            if there in points:
                along = points[there] - here
                rows.append(
                    {
                        "id": f"s{x}{y}-{there[0]}{there[1]}",
                        "start_intersection": f"i{x}{y}",
                        "end_intersection": f"i{there[0]}{there[1]}",
                        "road_class": "primary" if y == 2 else "residential",
                        "geometry": shapely.LineString([here + 0.1 * along, here + 0.9 * along]),
                    }
                )
    intersections = [
        {"id": f"i{x}{y}", "geometry": shapely.Point(p)} for (x, y), p in points.items()
    ]
    return Network(
        gpd.GeoDataFrame(rows, crs="EPSG:4326"), gpd.GeoDataFrame(intersections, crs="EPSG:4326")
    )


def places(*points: tuple[float, float], state: str = "confirmed") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"rank": range(1, len(points) + 1), "state": [state] * len(points)},
        geometry=[shapely.Point(p) for p in points],
        crs="EPSG:4326",
    )


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def lines(svg: str, color: str) -> list[ET.Element]:
    """The lines on the map; those of the legend are not in steps."""
    return [
        path
        for path in parsed(svg).iter(f"{SVG}path")
        if path.get("stroke") == color and path.get("transform")
    ]


def marks(svg: str) -> dict[str, tuple[float, float]]:
    return {
        text.text: (float(text.attrib["x"]), float(text.attrib["y"]))
        for text in parsed(svg).iter(f"{SVG}text")
        if text.get("text-anchor") == "middle" and text.text
    }


def test_only_the_flows_handed_in_are_coloured(network: Network) -> None:
    svg = flow_map(network, pd.Series({"s22-32": 40.0}), places(), SCHOOL)

    (flow,) = lines(svg, "#0b3c74")
    assert flow.attrib["d"].count("M") == 1


def test_a_ridden_street_is_drawn_on_to_the_middle_of_its_intersections(network: Network) -> None:
    # The two streets stop 13 m short of the middle where they meet; drawn, they share that point.
    flows = pd.Series({"s12-22": 40.0, "s22-32": 40.0})
    (flow,) = lines(flow_map(network, flows, places(), SCHOOL), "#0b3c74")

    first, second = flow.attrib["d"].split("M")[1:]
    moves = [tuple(map(int, move)) for move in re.findall(r"(-?\d+) (-?\d+)", first)]
    end = (sum(x for x, _ in moves), sum(y for _, y in moves))
    start = tuple(map(int, re.findall(r"(-?\d+) (-?\d+)", second)[0]))
    assert np.abs(np.subtract(end, start)).max() <= 2


def test_busier_streets_are_wider_and_darker(network: Network) -> None:
    ids = network.segments["id"][:20]
    # Half of the streets carry less than 50 trips, one in five 200 or more, one in twenty 1,000.
    trips = [20.0] * 10 + [100.0] * 6 + [400.0] * 3 + [3000.0]
    svg = flow_map(network, pd.Series(trips, index=ids), places(), SCHOOL)

    drawn = [lines(svg, color) for color in ("#9cc3e6", "#5b9bd5", "#2166ac", "#0b3c74")]
    widths = [float(paths[0].attrib["stroke-width"]) for paths in drawn]
    assert widths == sorted(widths)
    assert len(set(widths)) == 4


def test_marks_never_cover_each_other_or_the_school(network: Network) -> None:
    here = (SCHOOL.x, SCHOOL.y)
    svg = flow_map(network, pd.Series(dtype=float), places(*[here] * 12), SCHOOL)

    found = np.array(list(marks(svg).values()))
    apart = np.hypot(*(found[:, None] - found[None]).T)[np.triu_indices(12, 1)]
    assert len(found) == 12
    assert apart.min() >= 0.9 * MARK_MM


def test_the_middle_of_a_street_carries_its_mark(network: Network) -> None:
    street = shapely.LineString([(WEST, SOUTH), (WEST + 4 * STEP, SOUTH)])
    frame = places((0, 0)).set_geometry(gpd.GeoSeries([street], crs="EPSG:4326"))

    on_street = marks(flow_map(network, pd.Series(dtype=float), frame, SCHOOL))["1"]
    at_middle = marks(
        flow_map(network, pd.Series(dtype=float), places((WEST + 2 * STEP, SOUTH)), SCHOOL)
    )["1"]
    # In the middle of the paper, but for the turn of the grid against north.
    assert on_street[0] == pytest.approx(at_middle[0], abs=2)
    assert on_street[0] == pytest.approx(174 / 2, abs=2)


def test_the_map_names_its_source_and_its_scale(network: Network) -> None:
    svg = flow_map(network, pd.Series({"s22-32": 40.0}), places(), SCHOOL)

    texts = [text.text for text in parsed(svg).iter(f"{SVG}text")]
    assert "© OpenStreetMap contributors" in texts
    assert "200 m" in texts


def test_without_a_risk_the_legend_claims_no_hotspot(network: Network) -> None:
    frame = places((WEST, SOUTH), state="unknown")
    svg = flow_map(network, pd.Series(dtype=float), frame, SCHOOL, mode="perception")

    assert "Felt least safe; not enough data for a risk" in svg
    assert "Confirmed" not in svg


def test_the_same_values_draw_the_same_map(network: Network) -> None:
    flows = pd.Series({"s12-22": 40.0, "s22-32": 90.0})
    here = places((WEST, SOUTH), (SCHOOL.x, SCHOOL.y))

    assert flow_map(network, flows, here, SCHOOL) == flow_map(network, flows, here, SCHOOL)
