"""Make an image of anybody's one of ours: nothing of where, when and with what it was taken."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from api.errors import ImageRefusedError

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 1600
MOST_PIXELS = 64_000_000
"""More than the cameras of telephones have, and 200 MB when it is unpacked."""
QUALITY = 82


@dataclass(frozen=True)
class Encoded:
    """A JPEG with its size."""

    width: int
    height: int
    content: bytes


def encode_image(content: bytes) -> Encoded:
    """Return an image upright, at most 1600 px long, as JPEG of its pixels alone.

    For a process of its own that may be killed: a decoder reads what anybody has sent.

    Raises
    ------
    ImageRefusedError
        If it is none of the formats, damaged, or unpacks to more than an image needs.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _encode(content)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise ImageRefusedError("image size", f"expected at most {MOST_PIXELS} pixels") from None
    except Exception as error:  # noqa: BLE001 - a decoder may raise anything on hostile bytes
        raise ImageRefusedError(
            "image", f"expected a JPEG, PNG or WebP image, got {type(error).__name__}"
        ) from None


def _encode(content: bytes) -> Encoded:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        # A JPEG is unpacked to the nearest size above what is kept.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        # On white, and on a new image: nothing but pixels goes over.
        clean = Image.new("RGB", upright.size, "white")
        layer = upright.convert("RGBA")
        clean.paste(layer, mask=layer)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Encoded(clean.width, clean.height, out.getvalue())
