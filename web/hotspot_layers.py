"""What the map of hotspots can be coloured by, and the values that colour it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .scale import Layer, layer_value, scales

Row = Mapping[str, Any]
FROM_TAGS: Layer = "stress"
"""The one layer whose values are in the tiles: of every street, and the same for everybody."""


@dataclass(frozen=True)
class Choosable:
    """A layer as the page offers it."""

    layer: Layer
    label: str
    enabled: bool


def layers_of(
    rows: Sequence[Row], mode: str | None, translate: Callable[[str], str]
) -> list[Choosable]:
    """Return the layers in the order of the page; that of crashes only if some may be told."""
    _ = translate
    told = any(row["crashes"] is not None for row in rows)
    found = (
        Choosable("danger", _("Perceived danger"), bool(rows)),
        Choosable("risk", _("Risk"), mode == "risk"),
        Choosable("conflicts", _("Reported conflicts"), mode == "risk"),
        Choosable("exposure", _("Rides"), bool(rows)),
        Choosable("crashes", _("Official crashes"), told),
        Choosable("stress", _("Traffic stress"), enabled=True),
    )
    return [one for one in found if one.layer != "crashes" or told]


def with_values(
    rows: Sequence[Row], reference_rate: Mapping[str, float] | None, part_of_day: str = ""
) -> list[dict[str, Any]]:
    """Return the rows with what decides the bands of every layer.

    Parameters
    ----------
    reference_rate
        Conflicts per exposure in the area on average, by kind of place; None if it is not known.
    part_of_day
        The part whose rides are counted alone, empty for all.
    """
    return [
        {
            **row,
            "conflicts": _times_average(row, reference_rate),
            "passages": row["passages_by"].get(part_of_day) if part_of_day else row["passages"],
        }
        for row in rows
    ]


def _times_average(row: Row, reference_rate: Mapping[str, float] | None) -> float | None:
    """Return how often conflicts are reported; where nobody reported one nothing is known."""
    average = (reference_rate or {}).get(row["kind"])
    if not average or row["rate"] is None or not row["reporters"]:
        return None
    return float(row["rate"]) / average


def map_values(rows: Sequence[Row], mode: str) -> dict[str, str]:
    """Return for each layer one sign a row: the number of its band, or that nothing is known.

    No value leaves the server, only the class in which the map draws it.
    """
    found = {choice.layer for choice in layers_of(rows, mode, str) if choice.enabled}
    return {
        layer: scale.band_numbers([layer_value(scale, row) for row in rows])
        for layer, scale in scales(str).items()
        if layer in found and layer != FROM_TAGS
    }
