"""Owns the page's and the API's options; reading them is left to `thoang`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from alerts.area import FRESH_S

_Positive = Annotated[int, Field(strict=True, ge=1)]


class WebSettings(BaseModel):
    """Options of the citizen page and the open data API.

    Parameters
    ----------
    host
        Address to listen on. Nothing listens beyond this machine unless asked.
    port
        Port to listen on, 1 to 65 535.
    refresh_s
        Time between two live updates of an open page [s].
    air_old_s, air_gone_s
        Age [s] from which an hourly air value is shown as old, and from which it is
        no longer shown as a current value.
    road_old_s, road_gone_s
        The same for the level of a road [s].
    roads_shown, notices_shown
        How many roads and notices the first screen lists.
    nearest_m
        How far a station may be from a place to stand for it [m].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(strict=True, ge=1, le=65_535)] = 8000
    refresh_s: Annotated[int, Field(strict=True, ge=5, le=3600)] = 20
    air_old_s: _Positive = 3600
    air_gone_s: _Positive = FRESH_S
    road_old_s: _Positive = 600
    road_gone_s: _Positive = 1800
    roads_shown: _Positive = 5
    notices_shown: _Positive = 3
    nearest_m: _Positive = 25_000
