"""Bars as SVG inside tables: the number stands beside each, so that nothing hangs on seeing it."""

from markupsafe import Markup

WIDTH, HEIGHT = 100, 10


def bar(value: float | None, most: float) -> Markup:
    """Return a bar as long as `value` is of `most`, nothing where there is no value."""
    if value is None or most <= 0:
        return Markup()
    width = round(WIDTH * min(value / most, 1), 1)
    return Markup(
        '<svg class="bar-of" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="{}"/></svg>'
    ).format(WIDTH, HEIGHT, width, HEIGHT)
