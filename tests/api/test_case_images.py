"""Images of cases: only pixels are kept, and what is no image is refused with a sentence."""

import io
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import Image
from starlette.testclient import TestClient

from api.errors import ImageRefusedError
from api.services.attach_image import MAX_BYTES, MOST_IMAGES
from api.services.encode_image import LONGEST_SIDE, encode_image
from api.store import cases
from api.store.authorities import Case, CaseAttachment
from api.store.engine import Store

SECRET = b"53.5573,13.2610 taken by Maria"
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
TURNED_LEFT = 6
"""The camera was held upright: the first row of pixels is the right side of the scene."""


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def send(police: TestClient) -> Callable[..., tuple[int, str]]:
    """Sends an image to a case; gives the status of the answer and its page."""

    def sent(
        case: Case, content: bytes, words: str = "A lamp", name: str = "a.jpg"
    ) -> tuple[int, str]:
        answer = police.post(
            f"/cases/{case.id}/images", data={"words": words}, files={"image": (name, content)}
        )
        return answer.status_code, answer.text

    return sent


def photo(width: int = 400, height: int = 300, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    """The left half red, the right half blue, with everything a telephone adds."""
    image = Image.new(mode, (width, height), "blue" if mode == "RGB" else 0)
    if mode == "RGB":
        image.paste((255, 0, 0), (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = TURNED_LEFT, SECRET.decode()
    exif.get_ifd(GPS).update({1: "N", 2: (53.0, 33.0, 26.28), 3: "E", 4: (13.0, 15.0, 39.6)})
    out = io.BytesIO()
    extra = {"comment": SECRET} if kind == "JPEG" else {}
    image.save(out, kind, exif=exif, icc_profile=b"profile " + SECRET, **extra)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_of_an_image_only_its_upright_pixels_are_kept(kind: str) -> None:
    content = photo(2400, 1200, kind)
    assert SECRET in content

    kept = encode_image(content)

    image = Image.open(io.BytesIO(kept.content))
    assert (image.format, image.size) == ("JPEG", (LONGEST_SIDE // 2, LONGEST_SIDE))
    assert (kept.width, kept.height) == image.size
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density",
                               "progressive", "progression"}  # fmt: skip
    assert SECRET not in kept.content
    assert b"Exif" not in kept.content
    top, bottom = image.getpixel((400, 100)), image.getpixel((400, 1500))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, top[2] > 60) == (True, False)
    assert (bottom[2] > 200, bottom[0] > 60) == (True, False)


def test_what_is_see_through_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")

    assert Image.open(io.BytesIO(encode_image(out.getvalue()).content)).getpixel((4, 4)) == (
        255, 255, 255
    )  # fmt: skip


def test_an_image_is_kept_shown_to_who_may_see_the_case_and_deleted(
    police: TestClient,
    officer: TestClient,
    other_officer: TestClient,
    teacher: TestClient,
    store: Store,
    open_case: Callable[..., Case],
    send: Callable[..., tuple[int, str]],
) -> None:
    case, other = open_case(0), open_case(1)

    assert send(case, photo(), words='A lamp "out"')[0] == 303
    with store.read() as session:
        (image,) = cases.attachments_of(session, case.id)
    address = f"/cases/{case.id}/images/{image.id}.jpg"
    page, shown = police.get(f"/cases/{case.id}").text, officer.get(address)
    assert f'src="{address}" alt="A lamp &#34;out&#34;"' in page
    assert "Image added: A lamp" in page
    assert Image.open(io.BytesIO(shown.content)).size == (300, 400)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert other_officer.get(address).status_code == teacher.get(address).status_code == 404
    assert police.get(f"/cases/{other.id}/images/{image.id}.jpg").status_code == 404
    assert police.post(f"/cases/{other.id}/images/{image.id}/remove").status_code == 422

    assert police.post(f"/cases/{case.id}/images/{image.id}/remove").status_code == 303
    assert police.get(address).status_code == 404
    assert "Image removed: A lamp" in police.get(f"/cases/{case.id}").text


def bomb() -> bytes:
    """A PNG of a few kB that unpacks to 40,000 × 40,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(60),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n",
        photo()[:700],
        b"\xff\xd8\xff\xe0" + bytes(500),
        photo(kind="PNG")[:200] + bytes(300),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_what_is_no_image_is_refused_in_the_process_that_reads_it(content: bytes) -> None:
    with pytest.raises(ImageRefusedError, match="JPEG, PNG or WebP"):
        encode_image(content)


def test_hostile_files_are_refused_with_a_sentence_and_nothing_is_kept(
    store: Store,
    open_case: Callable[..., Case],
    send: Callable[..., tuple[int, str]],
) -> None:
    case = open_case(0)

    for content, status, sentence in (
        (bomb(), 422, "at most 64 megapixels"),
        (b"MZ" + bytes(5000), 422, "no image that can be read"),
        (photo() + bytes(MAX_BYTES), 413, "at most 5 MB"),
        (photo() + bytes(MAX_BYTES + 100_000), 413, "bytes"),
    ):
        answer, page = send(case, content)
        assert (answer, sentence in page) == (status, True), (sentence, page[-600:])
    for words in ("", "  ", "<b>lamp</b>", "x" * 201):
        answer, page = send(case, photo(), words=words)
        assert answer == 422
        assert "Say in at most 200 letters what the image shows" in page
    with store.read() as session:
        assert cases.attachments_of(session, case.id) == []


def test_a_case_holds_ten_images(
    store: Store, open_case: Callable[..., Case], send: Callable[..., tuple[int, str]]
) -> None:
    case = open_case(0)
    with store.write() as session:
        for _ in range(MOST_IMAGES):
            session.add(CaseAttachment(
                case_id=case.id, added_at=datetime.now(UTC), words="a", width=1, height=1,
                content=b"jpeg",
            ))  # fmt: skip

    answer, page = send(case, photo())

    assert answer == 422
    assert "at most 10 images" in page
