"""Owns the simulator's options; the environment is read elsewhere."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sensors.window import DEFAULT_WINDOW

Minutes = Annotated[int, Field(ge=0, le=24 * 60)]


class SmokeSettings(BaseModel):
    """The smoke episode in which the filled history ends.

    Parameters
    ----------
    area
        Operations area whose stations it covers; without it the district with the most
        regulatory stations.
    age_min
        How long ago it began when the fill ends [min].
    strength
        PM2.5 that it adds at its height [µg/m³].
    rise_min, hold_min, fall_min
        Time to its height, at its height, and until it has gone [min].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    area: str | None = None
    age_min: Minutes = 50
    strength: Annotated[float, Field(gt=0, le=1000)] = 250.0
    rise_min: Minutes = 3
    hold_min: Minutes = 150
    fall_min: Minutes = 90


class JamSettings(BaseModel):
    """The incident in which the filled history ends.

    Parameters
    ----------
    segment
        Where a lane is blocked; without it the one whose queue
        can reach the most segments upstream.
    age_min
        How long ago it began when the fill ends [min].
    length_min
        How long it lasts [min].
    ratio
        Speed that is left, as a fraction of free flow.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    segment: str | None = None
    age_min: Minutes = 4
    length_min: Minutes = 40
    ratio: Annotated[float, Field(gt=0, lt=0.25)] = 0.05


class SimulatorSettings(BaseModel):
    """What `thoang simulate` is asked to do.

    Parameters
    ----------
    city
        The city file.
    data
        Folder for `simulator.json`, `fill.json` and `ready/simulator`.
    mqtt
        The broker, ``mqtt://HOST:PORT``, with ``user:password@`` if wanted.
    seed
        The same seed and event time give the same messages.
    hours
        Past that is filled first [h].
    speed
        ``real``: after the fill, one event-minute a minute. ``max``: as fast as the
        pipeline takes it, from `start` for `days`, then stop.
    start
        First event time at speed ``max`` [unix s]; without it, `days` before now.
    days
        Event time that a run at speed ``max`` covers [d].
    window
        How many messages it may be ahead of the bridge.
    smoke, jam
        The episodes at the end of the fill.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    city: Path
    data: Path
    mqtt: Annotated[str, Field(repr=False)] = "mqtt://127.0.0.1:1883"
    seed: int = 1
    hours: Annotated[int, Field(ge=0, le=24 * 14)] = 48
    speed: Literal["real", "max"] = "real"
    start: int | None = None
    days: Annotated[float, Field(gt=0, le=366)] = 7.0
    window: Annotated[int, Field(ge=1)] = DEFAULT_WINDOW
    smoke: SmokeSettings = SmokeSettings()
    jam: JamSettings = JamSettings()
