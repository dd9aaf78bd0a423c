"""Owns which episodes there are: those that a fill ends in, and the odd one later.

Every fill has an anchor, the event time at which it ends; the anchors and the seed
settle all episodes, so that any minute can be made again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sensors.city import City
from sensors.city.site import Segment
from sensors.simulator.episode import Incident, Smoke
from sensors.simulator.frame import DAY_S
from sensors.simulator.noise import generator
from sensors.simulator.reach import upstream
from sensors.simulator.settings import JamSettings, SmokeSettings

ODD_SMOKES: Final = 0.3
"""Chance of a smoke on a day without an anchor."""
ODD_INCIDENTS: Final = 2
"""Incidents on a day, besides those of the anchors."""


@dataclass(frozen=True)
class Scene:
    """Where things happen in a city.

    Parameters
    ----------
    city
        The city.
    seed
        Settles the episodes besides those of the anchors.
    smoke, jam
        How the anchors' episodes are.
    anchors
        Event times [unix s] at which fills end.
    """

    city: City
    seed: int
    smoke: SmokeSettings
    jam: JamSettings
    anchors: tuple[int, ...] = ()

    @cached_property
    def smoke_area(self) -> str | None:
        """The operations area of the anchors' smoke; None in a city without one.

        Raises
        ------
        ValueError
            When the settings name an area in which no station stands.
        """
        count = self._regulatory
        ranked = sorted(count, key=lambda area: (-count[area], area))
        wanted = self.smoke.area
        if wanted is None:
            return next(iter(ranked), None)
        if not self._covered(wanted):
            message = (
                f"smoke.area: no station of {self.city.id} is in an operations area "
                f"{wanted!r}; wanted one of {', '.join(ranked) or 'none there is'}"
            )
            raise ValueError(message)
        return wanted

    @cached_property
    def jam_segment(self) -> str | None:
        """The segment of the anchors' incident; None in a city without roads.

        Raises
        ------
        ValueError
            When the settings name a segment that the city does not observe.
        """
        reach = {s.id: upstream(self.city, s).values() for s in self._observed}
        ranked = sorted(reach, key=lambda s: (-len(reach[s]), sum(reach[s]), s))
        wanted = self.jam.segment
        if wanted is None:
            return next(iter(ranked), None)
        if wanted not in reach:
            message = (
                f"jam.segment: {self.city.id} has no segment {wanted!r} with a traffic "
                f"device; wanted one such as {', '.join(ranked[:3]) or 'none there is'}"
            )
            raise ValueError(message)
        return wanted

    @cached_property
    def calm(self) -> frozenset[str]:
        """Segments around the anchors' incident: no other trouble befalls them."""
        segment = self.city.segment(self.jam_segment or "")
        if segment is None:
            return frozenset()
        return frozenset({*upstream(self.city, segment), *segment.downstream})

    @cached_property
    def smoky(self) -> frozenset[str]:
        """Stations of the anchors' smoke: their devices do not fail."""
        return (
            frozenset() if self.smoke_area is None else self._covered(self.smoke_area)
        )

    def smokes(self, day: int) -> tuple[Smoke, ...]:
        """Return the smoke episodes that touch a UTC day."""
        known = [self._anchored_smoke(anchor) for anchor in self.anchors]
        for other in (day - 1, day):
            known += self._odd_smokes(other)
        return tuple(e for e in known if _touches(e.start, e.end, day))

    def incidents(self, day: int) -> tuple[Incident, ...]:
        """Return the incidents that touch a UTC day."""
        name = self.jam_segment
        known = [self._anchored_incident(name, a) for a in self.anchors if name]
        for other in (day - 1, day):
            known += self._odd_incidents(other)
        return tuple(e for e in known if _touches(e.start, e.end + 3600, day))

    @cached_property
    def _observed(self) -> tuple[Segment, ...]:
        sites = {device.site for device in self.city.devices}
        return tuple(s for s in self.city.segments if s.id in sites)

    @cached_property
    def _regulatory(self) -> dict[str, int]:
        """Regulatory stations by operations district (or what is nearest to one)."""
        found: dict[str, int] = {}
        for station in self.city.stations:
            area = self.city.operations_area(station.id)
            if area is not None and station.station_class == "regulatory":
                found[area] = found.get(area, 0) + 1
        districts = {
            area: n
            for area, n in found.items()
            if self._kind(area) == "district_centre"
        }
        return districts or found

    def _kind(self, area_id: str) -> str:
        area = self.city.area(area_id)
        return "" if area is None else area.kind

    def _covered(self, area: str) -> frozenset[str]:
        return frozenset(
            s.id for s in self.city.stations if self.city.operations_area(s.id) == area
        )

    def _anchored_smoke(self, anchor: int) -> Smoke:
        s = self.smoke
        return Smoke(
            stations=self.smoky,
            start=anchor - 60 * s.age_min,
            strength=s.strength,
            rise_s=60 * s.rise_min,
            hold_s=60 * s.hold_min,
            fall_s=60 * s.fall_min,
        )

    def _anchored_incident(self, name: str, anchor: int) -> Incident:
        start = anchor - 60 * self.jam.age_min
        end = start + 60 * self.jam.length_min
        return self._incident(name, start, end, self.jam.ratio)

    def _incident(self, name: str, start: int, end: int, ratio: float) -> Incident:
        segment = self.city.segment(name)
        if segment is None:  # pragma: no cover  # names come from the city
            raise KeyError(name)
        reach = tuple(upstream(self.city, segment).items())
        return Incident(name, start, end, ratio, reach, frozenset(segment.downstream))

    def _odd_smokes(self, day: int) -> Iterator[Smoke]:
        rng = generator(self.seed, "odd smoke", day)
        chance, strength, start, hold = rng.random(4)
        areas = sorted(set(self._regulatory) - {self.smoke_area})
        if chance > ODD_SMOKES or not areas:
            return
        yield Smoke(
            stations=self._covered(areas[int(rng.integers(len(areas)))]),
            start=day * DAY_S + int(start * DAY_S),
            strength=50.0 + 110.0 * strength,
            rise_s=1800,
            hold_s=int(3600 + 5400 * hold),
            fall_s=5400,
        )

    def _odd_incidents(self, day: int) -> Iterator[Incident]:
        rng = generator(self.seed, "odd incident", day)
        names = sorted({s.id for s in self._observed} - self.calm)
        for _ in range(ODD_INCIDENTS if names else 0):
            name = names[int(rng.integers(len(names)))]
            start = day * DAY_S + int(rng.integers(DAY_S))
            length = 60 * int(rng.integers(15, 46))
            ratio = float(rng.uniform(0.1, 0.2))
            yield self._incident(name, start, start + length, ratio)


def _touches(start: int, end: int, day: int) -> bool:
    return start < (day + 1) * DAY_S and end > day * DAY_S
