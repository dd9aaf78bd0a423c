"""Owns reading polygons from a GeoJSON file; who uses them is left to checks."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sensors.city.fields import LonLat
from sensors.city.geometry import Rings

MAX_BYTES: Final = 16 * 1024 * 1024

_Ring = Annotated[tuple[LonLat, ...], Field(min_length=4)]


class _Foreign(BaseModel):
    """A part of somebody else's file: what is not asked for is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class _Polygon(_Foreign):
    type: Literal["Polygon"]
    coordinates: tuple[_Ring, ...]

    def rings(self) -> Rings:
        return self.coordinates


class _MultiPolygon(_Foreign):
    type: Literal["MultiPolygon"]
    coordinates: tuple[tuple[_Ring, ...], ...]

    def rings(self) -> Rings:
        return tuple(ring for polygon in self.coordinates for ring in polygon)


class _Properties(_Foreign):
    code: str


class _Feature(_Foreign):
    properties: _Properties
    geometry: Annotated[_Polygon | _MultiPolygon, Field(discriminator="type")]


class _Collection(_Foreign):
    type: Literal["FeatureCollection"]
    features: tuple[_Feature, ...]


def read_boundaries(path: Path) -> Mapping[str, Rings]:
    """Read polygons by their property ``code``, as closed rings of (lon, lat).

    Raises
    ------
    ValueError
        When the file is missing, larger than 16 MB, or not a GeoJSON collection of
        polygons with codes; the message says which.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise ValueError(message) from error
    if len(raw) > MAX_BYTES:
        message = "larger than 16 MB"
        raise ValueError(message)
    return {item.properties.code: item.geometry.rings() for item in _features(raw)}


def _features(raw: bytes) -> tuple[_Feature, ...]:
    try:
        return _Collection.model_validate(json.loads(raw)).features
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        message = f"not a collection of polygons with codes: {place}: {first['msg']}"
        raise ValueError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {error}"
        raise ValueError(message) from error
