"""A station is judged over its lanes, and says when it knows too little."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from streams.calc.congestion import METHODS, REASONS, Lanes, Measures, measure
from streams.calc.fixed import Float

NAN = np.nan


def _lanes(
    count: ArrayLike,
    occupancy: ArrayLike,
    speed: ArrayLike,
    *,
    harmonic: bool = True,
    length: float = NAN,
) -> Lanes:
    shape = np.shape(count)
    return Lanes(
        count=np.array([count], dtype=np.float64),
        occupancy=np.broadcast_to(np.array(occupancy, dtype=np.float64), (1, *shape)),
        speed=np.broadcast_to(np.array(speed, dtype=np.float64), (1, *shape)),
        harmonic=np.array([harmonic]),
        slot_s=60,
        effective_length_m=np.array([length]),
        free_flow=np.array([50.0]),
    )


def _said(measures: Measures) -> tuple[str, str]:
    return METHODS[int(measures.method[0])], REASONS[int(measures.reason[0])]


FIVE = [[10.0, 5.0]] * 5


def test_lanes_and_minutes_are_averaged_harmonically() -> None:
    """10 vehicles at 50 and 5 at 25 km/h make 37.5 km/h and 900 veh/h."""
    measures = measure(_lanes(FIVE, 0.2, [50.0, 25.0]))
    assert _said(measures) == ("harmonic", "")
    np.testing.assert_allclose(measures.speed, 37.5)
    np.testing.assert_allclose(measures.ratio, 0.75)
    np.testing.assert_allclose(measures.flow, 900.0)
    np.testing.assert_allclose(measures.occupancy, 0.2)
    assert measures.vehicles[0] == 75
    assert measures.covered[0] == 5
    assert measures.valid[0]


def test_arithmetic_means_give_way_to_count_and_occupancy() -> None:
    """A sensor that averages arithmetically is read by its learned length instead."""
    measures = measure(_lanes(FIVE, 0.25, 60.0, harmonic=False, length=5.0))
    assert _said(measures) == ("occupancy", "")
    np.testing.assert_allclose(measures.speed, 75 * 5.0 / (2.5 * 60) * 3.6)


def test_arithmetic_means_alone_are_used_and_named() -> None:
    """Without a learned length the arithmetic mean is used, and said to be one."""
    measures = measure(_lanes(FIVE, 0.25, 60.0, harmonic=False))
    assert _said(measures) == ("arithmetic", "")
    np.testing.assert_allclose(measures.speed, 60.0)


def test_an_occupancy_rounded_away_gives_no_speed() -> None:
    """Hardly any occupancy would be an absurd speed: then there is none."""
    measures = measure(_lanes(FIVE, 0.001, NAN, harmonic=False, length=5.0))
    assert _said(measures) == ("none", "no_speed")


def test_speed_only_feeds_are_a_sample_by_one_interval() -> None:
    """A feed without counts has a level from one speed, and no flow."""
    one = [[NAN], [NAN], [NAN], [NAN], [NAN]]
    measures = measure(_lanes(one, NAN, [[NAN], [NAN], [NAN], [NAN], [20.0]]))
    assert _said(measures) == ("speed_only", "")
    assert measures.ratio[0] == 0.4
    assert np.isnan(measures.flow[0])


def test_a_queue_stands_although_one_loop_lies_in_a_gap() -> None:
    """Full lanes that nobody crosses are a queue, whatever the lane between reads."""
    measures = measure(_lanes([[0.0] * 3] * 5, [1.0, 0.0, 1.0], NAN))
    assert _said(measures) == ("standing", "")
    assert measures.standing[0]
    assert measures.speed[0] == measures.ratio[0] == 0
    assert measures.valid[0]


def test_one_red_light_is_not_a_standing_queue() -> None:
    """A queue must stand for two minutes: a red light holds one."""
    measures = measure(_lanes([[8.0]] * 4 + [[0.0]], [[0.3]] * 4 + [[0.9]], 30.0))
    assert not measures.standing[0]
    assert measures.valid[0]


def test_a_standing_queue_is_seen_before_the_newest_minute_has_come() -> None:
    """One minute that is still on its way does not hide a queue; two do."""
    stood = [[0.0]] * 3
    late = measure(_lanes([[0.0], *stood, [NAN]], 1.0, NAN))
    assert late.standing[0]
    silent = measure(_lanes([*stood, [NAN], [NAN]], 1.0, NAN))
    assert not silent.standing[0]


def test_a_window_of_one_slot_is_judged_by_that_slot() -> None:
    """A detector that reports every five minutes stands by one report, or not."""
    one = replace(_lanes([[0.0]], 1.0, NAN), slot_s=300)
    assert measure(one).standing[0]
    gone = replace(_lanes([[NAN]], 1.0, NAN), slot_s=300)
    assert not measure(gone).standing[0]


def test_an_empty_road_is_neither_free_nor_jammed() -> None:
    """Count 0 and occupancy 0 is a road without vehicles: no level from it."""
    measures = measure(_lanes([[0.0]] * 5, 0.0, NAN))
    assert _said(measures) == ("none", "no_vehicles")
    assert not measures.valid[0]
    assert measures.flow[0] == 0


def test_each_reason_for_too_small_a_sample() -> None:
    """Nothing, too few minutes, too few vehicles and no speed are told apart."""
    gone = [[NAN]] * 5
    assert _said(measure(_lanes(gone, NAN, NAN)))[1] == "no_data"
    few = [[9.0]] * 2 + [[NAN]] * 3
    assert _said(measure(_lanes(few, NAN, 40.0)))[1] == "few_minutes"
    assert _said(measure(_lanes([[0.0]] * 4 + [[4.0]], 0.05, 40.0)))[1] == (
        "few_vehicles"
    )
    assert _said(measure(_lanes([[0.0]] * 4 + [[4.0]], 0.10, 40.0)))[1] == ""
    assert _said(measure(_lanes(FIVE, 0.2, NAN)))[1] == "no_speed"
    unknown = replace(_lanes(FIVE, 0.2, 40.0), free_flow=np.array([NAN]))
    assert _said(measure(unknown))[1] == "no_free_flow"


def test_a_missing_minute_of_a_lane_does_not_lower_the_flow() -> None:
    """A lane's missing minute is taken to be like its others."""
    count = [[10.0, 5.0]] * 3 + [[NAN, 5.0]] * 2
    np.testing.assert_allclose(measure(_lanes(count, 0.2, 40.0)).flow, 900.0)


