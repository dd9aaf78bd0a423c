"""What the lanes of a station say together: flow, speed, ratio, and if that is enough.

One evaluation of n segments over a window of slots, usually five minutes of one
minute each. Levels over time are in `streams.calc.level`, queues that stand in
`streams.calc.standing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from streams.calc.fixed import Bool, Float, Int8, Int64
from streams.calc.floats import average, quotient, total
from streams.calc.flow import HOUR_S, clip_occupancy
from streams.calc.speed import KMH_PER_M_S, space_mean
from streams.calc.standing import StandingPolicy, standing
from streams.calc.travel_time import ratio_to_free_flow

METHODS: Final = (
    "none",
    "harmonic",
    "occupancy",
    "arithmetic",
    "speed_only",
    "standing",
)
"""How the speed was made, by code; arithmetic and speed_only deserve little trust."""
NO_METHOD, HARMONIC, OCCUPANCY, ARITHMETIC, SPEED_ONLY, STANDING = range(len(METHODS))

REASONS: Final = (
    "",
    "no_data",
    "few_minutes",
    "no_vehicles",
    "few_vehicles",
    "no_speed",
    "no_free_flow",
)
"""Why a sample is not valid, by code; empty where it is."""

_WINDOW: Final = (-2, -1)


@dataclass(frozen=True, slots=True)
class SamplePolicy:
    """What a level may rest on; all values are our choice and configurable.

    Parameters
    ----------
    least_share
        Share of the slots of the window in which at least one lane reported.
    least_vehicles, least_occupancy
        Either so many vehicles, or the road this full [0..1].
    standing
        When a queue stands, which is sample enough.
    fastest_kmh
        A speed from count and occupancy above this is the rounding of a small
        occupancy, and no speed.
    """

    least_share: float = 0.6
    least_vehicles: int = 5
    least_occupancy: float = 0.10
    standing: StandingPolicy = field(default_factory=StandingPolicy)
    fastest_kmh: float = 200.0


@dataclass(frozen=True, slots=True)
class Lanes:
    """What the lanes of n segments reported; NaN where nothing, and for padding.

    Parameters
    ----------
    count, occupancy, speed
        Vehicles, share of time [0..1] and mean speed [km/h], each of shape
        ``(n, slots, lanes)``, oldest slot first. A speed not above 0 is not measured.
    harmonic
        Shape ``(n,)``: the sensor's mean speeds are harmonic.
    slot_s
        Length of a slot [s].
    effective_length_m
        Shape ``(n,)``: vehicle plus zone, as learned [m]; NaN where not known.
    free_flow
        Shape ``(n,)`` [km/h].
    """

    count: Float
    occupancy: Float
    speed: Float
    harmonic: Bool
    slot_s: int
    effective_length_m: Float
    free_flow: Float


@dataclass(frozen=True, slots=True)
class Measures:
    """One evaluation of n segments; every array has shape ``(n,)``.

    Parameters
    ----------
    vehicles
        Counted in the window.
    flow
        [veh/h] of all lanes that reported; a missing slot of a lane is taken to be
        like the lane's others.
    occupancy
        Mean over lanes and slots [0..1].
    speed
        Space mean [km/h]; 0 where a queue stands.
    ratio
        Speed ÷ free-flow speed.
    standing
        A queue stands.
    valid
        The sample is enough for a level.
    clipped
        An occupancy above 1 was brought down to 1.
    covered
        Slots in which at least one lane counted; of a feed that never counts, those
        with a speed.
    method, reason
        Places in `METHODS` and `REASONS`.
    """

    vehicles: Float
    flow: Float
    occupancy: Float
    speed: Float
    ratio: Float
    standing: Bool
    valid: Bool
    clipped: Bool
    covered: Int64
    method: Int8
    reason: Int8


DEFAULT: Final = SamplePolicy()


def measure(lanes: Lanes, policy: SamplePolicy = DEFAULT) -> Measures:
    """Evaluate n segments over one window."""
    occupancy, above = clip_occupancy(lanes.occupancy)
    stand = standing(lanes.count, occupancy, lanes.slot_s, policy.standing)
    speed, method = _speed(lanes, occupancy, stand, policy)
    covered = _covered(lanes)
    vehicles = total(lanes.count, _WINDOW)
    filled = average(occupancy, _WINDOW)
    ratio = ratio_to_free_flow(speed, lanes.free_flow)
    no_ratio = np.isnan(ratio)
    causes = (
        ("no_data", covered == 0),
        ("few_minutes", covered < policy.least_share * lanes.count.shape[1]),
        ("no_vehicles", (vehicles == 0) & ~(filled > 0)),
        (
            "few_vehicles",
            (vehicles < policy.least_vehicles) & ~(filled >= policy.least_occupancy),
        ),
        ("no_speed", np.isnan(speed)),
        ("no_free_flow", no_ratio),
    )
    reason = _first_of(causes, stand | ((method == SPEED_ONLY) & ~no_ratio))
    return Measures(
        vehicles=vehicles,
        flow=_flow(lanes),
        occupancy=filled,
        speed=speed,
        ratio=np.where(stand, 0.0, ratio),
        standing=stand,
        valid=reason == 0,
        clipped=np.asarray(above.any(axis=_WINDOW)),
        covered=covered,
        method=method,
        reason=reason,
    )


def _counts(lanes: Lanes) -> Bool:
    return np.asarray(~np.isnan(lanes.count).all(axis=_WINDOW))


def _covered(lanes: Lanes) -> Int64:
    counts = _counts(lanes)[:, None, None]
    reported = np.where(counts, ~np.isnan(lanes.count), lanes.speed > 0)
    covered = np.count_nonzero(reported.any(axis=2), axis=1)
    return np.asarray(covered, dtype=np.int64)


def _speed(
    lanes: Lanes, occupancy: Float, stand: Bool, policy: SamplePolicy
) -> tuple[Float, Int8]:
    counted = _counts(lanes)
    by_occupancy = _speed_by_occupancy(lanes, occupancy, policy.fastest_kmh)
    weighted = space_mean(lanes.speed, lanes.count, _WINDOW)
    choices = (
        (STANDING, stand, np.zeros(len(stand))),
        (HARMONIC, lanes.harmonic, weighted),
        (OCCUPANCY, counted, by_occupancy),
        (ARITHMETIC, ~lanes.harmonic, weighted),
        (SPEED_ONLY, ~counted, _speed_alone(lanes, counted)),
    )
    speed = np.full(len(stand), np.nan)
    method = np.full(len(stand), NO_METHOD, dtype=np.int8)
    # Backwards, so that the first choice there is stands.
    for code, where, candidate in reversed(choices):
        chosen = where & ~np.isnan(candidate)
        speed[chosen] = candidate[chosen]
        method[chosen] = code
    return speed, method


def _speed_alone(lanes: Lanes, counted: Bool) -> Float:
    if counted.all():
        return np.full(len(counted), np.nan)
    return space_mean(lanes.speed, axis=_WINDOW)


def _speed_by_occupancy(lanes: Lanes, occupancy: Float, fastest: float) -> Float:
    if np.isnan(lanes.effective_length_m).all():
        return lanes.effective_length_m
    both = ~(np.isnan(lanes.count) | np.isnan(occupancy))
    count = np.where(both, lanes.count, 0.0).sum(axis=_WINDOW)
    occupied = np.where(both, occupancy, 0.0).sum(axis=_WINDOW) * lanes.slot_s
    travelled = count * lanes.effective_length_m * KMH_PER_M_S
    plausible = (travelled > 0) & (travelled <= fastest * occupied)
    return quotient(np.where(plausible, travelled, np.nan), occupied)


def _flow(lanes: Lanes) -> Float:
    per_slot = average(lanes.count, axis=1)
    return total(per_slot, axis=1) * HOUR_S / lanes.slot_s


def _first_of(causes: Sequence[tuple[str, Bool]], enough: Bool) -> Int8:
    """Return the code of the first cause that holds, 0 where the sample is enough."""
    code = np.zeros(len(enough), dtype=np.int8)
    for cause, where in reversed(causes):
        code[where] = REASONS.index(cause)
    code[enough] = 0
    return code
