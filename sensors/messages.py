"""Owns the messages' models: the JSON Schema and the examples that documents show.

The bridge does not read with them (`sensors.decoders.thoang_v1` does, far faster and
with a reason for every refusal); a test keeps both to the same law. Written again by
``python -m sensors.messages docs/schema``.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

AirQuantity = Literal[
    "pm25",
    "pm10",
    "pm1",
    "o3",
    "no2",
    "so2",
    "co",
    "temperature",
    "humidity",
    "pressure",
    "wind_speed",
    "wind_direction",
    "rain",
]
VehicleClass = Literal["motorcycle", "car", "bus", "truck", "bicycle", "other"]
Status = Literal["measuring", "calibrating", "error"]
SpeedMean = Literal["harmonic", "arithmetic"]

Time = Annotated[
    AwareDatetime,
    Field(
        strict=True,
        description=(
            "End of the period that the values cover (its start, where the city file "
            "says time_marks: start): RFC 3339 with an offset from UTC, in whole "
            "seconds; a fraction is cut off."
        ),
        examples=["2026-01-31T08:05:00+07:00"],
    ),
]
Period = Annotated[
    int | None,
    Field(
        strict=True,
        ge=1,
        le=86_400,
        description="Time that the values cover [s]; the city file's where left out.",
    ),
]
Revision = Annotated[
    int | None,
    Field(
        strict=True,
        ge=0,
        lt=2**31,
        description=(
            "Number of a correction: of two values of the same device, lane, quantity, "
            "time and period the one of the higher revision stands."
        ),
    ),
]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Unit = Annotated[
    str | None,
    Field(
        strict=True,
        description="Unit of this value; the city file's, else the canonical one.",
    ),
]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Measured(_Message):
    """A number that says its own unit or status."""

    value: Number
    unit: Unit = None
    status: Status | None = None


class AirMessage(_Message):
    """What an air device publishes: values by quantity."""

    time: Time
    period_s: Period = None
    status: Annotated[
        Status | None,
        Field(
            description=(
                "State of the instrument; values sent while calibrating or in error "
                "are stored and flagged as failed."
            )
        ),
    ] = None
    revision: Revision = None
    values: Annotated[
        dict[AirQuantity, Number | Measured],
        Field(
            min_length=1,
            max_length=64,
            description="What was measured; leave out what was not.",
        ),
    ]


class Lane(_Message):
    """What was counted and measured on one lane."""

    lane: Annotated[
        int | None,
        Field(
            strict=True,
            ge=1,
            le=64,
            description=(
                "From 1 at the kerb; may be left out where the city file gives the "
                "device its one lane."
            ),
        ),
    ] = None
    count: Annotated[
        int | None, Field(strict=True, ge=0, description="Vehicles in the period.")
    ] = None
    counts: Annotated[
        dict[VehicleClass, Annotated[int, Field(strict=True, ge=0)]] | None,
        Field(description="Vehicles in the period by class."),
    ] = None
    occupancy: Annotated[
        Number | Measured | None,
        Field(description="Share of time that the detector was covered, 0 to 1."),
    ] = None
    speed: Annotated[
        Number | Measured | None,
        Field(description="Mean speed [km/h, or as the city file or the value says]."),
    ] = None
    speed_mean: Annotated[
        SpeedMean | None,
        Field(description="How the speed was averaged; the city file's if left out."),
    ] = None


class TrafficMessage(_Message):
    """What a traffic device publishes: lanes of one road in one direction."""

    time: Time
    period_s: Period = None
    revision: Revision = None
    lanes: Annotated[tuple[Lane, ...], Field(min_length=1, max_length=64)]


class TickMessage(_Message):
    """Event time of a city whose clock is ``messages`` has reached this time."""

    time: Time


MODELS: Final[Mapping[str, type[BaseModel]]] = MappingProxyType(
    {"air": AirMessage, "traffic": TrafficMessage, "tick": TickMessage}
)
"""The model of each kind of topic that devices publish on."""


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the messages of one kind of topic."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **MODELS[kind].model_json_schema(),
    }


def written(kind: str) -> str:
    """Return the schema as its file in ``docs/schema`` holds it."""
    return json.dumps(schema(kind), ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str]) -> None:
    """Write every schema into the folder named on the command line."""
    folder = Path(arguments[0])
    for kind in MODELS:
        path = folder / f"{kind}.schema.json"
        path.write_text(written(kind), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
