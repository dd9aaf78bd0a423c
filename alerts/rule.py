"""Owns what a rule is, as people write it; what it means is `alerts.condition`'s.

One rule serves every site and area that it names. Its parts are `What`, `Where` and
`Step`; nothing in it is ever evaluated as code.
"""

import hashlib
from datetime import datetime, time, timedelta
from typing import Annotated, Final, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from pydantic import Field, field_validator, model_validator

from alerts.fields import Bound, Code, Count, Duration, Prose, RuleModel, mistake
from alerts.rulecheck import findings
from sensors.city.fields import Slug
from sensors.city.mistake import Finding

Use = Literal["final", "provisional"]
Pollutant = Literal["pm25", "pm10", "pm1", "o3", "no2", "so2", "co"]
Severity = Literal["minor", "moderate", "severe", "extreme"]
Group = Literal["everyone", "sensitive", "outdoor", "schools"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ClassChoice = Literal["regulatory", "reference", "any"]


_DAYS: Final[tuple[Day, ...]] = get_args(Day)


class AqiWhat(RuleModel):
    """The index of a station and hour; regulatory stations only.

    Parameters
    ----------
    use
        ``final``: of closed hours. ``provisional``: also of the running hour once
        `cover` of it is measured.
    cover
        Least part of the running hour [s].
    """

    kind: Literal["aqi"]
    use: Use = "final"
    cover: Duration = 1_800


class ConcentrationWhat(RuleModel):
    """A concentration [µg/m³].

    Parameters
    ----------
    average
        ``mean`` or ``nowcast`` (pm25, pm10).
    use
        ``final``: of closed hours. ``provisional``: the mean since the running hour
        began, once `cover` of it is measured, before that since the hour before began.
    """

    kind: Literal["concentration"]
    quantity: Pollutant
    average: Literal["mean", "nowcast"] = "mean"
    use: Use = "final"
    cover: Duration = 1_800


class RiseWhat(RuleModel):
    """The running hour's mean less the mean of the hour before [µg/m³]."""

    kind: Literal["rise"]
    quantity: Pollutant
    cover: Duration = 1_800


class LevelWhat(RuleModel):
    """The level of a road segment; bounds are level words."""

    kind: Literal["level"]


class SpeedRatioWhat(RuleModel):
    """Speed ÷ free-flow speed of a road segment; lower is worse."""

    kind: Literal["speed_ratio"]


class SilenceWhat(RuleModel):
    """Time since a site's newest reading; bounds are durations."""

    kind: Literal["silence"]


What = Annotated[
    AqiWhat | ConcentrationWhat | RiseWhat | LevelWhat | SpeedRatioWhat | SilenceWhat,
    Field(discriminator="kind"),
]


class StationWhere(RuleModel):
    """Each station by itself.

    Parameters
    ----------
    stations, areas
        Only these stations, or only those in these areas; without either, all.
    station_class
        Only these; an index is only ever seen of regulatory ones.
    """

    scope: Literal["station"]
    stations: tuple[Slug, ...] = ()
    areas: tuple[Slug, ...] = ()
    station_class: ClassChoice = "any"


class SegmentWhere(RuleModel):
    """Each road segment by itself.

    Parameters
    ----------
    segments, areas
        Only these segments, or only those in these areas; without either, all.
    """

    scope: Literal["segment"]
    segments: tuple[Slug, ...] = ()
    areas: tuple[Slug, ...] = ()


class AreaWhere(RuleModel):
    """Areas, each judged by the valid stations in it and below it.

    Parameters
    ----------
    areas, kinds
        These areas, and all of these kinds; without either, the operations areas that
        look after stations.
    value
        ``worst`` of the stations, their lower ``median``, or ``at_least``: the value
        that at least `stations` of them reach.
    stations
        k of ``at_least``.
    valid
        Fewer valid stations than this: the area's value is not known.
    station_class
        Which stations count.
    """

    scope: Literal["area"]
    areas: tuple[Slug, ...] = ()
    kinds: tuple[Code, ...] = ()
    value: Literal["worst", "median", "at_least"] = "worst"
    stations: Count = 1
    valid: Count = 1
    station_class: ClassChoice = "regulatory"


Where = Annotated[StationWhere | SegmentWhere | AreaWhere, Field(discriminator="scope")]


class Step(RuleModel):
    """One step of severity.

    Parameters
    ----------
    name
        What this step is called in the catalogue: a category, level or reason code.
    severity
        Severity as CAP 1.2 has it [CAP12].
    raise_, clear
        The step begins and ends beyond these; between them it stays as it is.
    for_
        How long readings must be raised, where other than the rule's.
    longer_than_m
        Only on segments longer than this [m].
    """

    name: Code
    severity: Severity
    raise_: Bound = Field(alias="raise")
    clear: Bound
    for_: Duration | None = Field(default=None, alias="for")
    longer_than_m: Annotated[float, Field(strict=True, gt=0)] | None = None


class Schedule(RuleModel):
    """When a rule may begin to tell; it may run over midnight.

    Parameters
    ----------
    days
        Days on which it begins; all without them.
    from_, to
        Local times.
    zone
        IANA time zone.
    """

    days: tuple[Day, ...] = ()
    from_: time = Field(alias="from")
    to: time
    zone: str = "Asia/Ho_Chi_Minh"

    def open(self, instant: int) -> bool:
        """Say whether `instant` [unix s] lies in it; the day is the one it began on."""
        local = datetime.fromtimestamp(instant, ZoneInfo(self.zone))
        begins = local.date()
        if self.from_ < self.to:
            within = self.from_ <= local.time() < self.to
        else:
            within = local.time() >= self.from_ or local.time() < self.to
            if local.time() < self.to:
                begins -= timedelta(days=1)
        return within and (not self.days or _DAYS[begins.weekday()] in self.days)

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise mistake(
                Finding((), "no such time zone", wanted="e.g. Asia/Ho_Chi_Minh")
            ) from error
        return zone


class Rule(RuleModel):
    """When something is worth telling, whom, and in which words.

    Parameters
    ----------
    id
        Unique among rules; part of every episode's and notice's id.
    owner, reason
        Who answers for it, and why it is as it is.
    text
        Words of the catalogue: ``notices.<text>``.
    audience
        ``public``, or ``operators`` only.
    what, where, steps
        The condition; steps from the mildest to the worst.
    for_
        Readings must be raised over this time, without a gap above three intervals.
    clear_for
        Readings must be clear over this time before a step ends.
    keep_firing
        A step does not end sooner than this after readings stopped being raised.
    no_data_after
        Without a reading for so long, nothing is known any more.
    repeat
        A standing alert is said again after this time; a notice holds a little longer.
    schedule
        When it may begin to tell; always without it. Ends are told at any time.
    groups
        Whom its advice is for.
    channels
        By which notifiers it goes out, besides the page.
    """

    id: Slug
    owner: Prose
    reason: Prose
    text: Code
    audience: Literal["public", "operators"] = "public"
    what: What
    where: Where
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=10)]
    for_: Duration = Field(default=0, alias="for")
    clear_for: Duration = 0
    keep_firing: Duration = 0
    no_data_after: Duration = 7_200
    repeat: Duration = 7_200
    schedule: Schedule | None = None
    groups: tuple[Group, ...] = ("everyone", "sensitive", "outdoor", "schools")
    channels: Annotated[tuple[Code, ...], Field(min_length=1)] = ("mqtt", "log")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for finding in findings(self):
            raise mistake(finding)
        return self

    def version(self) -> str:
        """Name this wording of the rule: equal rules have equal versions."""
        return _digest(self.model_dump(mode="json", by_alias=True))

    def fingerprint(self) -> str:
        """Name its condition: what must hold, where and how long, not who is told."""
        return _digest(self.model_dump(mode="json", include=_CONDITION, by_alias=True))

    def subject(self) -> str:
        """Name what it watches, whatever the bounds and durations."""
        shown = self.model_dump(mode="json", include={"what", "where"}, by_alias=True)
        return _digest(shown)


_CONDITION = {"what", "where", "steps", "for_", "clear_for", "keep_firing"} | {
    "no_data_after",
    "schedule",
}


def _digest(value: object) -> str:
    canonical = msgspec.json.encode(value, order="deterministic")
    return hashlib.blake2b(canonical, digest_size=8).hexdigest()
