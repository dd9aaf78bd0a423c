"""Owns what a device is: who publishes, for which site, how often and in what units."""

from typing import Annotated, Literal

from pydantic import Field

from sensors.city.fields import CityModel, Name, Seconds, Slug
from sensors.topic import Topic

DeviceKind = Literal["air", "traffic"]
TimeMarks = Literal["end", "start"]
SpeedMean = Literal["harmonic", "arithmetic"]


class Device(CityModel):
    """A sensor that publishes.

    Parameters
    ----------
    id
        Unique among devices; the last level of its topic.
    kind
        ``air`` (its site is a station) or ``traffic`` (its site is a segment).
    site
        The station or segment that it observes.
    lane
        The one lane that it observes, from 1 beside the kerb; without it, its
        messages name the lanes.
    channel
        The one channel of a station with several instruments.
    interval_s
        Expected time between two messages [s].
    period_s
        Time that one value covers [s].
    units
        Units by quantity where messages do not say and the canonical is not meant.
    time_marks
        Whether a message's time is the end of its period or its start.
    speed_mean
        How it averages speeds where its messages do not say.
    """

    id: Slug
    kind: DeviceKind
    site: Slug
    lane: Annotated[int, Field(strict=True, ge=1, le=20)] | None = None
    channel: Annotated[int, Field(strict=True, ge=1, le=99)] | None = None
    interval_s: Seconds
    period_s: Seconds
    units: dict[Name, Name] = Field(default_factory=dict)
    time_marks: TimeMarks = "end"
    speed_mean: SpeedMean = "arithmetic"

    def topic(self, city_id: str) -> str:
        """Return the MQTT topic that it publishes on in the city `city_id`."""
        return str(Topic(city_id, self.kind, (self.id,)))
