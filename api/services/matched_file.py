"""The GeoParquet file of matched routes, and what is in it in numbers."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyproj
import shapely

from geo.crs import WGS84

NUMBERS = re.compile(r"-?\d[\d,]*(\.\d+)?")


@dataclass
class Problem:
    """What is wrong with several routes in the same way: words and id of the first of them."""

    words: str
    first: str
    count: int = 0


@dataclass
class Tally:
    """How many routes there are, how many have a way, and the problems by their kind."""

    routes: int = 0
    matched: int = 0
    with_free_legs: int = 0
    kinds: dict[str, Problem] = field(default_factory=dict)

    @property
    def problems(self) -> list[Problem]:
        """The problems, the most frequent first."""
        return sorted(self.kinds.values(), key=lambda problem: (-problem.count, problem.words))

    def add(self, batch: pa.RecordBatch) -> None:
        """Count the rows of a batch."""
        self.routes += len(batch)
        self.matched += len(batch) - batch["geometry"].null_count
        segments = batch["segments"]
        is_off = pc.is_null(pc.struct_field(pc.list_flatten(segments), "id"))
        self.with_free_legs += len(pc.unique(pc.filter(pc.list_parent_indices(segments), is_off)))
        rows = batch.filter(pc.is_valid(batch["problem"])).select(["route_id", "problem"])
        for row in rows.to_pylist():
            # Words that differ in their numbers only are the same problem.
            kind = NUMBERS.sub("#", row["problem"])
            self.kinds.setdefault(kind, Problem(row["problem"], row["route_id"])).count += 1


def write_matched(batches: Iterable[pa.RecordBatch], schema: pa.Schema, output: Path) -> Tally:
    """Write the batches as one file, in its place only when it is whole; return what is in it."""
    beside = output.with_name(f".{output.name}.part")
    tally = Tally()
    bounds: list[np.ndarray] = []
    try:
        with pq.ParquetWriter(beside, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
                tally.add(batch)
                shapes = shapely.from_wkb(batch["geometry"].to_numpy(zero_copy_only=False))
                bounds.append(shapely.total_bounds(shapes))
            writer.add_key_value_metadata({"geo": _geo(np.array(bounds))})
        beside.replace(output)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return tally


def _geo(bounds: np.ndarray) -> str:
    """Return the metadata of GeoParquet 1.1; without any line there is no box."""
    there = bounds[np.isfinite(bounds).all(axis=1)]
    column: dict[str, object] = {
        "encoding": "WKB",
        "geometry_types": ["LineString"],
        "crs": pyproj.CRS(WGS84).to_json_dict(),
    }
    if len(there):
        column["bbox"] = [*there[:, :2].min(axis=0).tolist(), *there[:, 2:].max(axis=0).tolist()]
    return json.dumps(
        {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    )
