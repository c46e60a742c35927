"""Simulated official crashes for the demo, by the same door as a file from the police."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from api.store.models import Area
from geo.crashes.profiles import GENERIC
from geo.crashes.records import Reading
from geo.crashes.survey import read_crashes, survey_files

from .areas import LoadedArea
from .campaigns import today
from .import_crashes import Order, import_crashes, prepare_import
from .installation import Installation

SOURCE = "Simulated crashes"
YEARS = 5
SEED = 7


def import_simulated_crashes(
    here: Installation, area: Area, loaded: LoadedArea, crashes: pd.DataFrame
) -> int:
    """Store simulated crashes (`place`, `severity`) of the five years before this one."""
    places = loaded.network.places.geometry.loc[crashes["place"]]
    at = [
        place if place.geom_type == "Point" else place.interpolate(0.5, normalized=True)
        for place in places
    ]
    generator = np.random.default_rng(SEED)
    years = today().year - generator.integers(1, YEARS + 1, len(crashes))
    file = pd.DataFrame({
        "date": [f"{year}-05-10" for year in years],
        "severity": crashes["severity"].to_numpy(),
        "lon": shapely.get_x(at),
        "lat": shapely.get_y(at),
        "id": np.arange(len(crashes)),
    })  # fmt: skip
    reading = Reading(
        profile=GENERIC,
        columns={name: name for name in file.columns},
        bicycle=("*",),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crashes.csv"
        file.to_csv(path, index=False)
        survey = survey_files([(path, path.name)], reading)
        found = read_crashes(survey, reading, loaded.network, area.extent)
    order = Order(area.id, reading, SOURCE)
    ready = prepare_import(here.store, area, loaded.version, found, order)
    return import_crashes(here.store, None, ready, loaded)
