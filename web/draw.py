"""Controls of our maps: folium elements that call a static script and pass it JSON only."""

import json
import re
from collections.abc import Mapping
from typing import Any

from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

# branca renders the text of an element once more as a Jinja template, and folium writes some text
# into template literals: a street named `{{ … }}` or `${…}` would run. JSON lets every character
# of a string be written as an escape, so none of these signs survives.
_TRAPS = {sign: f"\\u{ord(sign):04x}" for sign in "{}$`<>&'\u2028\u2029"}
# On every map of a student: what is drawn stays on the device, and waits there to be sent.
_STUDENT = ("js/api", "js/draft", "js/outbox", "js/waiting", "js/offline")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def script_json(value: object) -> str:
    """Return `value` as JSON that is inert in a script, a template literal and a template."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _STRING.sub(lambda match: "".join(_TRAPS.get(c, c) for c in match.group()), text)


class ScriptControl(JSCSSMixin, MacroElement):
    """Calls one function of our static scripts with the map and with options."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            barometer.{{ this.function }}({{ this._parent.get_name() }}, {{ this.json }});
        {% endmacro %}
    """)

    def __init__(self, function: str, *scripts: str, **options: object) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca ships without types
        self._name = "ScriptControl"
        self.function = function
        self.json = script_json(options)
        # On the instance: folium's own list belongs to the class, and so to the whole process.
        self.default_js = [(script, f"/static/{script}.js") for script in scripts]


def base_map(options: Mapping[str, Any]) -> ScriptControl:
    """Return the area's own tiles: no third party learns where a child looks."""
    scripts = ("vendor/protomaps-leaflet", "js/page", "js/basemap")
    return ScriptControl("baseMap", *scripts, **options)


def draw_control() -> ScriptControl:
    """Return the drawing of a route by taps, the crosshair, the search or a recorded track."""
    parts = ("drawing", "draw_list", "search", "gpx", "about", "plausible", "doubt", "draw")
    return ScriptControl("draw", *_STUDENT, *(f"js/{part}" for part in parts))


def rate_control() -> ScriptControl:
    """Return the rating list with the map that follows it."""
    parts = ("cut", "ride", "answers", "extras", "rate")
    return ScriptControl("rate", *_STUDENT, *(f"js/{part}" for part in parts))


def check_control() -> ScriptControl:
    """Return the preview of what will be stored, and the sending."""
    parts = ("cut", "ride", "answers", "contribution", "summary", "check")
    return ScriptControl("check", *_STUDENT, *(f"js/{part}" for part in parts))


def thanks_control(*, network: str, scale: Mapping[str, Any]) -> ScriptControl:
    """Return the student's own ride, coloured by what is known, with a calmer way beside it."""
    parts = ("own_ride", "alternative", "confirm", "thanks")
    scripts = (*_STUDENT, *(f"js/{part}" for part in parts))
    return ScriptControl("thanks", *scripts, network=network, scale=scale)


def hotspot_control(*, network: str, lowest: int, scale: Mapping[str, Any]) -> ScriptControl:
    """Return the network of tiles `network`, coloured by the values of a release.

    Below the zoom `lowest` there are no tiles: those of it are drawn smaller.
    """
    parts = ("api", "network_tiles", "network_layer", "hotspot_marks", "hotspots")
    scripts = (f"js/{part}" for part in parts)
    return ScriptControl("hotspots", *scripts, network=network, lowest=lowest, scale=scale)


def opening_view(*, bounds: list[list[float]]) -> ScriptControl:
    """Return what moves the map to the view of its address, else to bounds, before any tile."""
    return ScriptControl("openingView", "js/page", "js/opening_view", bounds=bounds)


def place_control(*, center: list[float], name: str) -> ScriptControl:
    """Return the mark of one place."""
    return ScriptControl("place", "js/place", center=center, name=name)


def school_control(*, schools: list[Mapping[str, Any]]) -> ScriptControl:
    """Return the marks of schools, in step with the list of them in the page's form."""
    return ScriptControl("schoolPick", "js/school_pick", schools=schools)


def convoy_control(*, convoys: list[Mapping[str, Any]]) -> ScriptControl:
    """Return the ways of convoys with their stops."""
    return ScriptControl("convoys", "js/convoys", convoys=convoys)


def parents_control(*, lines: list[dict[str, Any]], marks: list[dict[str, Any]]) -> ScriptControl:
    """Return the recommended ways to a school with the marks that the lists explain."""
    return ScriptControl("parents", "js/parents", lines=lines, marks=marks)


def patrol_control(*, marks: list[dict[str, Any]]) -> ScriptControl:
    """Return the numbered places of a patrol plan."""
    return ScriptControl("patrol", "js/patrol", marks=marks)


def inspection_control(*, bounds: list[list[float]]) -> ScriptControl:
    """Return the network of the page's own data, every place and segment with its values."""
    scripts = ("vendor/protomaps-leaflet", "js/page", "js/basemap", "js/tables", "js/inspection")
    return ScriptControl("inspection", *scripts, bounds=bounds)
