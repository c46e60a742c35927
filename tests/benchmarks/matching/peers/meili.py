"""Valhalla's Meili through pyvalhalla, on tiles of the same extract."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import valhalla
from valhalla.midgard.utils import decode_polyline

BREAK = np.full((1, 2), np.nan)
# What tune_valhalla.py found best in Neubrandenburg for each kind of line.
TUNED: dict[str, Any] = {
    "sparse": {
        "request": {"trace_options": {"search_radius": 20}},
        "meili": {"max_route_distance_factor": 3},
    },
    "dense": {
        "request": {"trace_options": {"search_radius": 20}},
        "meili": {"sigma_z": 3, "max_route_distance_factor": 2},
    },
}


def build_tiles(extract: Path, folder: Path) -> None:
    """Build the tiles with the wheel's own program."""
    config = folder / "valhalla.json"
    tiles = folder / "tiles"
    tiles.mkdir(exist_ok=True)
    config.write_text(json.dumps(valhalla.get_config(tile_extract="", tile_dir=tiles)))
    program = Path(valhalla.PYVALHALLA_DIR) / "bin" / "valhalla_build_tiles"
    subprocess.run([program, "-c", config, extract], check=True, capture_output=True)


class Meili:
    """trace_route with bicycle costing, every setting at its default."""

    def __init__(self, folder: Path, settings: dict[str, Any] | None = None) -> None:
        self._settings = settings or {}
        self._actors = {
            kind: valhalla.Actor(_config(folder, self._settings.get(kind, {})))
            for kind in ("sparse", "dense")
        }

    def match(self, line: np.ndarray, kind: str) -> np.ndarray:
        """Return the shapes of the matched route, with a break where Meili lost it."""
        request = {
            "shape": [{"lon": lon, "lat": lat} for lon, lat in line.tolist()],
            "costing": "bicycle",
            "shape_match": "map_snap",
            "directions_type": "none",
            **self._settings.get(kind, {}).get("request", {}),
        }
        answer = json.loads(self._actors[kind].trace_route(json.dumps(request)))
        trips = [answer["trip"], *(other["trip"] for other in answer.get("alternates", ()))]
        shapes = [decode_polyline(leg["shape"]) for trip in trips for leg in trip["legs"]]
        return np.vstack([part for shape in shapes for part in (shape, BREAK)][:-1])


class TunedMeili(Meili):
    """The same with the best settings found for each kind of line."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, TUNED)


class TriedMeili(Meili):
    """Settings that tune_valhalla.py tries."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, json.loads((folder / "tried.json").read_text()))


def _config(folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration; beta and the detours allowed are no part of a request."""
    config = json.loads((folder / "valhalla.json").read_text())
    config["meili"]["default"].update(settings.get("meili", {}))
    return config
