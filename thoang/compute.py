"""Owns computing a recorded history without any broker: the same core, file to table.

The history's messages and ticks are decoded, batched and given to the rules in one
process. What a row of the table says is `docs/compute.md`'s to explain.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sensors.batch import Columns, Sorter
from sensors.decoders.thoang_v1 import Decoder
from sensors.reading import MICRO, QUANTITIES
from sensors.records import Refused
from sensors.replay import History, Message, timeline
from streams.air_quality import AirQualityRules
from streams.calc.aqi.vn import GASES, PARTICLES
from streams.machines import Result, Rules
from streams.results import AirQuality, Congestion
from streams.traffic import TrafficRules

AIR_NAMES: Final = tuple(q.name for q in QUANTITIES if q.kind == "air")
POLLUTANTS: Final = (*PARTICLES, *GASES)

AIR_COLUMNS: Final = (
    "station",
    "start",
    "end",
    *AIR_NAMES,
    *(f"nowcast_{name}" for name in PARTICLES),
    *(f"aqi_{name}" for name in POLLUTANTS),
    "aqi",
    "category",
    "dominant",
    "completeness",
    "reason",
)
TRAFFIC_COLUMNS: Final = (
    "segment",
    "start",
    "end",
    "flow",
    "speed",
    "occupancy",
    "ratio",
    "level",
    "reason",
)

Row = dict[str, str | int | float | None]
Key = tuple[str, int]


@dataclass(slots=True)
class Computed:
    """What a history came to.

    Parameters
    ----------
    results
        The last result of each site and interval, of the intervals within the history.
    readings
        Readings computed with.
    refusals
        What could not be read.
    """

    results: dict[Key, Result] = field(default_factory=dict)
    readings: int = 0
    refusals: list[Refused] = field(default_factory=list)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table."""
        first = next(iter(self.results.values()), None)
        return TRAFFIC_COLUMNS if isinstance(first, Congestion) else AIR_COLUMNS

    def rows(self) -> Iterator[Row]:
        """Return the table's rows by site and time."""
        for key in sorted(self.results):
            result = self.results[key]
            if isinstance(result, AirQuality):
                yield air_row(result)
            else:
                yield traffic_row(result)


def compute(
    history: History,
    *,
    averaging: str = "1h",
    done: Callable[[int], None] = lambda _: None,
) -> Computed:
    """Return what a history comes to.

    Parameters
    ----------
    history
        The history.
    averaging
        ``1h`` or ``1d``, which results on air to return.
    done
        Told how many messages were just computed.
    """
    run = _Run(history, averaging)
    waiting = 0
    for event in timeline(
        history.steps(), tick_s=history.tick_s, grace_s=history.city.grace_s
    ):
        if isinstance(event, Message):
            run.read(event)
            waiting += 1
        else:
            run.tick(event.time)
            done(waiting)
            waiting = 0
    return run.computed


class _Run:
    """One pass over a history, all its sites in one partition."""

    def __init__(self, history: History, averaging: str) -> None:
        city = history.city
        self.computed = Computed()
        self._origin = city.origin
        self._averaging = averaging
        self._decoder = Decoder(city)
        self._sorter = Sorter(city.devices, lambda _: 0)
        self._columns = Columns()
        self._rules: Rules = (
            AirQualityRules(city, city.stations)
            if city.stations
            else TrafficRules(city, city.segments)
        )
        self._now: int | None = None
        self._newest = 0

    def read(self, message: Message) -> None:
        """Decode one message."""
        self._decoder.decode(
            message.topic,
            message.payload,
            now=self._now,
            redelivered=False,
            into=self._columns,
            refusals=self.computed.refusals,
        )

    def tick(self, time: int) -> None:
        """Apply what was decoded, then advance event time [unix s]."""
        for batch in self._sorter.split(self._columns).values():
            self.computed.readings += len(batch)
            self._newest = max(self._newest, int(batch.end.max()))
            self._keep(self._rules.apply(batch, self._origin))
        self._columns.clear()
        self._keep(self._rules.tick(time))
        self._now = time

    def _keep(self, results: Iterable[Result]) -> None:
        """Keep the newest of each key, not the hours closed beyond the history."""
        for result in results:
            averaging = getattr(result, "averaging", self._averaging)
            if averaging == self._averaging and result.start < self._newest:
                self.computed.results[result.site, result.start] = result


def air_row(result: AirQuality) -> Row:
    """Return a row of `AIR_COLUMNS`; nothing is rounded that the result holds."""
    shares = [result.completeness.get(name, 0.0) for name in PARTICLES]
    return (
        {"station": result.site, "start": iso(result.start), "end": iso(result.end)}
        | _unmicro(AIR_NAMES, "", result.means)
        | _unmicro(PARTICLES, "nowcast_", result.nowcast)
        | {f"aqi_{name}": result.sub.get(name) for name in POLLUTANTS}
        | {
            "aqi": result.aqi,
            "category": result.category,
            "dominant": result.dominant,
            "completeness": max(shares),
            "reason": result.reason,
        }
    )


def traffic_row(result: Congestion) -> Row:
    """Return a row of `TRAFFIC_COLUMNS`."""
    return {
        "segment": result.site,
        "start": iso(result.start),
        "end": iso(result.end),
        "flow": result.flow,
        "speed": result.speed,
        "occupancy": result.occupancy,
        "ratio": result.ratio,
        "level": result.level,
        "reason": result.reason,
    }


def iso(time: int) -> str:
    """Return a time [unix s] as ISO 8601 in UTC.

    Examples
    --------
    >>> iso(1769821500)
    '2026-01-31T01:05:00Z'
    """
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _unmicro(names: Iterable[str], prefix: str, values: Mapping[str, int]) -> Row:
    return {
        prefix + name: values[name] / MICRO if name in values else None
        for name in names
    }
