"""What all that comes in is made of: strict models, plain text, finite coordinates."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_POINTS = 500


def _plain_text(text: str) -> str:
    if "<" in text or ">" in text:
        raise ValueError("expected plain text, got a text with < or >")
    # Cc and Cf are controls such as NUL and the bidi overrides, Cs lone surrogates.
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in text):
        raise ValueError("expected plain text, got a text with control characters")
    return text.strip()


PlainText = Annotated[str, AfterValidator(_plain_text)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
PlaceId = Annotated[str, Field(pattern=r"^[si][0-9a-z]{4,20}$")]


class Strict(BaseModel):
    """Base of what comes in: no coercion, no unknown field."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
