"""Owns the constrained fields that the city's models are written with; no model."""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SLUG_PATTERN: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _nfc(text: str) -> str:
    """Return `text` in composed form, so that equal words are equal strings."""
    return unicodedata.normalize("NFC", text)


# An id: part of topics, keys and tags, so plain lower-case words joined by hyphens.
Slug = Annotated[str, Field(strict=True, pattern=SLUG_PATTERN, max_length=64)]

# Words for people.
Name = Annotated[
    str, Field(strict=True, min_length=1, max_length=200), AfterValidator(_nfc)
]

# Degrees, WGS 84.
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90)]
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180)]
LonLat = tuple[Longitude, Latitude]

# A device's interval or period [s]: from one second to one day.
Seconds = Annotated[int, Field(strict=True, ge=1, le=86_400)]

# A person's yes or no; the words "yes" and 1 are mistakes.
Flag = Annotated[bool, Field(strict=True)]


class CityModel(BaseModel):
    """A part of the city file: frozen, and every key that it does not know is wrong."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True
    )
