"""The default rules on the simulated city, through the very code that runs live."""

from collections.abc import Iterator

import numpy as np
import pytest

from alerts.evaluator import Evaluator
from alerts.rulefile import load_rules
from alerts.transition import Transition
from sensors.batch import Columns, Sorter
from sensors.city import City
from sensors.decoders.thoang_v1 import Decoder
from sensors.reading import QUANTITIES, ReadingBatch
from sensors.simulator.feed import Feed
from sensors.simulator.scene import Scene
from sensors.simulator.settings import JamSettings, SmokeSettings
from streams.air_quality import AirQualityRules
from streams.traffic import TrafficRules

NOON = 1_795_323_600
AIR = np.array([quantity.kind == "air" for quantity in QUANTITIES])


def readings(city: City, feed: Feed, begin: int, end: int) -> Iterator[ReadingBatch]:
    """Yield what devices say, one batch a minute."""
    decoder, columns = Decoder(city), Columns()
    sorter = Sorter(city.devices, lambda _site: 0)
    for now in range(begin + 60, end + 1, 60):
        for message in feed.at(now):
            decoder.decode(
                message.topic,
                message.payload,
                now=now,
                redelivered=False,
                into=columns,
                refusals=[],
            )
        yield sorter.split(columns)[0]
        columns.clear()


def told(city: City, end: int) -> list[Transition]:
    """Return what people hear around the end of a fill."""
    scene = Scene(city, 1, SmokeSettings(), JamSettings(), (end,))
    air = AirQualityRules(city, city.stations)
    roads = TrafficRules(city, city.segments)
    evaluator = Evaluator(load_rules(), city)
    begin, last = end - 9_000, end + 60
    found: list[Transition] = []
    now = begin
    for batch in readings(city, Feed(scene), begin, last):
        now += 60
        is_air = AIR[batch.quantity]
        hours = air.apply(batch.take(is_air), "simulated") + air.tick(now)
        states = roads.apply(batch.take(~is_air), "simulated") + roads.tick(now)
        found += [t for t in evaluator.step(now, hours, states) if t.kind == "raise"]
    wanted = {("air-area", scene.smoke_area), ("traffic-queue", scene.jam_segment)}
    return [t for t in found if (t.rule, t.scope_id) in wanted]


@pytest.mark.parametrize("minute", [0, 23])
def test_the_smoke_and_the_jam_of_the_first_city_are_told_in_time(
    real_city: City, minute: int
) -> None:
    """The smoke in the last quarter of an hour of the fill, the jam at its end."""
    end = NOON + minute * 60
    found = {
        t.rule: t
        for t in told(real_city.with_run(origin="simulated", clock="messages"), end)
    }
    assert set(found) == {"air-area", "traffic-queue"}
    assert -15 * 60 <= found["air-area"].known - end <= 60
    assert -60 <= found["traffic-queue"].known - end <= 60
    assert not any(t.late for t in found.values())
