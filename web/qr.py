"""A QR code on a screen: dark on white whatever the colours around it are."""

import segno
from markupsafe import Markup


def screen_code(address: str) -> Markup:
    """Return a QR code as SVG that takes the width of its surroundings."""
    code = segno.make(address, error="m", micro=False)
    # The drawing is ours: nothing of the address stands in it as text.
    return Markup(code.svg_inline(omitsize=True, border=3, light="#fff", svgclass=None))  # noqa: S704
