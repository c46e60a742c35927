"""The classes of colour and width of the hotspot maps: one source for page, legend and script."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Layer = Literal["danger", "conflicts", "exposure", "crashes", "stress", "risk"]
NO_BAND = "-"


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
    about: str = ""
    """What is measured and in which unit."""

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

    def band_numbers(self, values: Sequence[float | None]) -> str:
        """Return the number of each value's band as one sign, `NO_BAND` where nothing is known.

        The same as `band`, for a whole city at once.
        """
        known = np.array([math.nan if value is None else value for value in values], dtype=float)
        outside = (known < self.bands[0].low) | (known > self.bands[-1].high)
        if outside.any():
            self.band(float(known[outside][0]))
        last = len(self.bands) - 1
        found = np.searchsorted([band.low for band in self.bands], known, side="right") - 1
        signs = np.array([*map(str, range(last + 1)), NO_BAND])
        return "".join(signs[np.where(np.isnan(known), last + 1, np.minimum(found, last))])


class OutsideScaleError(ValueError):
    """A value that no band of the scale holds."""


BLUE, ORANGE, DARK_RED = ("#2166ac", "#6ea8e0"), ("#d9730d", "#f2a65a"), ("#8b0f1a", "#ff7b6b")
PALE_BLUE = ("#7fa8cf", "#4f7fae")
# Of how many ride or crashed nothing is good or bad: one hue, from pale to strong.
PALE, MIDDLE, STRONG = ("#a58fc2", "#75619a"), ("#7a52a8", "#a98ad2"), ("#4a1a7c", "#d9c4f5")
GREY = ("#8a8f94", "#80868c")
OPEN_END = math.inf

Row = tuple[str, float, float, str]
Look = tuple[tuple[str, str], float]
JUDGED: tuple[Look, ...] = ((BLUE, 4.0), (ORANGE, 6.0), (DARK_RED, 9.0))
COUNTED: tuple[Look, ...] = ((PALE, 3.0), (MIDDLE, 6.0), (STRONG, 10.0))
STRESSED: tuple[Look, ...] = ((PALE_BLUE, 1.5), (BLUE, 2.5), (ORANGE, 4.5), (DARK_RED, 7.0))


def scales(_: Callable[[str], str]) -> dict[Layer, Scale]:
    """Return the scales of all layers with their words translated by `_`.

    Danger is 1 − rating/10, so the breaks 0.35 and 0.55 are ratings of 6.5 and 4.5. The breaks of
    conflicts are the area's average and twice that, and so are those of the risk index (50, 75).
    Rides are in thousands a school year; stress has the four levels of METHOD §9.
    """
    average = (_("below the area's average"), _("up to twice"), _("twice or more"))
    return {
        "danger": Scale("danger", "danger", _bands(
            JUDGED, (0, 0.35, 0.55, 1), (_("felt safe"), _("felt mixed"), _("felt unsafe"))
        ), _("How students rated the place, shrunk towards what is normal for its kind.")),
        "conflicts": Scale("conflicts", "conflicts", _bands(
            JUDGED, (0, 1, 2, OPEN_END), average
        ), _("Reported near misses and falls per ride, compared with the area's average; only "
             "places where somebody reported one.")),
        "exposure": Scale("exposure", "passages", _bands(
            COUNTED, (0, 2, 10, OPEN_END),
            (_("fewer than 2,000 rides"), _("2,000 to 10,000 rides"), _("10,000 rides or more")),
        ), _("Rides in a school year of the students who answered.")),
        "crashes": Scale("crashes", "crashes", _bands(
            COUNTED, (1, 2, 5, OPEN_END), (_("1 crash"), _("2 to 4 crashes"), _("5 or more"))
        ), _("Official crashes with a bicycle in the crash file, at places with enough students.")),
        "stress": Scale("stress", "stress", _bands(
            STRESSED, (1, 2, 3, 4, 5),
            (_("1: calm"), _("2: some traffic"), _("3: much traffic"), _("4: heavy traffic")),
        ), _("Level of traffic stress from the tags of OpenStreetMap alone, for every street. "
             "Dashed: at least half of it is assumed because tags are missing.")),
        "risk": Scale("risk", "index", _bands(
            JUDGED, (0, 50, 75, 100), average
        ), _("Risk of a single ride from reports, ratings and crashes; confirmed and watched "
             "places only.")),
    }  # fmt: skip


KEYS = {3: ("low", "middle", "high"), 4: ("calm", "low", "middle", "high")}


def _bands(
    looks: tuple[Look, ...], breaks: tuple[float, ...], words: tuple[str, ...]
) -> tuple[Band, ...]:
    keys = KEYS[len(looks)]
    counted = "counted-" if looks is COUNTED else ""
    rows = zip(keys, looks, breaks[:-1], breaks[1:], words, strict=True)
    return tuple(
        Band(f"{counted}{key}", low, high, light, dark, width, said)
        for key, ((light, dark), width), low, high, said in rows
    )


def scale_json(all_scales: Mapping[Layer, Scale]) -> dict[str, Any]:
    """Return how each band looks, as plain values for the page's script.

    No breaks: to which band a place belongs is decided here alone.
    """
    looks = ("key", "color", "dark_color", "width")
    return {
        "unknown": {"color": GREY[0], "dark_color": GREY[1], "width": 1.5},
        "layers": {
            layer: {"bands": [{look: getattr(band, look) for look in looks} for band in one.bands]}
            for layer, one in all_scales.items()
        },
    }


def layer_value(scale: Scale, place: Mapping[str, Any]) -> float | None:
    """Return what decides the band of `place`, None for grey: not enough data is never safe.

    A risk is claimed only for confirmed and watched places (METHOD §6), and that nobody reported
    a conflict or the police no crash is silence.
    """
    value: float | None = place.get(scale.field)
    if value is None or (scale.layer == "risk" and place["state"] == "unknown"):
        return None
    return None if scale.layer == "crashes" and value == 0 else value


def place_band(scale: Scale, place: Mapping[str, Any]) -> Band | None:
    """Return the band in which `place` is drawn, None for grey."""
    value = layer_value(scale, place)
    return None if value is None else scale.band(value)
