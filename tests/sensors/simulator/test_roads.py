"""A day's traffic on the city's roads."""

import numpy as np
import pytest

from sensors.city import City
from sensors.reading import VEHICLE_CLASSES
from sensors.simulator.demand import LENGTHS, lanes_of
from sensors.simulator.flow import occupancy
from sensors.simulator.frame import Frame, frame
from sensors.simulator.roads import LaneMinutes, free_flow, roads

DAY = 20_410  # Tuesday 18 November 2025
MOTORCYCLE = VEHICLE_CLASSES.index("motorcycle")


@pytest.fixture(scope="module")
def steps(city: City) -> Frame:
    """Return the minutes of a weekday."""
    return frame(DAY, 60, city.zone)


@pytest.fixture(scope="module")
def day(city: City, steps: Frame) -> dict[str, LaneMinutes]:
    """Return a weekday without incidents."""
    return roads(1, steps, city.segments, (), frozenset())


def test_two_thirds_of_vehicles_are_motorcycles(day: dict[str, LaneMinutes]) -> None:
    """Their share is 0.60 to 0.72 over the city and on every road."""
    counts = np.stack([seen.counts.sum(axis=(0, 1)) for seen in day.values()])
    share = counts[:, MOTORCYCLE] / counts.sum(axis=1)
    assert 0.60 <= share.min() <= share.max() <= 0.72
    assert 0.64 <= counts[:, MOTORCYCLE].sum() / counts.sum() <= 0.69


def test_weekdays_have_two_peaks_and_quiet_nights(
    day: dict[str, LaneMinutes], steps: Frame
) -> None:
    """The city carries most around 7 and 17, a fraction of it around 2."""
    total = np.sum([seen.counts.sum(axis=(1, 2)) for seen in day.values()], axis=0)

    def around(hour: float) -> float:
        return float(total[np.abs(steps.hour - hour) < 0.5].mean())

    assert around(7.1) > 1.25 * around(10)
    assert around(17.3) > 1.25 * around(12.5)
    assert around(2) < 0.2 * around(17.3)


def test_nights_are_free_and_some_roads_slow_at_peaks(
    city: City, day: dict[str, LaneMinutes], steps: Frame
) -> None:
    """At night every road is near its limit; at peaks a few fall below half of it."""
    ratios = {}
    for segment in city.segments:
        seen = day[segment.id]
        ratios[segment.id] = seen.speed.mean(axis=1) / (segment.limit_kmh or 1)
    night, peak = np.abs(steps.hour - 2) < 1, np.abs(steps.hour - 17.3) < 0.5
    assert min(ratio[night].mean() for ratio in ratios.values()) > 0.85
    slow = sum(ratio[peak].mean() < 0.55 for ratio in ratios.values())
    assert 1 <= slow <= len(ratios) // 3
    assert min(ratio.min() for ratio in ratios.values()) > 0.25


def test_motorcycles_keep_to_the_kerb(day: dict[str, LaneMinutes]) -> None:
    """On a road of several lanes they are most in lane 1, cars in the outer lanes."""
    wide = next(seen for seen in day.values() if seen.counts.shape[1] >= 3)
    by_lane = wide.counts.sum(axis=0)
    assert np.all(np.diff(by_lane[:, MOTORCYCLE]) < 0)
    assert np.all(np.diff(by_lane[:, VEHICLE_CLASSES.index("car")]) > 0)
    assert np.allclose(lanes_of(4).sum(axis=0), 1.0)


def test_five_minutes_are_the_sum_of_their_minutes(day: dict[str, LaneMinutes]) -> None:
    """Counts add, occupancies average, speeds average harmonically by count."""
    seen = day["ql13-n-05"]
    counts, speed, covered = seen.over(600, 605)
    n = seen.counts[600:605].sum(axis=2)
    assert np.array_equal(counts, seen.counts[600:605].sum(axis=0))
    assert speed == pytest.approx(n.sum(axis=0) / (n / seen.speed[600:605]).sum(axis=0))
    minutes = [
        occupancy(seen.counts[m], LENGTHS, seen.speed[m], 60.0) for m in range(600, 605)
    ]
    assert covered == pytest.approx(np.mean(minutes, axis=0))
    assert counts.sum() > 0


def test_a_road_without_a_limit_is_refused(city: City) -> None:
    """What is missing in the city file is named, with the way out."""
    bare = city.segments[0].model_copy(update={"limit_kmh": None})
    with pytest.raises(ValueError, match=f"{bare.id} has no limit_kmh .* city file"):
        free_flow(bare)
