"""The classes of colour and width of the hotspot maps: one source for page, legend and script."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Layer = Literal["danger", "risk"]


@dataclass(frozen=True)
class Band:
    """One class of a scale: from `low` (included) to `high` (left out, but for the last band)."""

    key: str
    low: float
    high: float
    color: str
    dark_color: str
    width: float
    words: str


@dataclass(frozen=True)
class Scale:
    """The bands of one layer, without gap or overlap, and what is drawn where nothing is known."""

    layer: Layer
    field: str
    bands: tuple[Band, ...]

    def band(self, value: float) -> Band:
        """Return the band of `value`; a value outside the scale has none and is an error."""
        for band in self.bands:
            if band.low <= value < band.high:
                return band
        if value == self.bands[-1].high:
            return self.bands[-1]
        raise OutsideScaleError(
            f"{self.layer} is from {self.bands[0].low:g} to {self.bands[-1].high:g}, got {value:g}"
        )


class OutsideScaleError(ValueError):
    """A value that no band of the scale holds."""


BLUE, ORANGE, DARK_RED = ("#2166ac", "#6ea8e0"), ("#d9730d", "#f2a65a"), ("#8b0f1a", "#ff7b6b")
GREY = ("#8a8f94", "#80868c")


def scales(_: Callable[[str], str]) -> dict[Layer, Scale]:
    """Return the scales of both layers with their words translated by `_`.

    Danger is 1 − rating/10, so the breaks 0.35 and 0.55 are ratings of 6.5 and 4.5. The breaks of
    the risk index are the area's average (50) and twice that (75).
    """
    danger = (("low", 0, 0.35, _("felt safe")), ("middle", 0.35, 0.55, _("felt mixed")))
    risk = (("low", 0, 50, _("below the area's average")), ("middle", 50, 75, _("up to twice")))
    return {
        "danger": Scale("danger", "danger", _bands(*danger, ("high", 0.55, 1, _("felt unsafe")))),
        "risk": Scale("risk", "index", _bands(*risk, ("high", 75, 100, _("twice or more")))),
    }


def _bands(*rows: tuple[str, float, float, str]) -> tuple[Band, ...]:
    looks = zip((BLUE, ORANGE, DARK_RED), (4.0, 6.0, 9.0), strict=True)
    return tuple(
        Band(key, low, high, light, dark, width, words)
        for (key, low, high, words), ((light, dark), width) in zip(rows, looks, strict=True)
    )


def scale_json(all_scales: Mapping[Layer, Scale]) -> dict[str, Any]:
    """Return the scales as plain values for the page's script."""
    return {
        "unknown": {"color": GREY[0], "dark_color": GREY[1], "width": 1.5},
        "layers": {layer: asdict(scale) for layer, scale in all_scales.items()},
    }


def place_band(scale: Scale, place: Mapping[str, Any]) -> Band | None:
    """Return the band in which `place` is drawn, None for grey: not enough data is never safe.

    A risk is claimed only for confirmed and watched places (METHOD §6).
    """
    value = place.get(scale.field)
    if value is None or (scale.layer == "risk" and place["state"] == "unknown"):
        return None
    return scale.band(value)
