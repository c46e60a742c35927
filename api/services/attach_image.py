"""Keep images with a case, and take one out again."""

from datetime import UTC, datetime

from api.errors import BodyTooLargeError, CaseRefusedError, ImageRefusedError
from api.store import cases
from api.store.authorities import CaseAttachment

from .apart import apart
from .case_rights import Who
from .changing_case import Changing, Seen, changing_case, plain_text
from .encode_image import Encoded, encode_image
from .installation import Installation

MAX_BYTES = 5 * 1024 * 1024
MOST_IMAGES = 10
LONGEST_WORDS = 200
SECONDS, MEMORY = 20, 2 << 30


def attach_image(
    here: Installation, who: Who, case_id: int, content: bytes, words: str
) -> CaseAttachment:
    """Re-encode an image in a process of its own and keep it with what it shows.

    Raises
    ------
    BodyTooLargeError
        If it is larger than 5 MB.
    CaseRefusedError
        If nothing says what it shows, there are ten already, or it is no image.
    """
    if len(content) > MAX_BYTES:
        raise BodyTooLargeError(f"expected an image of at most {MAX_BYTES >> 20} MB, got more")
    shown = plain_text(words, "image words", most=LONGEST_WORDS)
    if not shown:
        raise CaseRefusedError("image words", "expected what the image shows, got no words")
    with changing_case(here, who, Seen(case_id)) as changing:
        _require_room(changing)  # before anything is decoded
    image: Encoded = apart(encode_image, content, seconds=SECONDS, memory=MEMORY, refusal=_too_much)
    with changing_case(here, who, Seen(case_id)) as changing:
        _require_room(changing)
        kept = CaseAttachment(
            case_id=case_id,
            added_at=datetime.now(UTC),
            added_by=changing.actor.user_id,
            words=shown,
            width=image.width,
            height=image.height,
            content=image.content,
        )
        changing.session.add(kept)
        changing.record("attachment", {"step": "added", "words": shown})
    return kept


def remove_image(here: Installation, who: Who, case_id: int, image_id: int) -> None:
    """Delete an image for good: it may show somebody who should not be seen."""
    with changing_case(here, who, Seen(case_id)) as changing:
        image = cases.find_attachment(changing.session, case_id, image_id)
        if image is None:
            raise CaseRefusedError("no image", "expected an image of the case")
        changing.session.delete(image)
        changing.record("attachment", {"step": "removed", "words": image.words})


def _require_room(changing: Changing) -> None:
    if len(cases.attachments_of(changing.session, changing.case.id)) >= MOST_IMAGES:
        raise CaseRefusedError("too many images", f"expected at most {MOST_IMAGES} images")


def _too_much(message: str) -> ImageRefusedError:
    return ImageRefusedError("image", message)
