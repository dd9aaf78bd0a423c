"""Owns the true traffic of one day: counts, speed and occupancy by minute and lane."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sensors.city.site import Segment
from sensors.simulator.demand import LENGTHS, MINUTE_S, PCU, lanes_of, load, shares
from sensors.simulator.episode import Incident
from sensors.simulator.flow import flow_of, occupancy, ratio_of
from sensors.simulator.frame import Frame
from sensors.simulator.noise import Floats, generator, wander

_STARVED: Final = 0.45  # of demand that gets past an incident


@dataclass(frozen=True, slots=True)
class LaneMinutes:
    """What crosses one segment's detectors on one day.

    Parameters
    ----------
    counts
        Vehicles by class, shape (minutes, lanes, classes).
    speed
        Harmonic mean speed [km/h], shape (minutes, lanes); meaningless where no
        vehicle came.
    spread
        Standard deviation of speeds ÷ their mean, shape (minutes,).
    """

    counts: NDArray[np.int16]
    speed: NDArray[np.float32]
    spread: NDArray[np.float32]

    def over(self, first: int, last: int) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Return counts, harmonic mean speed and occupancy over minutes [first, last).

        Speeds are averaged harmonically with counts as weights [HCM7]; lanes without
        vehicles have speed 0.
        """
        counts = self.counts[first:last].astype(np.int64)
        speed = self.speed[first:last].astype(np.float64)
        covered = occupancy(counts, LENGTHS, speed, MINUTE_S).mean(axis=0)
        by_lane = counts.sum(axis=2)
        total = by_lane.sum(axis=0)
        hours = (by_lane / speed).sum(axis=0)
        mean = np.divide(total, hours, out=np.zeros(hours.shape), where=hours > 0)
        return counts.sum(axis=0), mean, covered


def roads(
    seed: int,
    frame: Frame,
    segments: tuple[Segment, ...],
    incidents: tuple[Incident, ...],
    calm: frozenset[str],
) -> dict[str, LaneMinutes]:
    """Return the traffic of one UTC day in steps of a minute, by segment."""
    names = tuple(segment.id for segment in segments)
    demand = load(seed, frame, names, calm)
    ratio = ratio_of(demand)
    for k, name in enumerate(names):
        for incident in incidents:
            _disturb(incident, name, frame.middle, demand[:, k], ratio[:, k])
    noise = wander(seed, "speed", names, frame.day, (frame.steps, 1), memory=15.0)[
        :, :, 0
    ]
    ratio = np.clip(ratio * np.exp(0.02 * noise), 0.03, 1.02)
    mix = shares(frame)
    return {
        segment.id: _segment(
            seed, frame, segment, demand=demand[:, k], ratio=ratio[:, k], mix=mix
        )
        for k, segment in enumerate(segments)
    }


def _disturb(
    incident: Incident, name: str, time: Floats, demand: Floats, ratio: Floats
) -> None:
    """Slow `ratio` in the queue and thin out `demand` below it, in place."""
    reach = dict(incident.distance)
    if name in reach:
        queued = incident.queued(reach[name], time)
        ratio[:] = ratio * (1.0 - queued) + np.minimum(ratio, incident.ratio) * queued
        demand[:] = np.where(queued > 0.0, np.maximum(demand, 1.0), demand)
    elif name in incident.below:
        during = (time >= incident.start) & (time < incident.end)
        demand[:] = np.where(during, demand * _STARVED, demand)


def free_flow(segment: Segment) -> float:
    """Return a segment's own free-flow speed [km/h]: a little below the limit.

    Raises
    ------
    ValueError
        When the city file does not give the segment's limit or lanes.
    """
    if segment.limit_kmh is None or segment.lanes is None:
        message = (
            f"segment {segment.id} has no limit_kmh or no lanes, so its traffic cannot "
            "be simulated; add both to the city file"
        )
        raise ValueError(message)
    return segment.limit_kmh * (0.93 + 0.05 * float(generator(0, segment.id).random()))


def _segment(
    seed: int,
    frame: Frame,
    segment: Segment,
    *,
    demand: Floats,
    ratio: Floats,
    mix: Floats,
) -> LaneMinutes:
    free = free_flow(segment)
    lanes = segment.lanes or 1
    pcu = flow_of(demand, ratio, np.array(free)) * lanes
    vehicles = pcu / (mix @ PCU) * (MINUTE_S / 3600.0)
    wanted = vehicles[:, None, None] * mix[:, None, :] * lanes_of(lanes)[None]
    rng = generator(seed, "traffic", segment.id, frame.day)
    counts = rng.poisson(wanted)
    outward = 1.0 + 0.06 * (np.arange(lanes) - (lanes - 1) / 2.0)
    wobble = generator(seed, "lane", segment.id, frame.day)
    jitter = np.exp(0.03 * wobble.standard_normal((frame.steps, lanes)))
    speed = np.maximum(free * ratio[:, None] * outward * jitter, 1.5)
    return LaneMinutes(
        counts.astype(np.int16),
        speed.astype(np.float32),
        (0.12 + 0.5 * (1.0 - ratio)).astype(np.float32),
    )