def test_occupancy_above_one_is_clipped_and_said() -> None:
    """An occupancy above 1 enters as 1 and leaves a mark."""
    measures = measure(_lanes(FIVE, 1.4, 5.0))
    assert measures.clipped[0]
    assert measures.occupancy[0] == 1.0


cells = st.lists(
    st.tuples(
        st.one_of(st.just(NAN), st.integers(0, 40).map(float)),
        st.one_of(st.just(NAN), st.floats(0, 1.5)),
        st.one_of(st.just(NAN), st.floats(0.5, 120)),
    ),
    min_size=10,
    max_size=10,
)


def _station(rows: list[list[tuple[float, float, float]]], *, harmonic: bool) -> Lanes:
    block: Float = np.array(rows, dtype=np.float64).reshape(len(rows), 5, 2, 3)
    count, occupancy, speed = np.moveaxis(block, -1, 0)
    return Lanes(
        count=count,
        occupancy=occupancy,
        speed=speed,
        harmonic=np.full(len(rows), harmonic),
        slot_s=60,
        effective_length_m=np.full(len(rows), 5.0),
        free_flow=np.full(len(rows), 50.0),
    )


def _pad(values: Float) -> Float:
    return np.pad(values, ((0, 0), (0, 0), (0, 1)), constant_values=NAN)


@given(st.lists(cells, min_size=1, max_size=4), st.booleans())
def test_stations_do_not_touch_each_other(
    rows: list[list[tuple[float, float, float]]],
    harmonic: bool,  # noqa: FBT001  # drawn
) -> None:
    """Many stations at once give what each gives alone, padded with empty lanes."""
    together = measure(_station(rows, harmonic=harmonic))
    for place, row in enumerate(rows):
        alone = _station([row], harmonic=harmonic)
        padded = replace(
            alone,
            count=_pad(alone.count),
            occupancy=_pad(alone.occupancy),
            speed=_pad(alone.speed),
        )
        one = measure(padded)
        for name in Measures.__slots__:
            np.testing.assert_allclose(
                getattr(together, name)[place], getattr(one, name)[0], rtol=1e-12
            )


@given(cells, st.booleans())
def test_a_valid_sample_has_a_ratio(
    row: list[tuple[float, float, float]],
    harmonic: bool,  # noqa: FBT001  # drawn
) -> None:
    """Where a sample is valid there is a ratio, and a method it was made by."""
    measures = measure(_station([row], harmonic=harmonic))
    if measures.valid[0]:
        assert measures.ratio[0] >= 0
        assert measures.method[0] > 0
    assert measures.valid[0] == (measures.reason[0] == 0)
