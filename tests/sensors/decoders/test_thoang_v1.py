from typing import Any

import pytest

from sensors.decoders.thoang_v1 import Decoder
from sensors.reading import Flag
from sensors.units import UnitError

TIME = "2026-01-31T08:05:00+07:00"
NOW = 1_769_821_500


def test_air(desk: Any) -> None:
    """An air message becomes one reading a quantity, in whole micro-units."""
    got = desk.decode(
        "air/a1",
        f'{{"time":"{TIME}","revision":3,"values":{{"pm25":35.7,"pm10":51,"o3":0.1}}}}',
        redelivered=True,
    )
    assert got.values == {"pm25": 35_700_000, "pm10": 51_000_000, "o3": 100_000}
    assert got.columns.device == [0]
    assert (got.columns.end, got.columns.period) == ([NOW], [300])
    assert (got.columns.revision, got.columns.redelivered) == ([3], [True])
    assert (got.columns.count, got.columns.channel) == ([3], [0, 0, 0])
    assert got.columns.flag == [Flag.GOOD] * 3
    assert got.refused == []
    assert got.tick is None


def test_traffic(desk: Any) -> None:
    """A traffic message becomes readings by lane, the speed by how it was averaged."""
    got = desk.decode(
        "traffic/t1",
        f"""{{"time": "{TIME}", "lanes": [
            {{"lane": 1, "count": 27, "counts": {{"motorcycle": 21, "car": 6}},
              "occupancy": 0.12, "speed": 34.5, "speed_mean": "harmonic"}},
            {{"lane": 2, "speed": {{"value": 10, "unit": "m/s"}}}}
        ]}}""",
    )
    assert got.values == {
        "count": 27_000_000,
        "occupancy": 120_000,
        "speed_harmonic": 34_500_000,
        "count_motorcycle": 21_000_000,
        "count_car": 6_000_000,
        "speed_arithmetic": 36_000_000,
    }
    assert got.columns.channel == [1, 1, 1, 1, 1, 2]
    assert got.refused == []


def test_the_device_of_one_lane(desk: Any) -> None:
    """A device of one lane need not name it; its units and mean are the city file's."""
    lanes = '[{"speed": 30, "occupancy": 12.5}]'
    got = desk.decode("traffic/t-lane", f'{{"time": "{TIME}", "lanes": {lanes}}}')
    assert got.values == {"speed_harmonic": 48_280_320, "occupancy": 125_000}
    assert got.columns.channel == [2, 2]


def test_units_of_the_message_come_first(desk: Any) -> None:
    """The city file's unit holds where the message does not name another."""
    for raw, micro in [
        ("100", 196_319_018),
        ('{"value": 100, "unit": "µg/m³"}', 100_000_000),
        ('{"value": 0.1, "unit": null}', 196_319),
    ]:
        body = f'{{"time": "{TIME}", "values": {{"o3": {raw}}}}}'
        assert desk.decode("air/a-ppb", body).values == {"o3": micro}


def test_start_marks(desk: Any) -> None:
    """A device that marks the start of its period is shifted to the end."""
    body = '{"time": "2026-01-31T07:00:00+07:00", "values": {"pm25": 9.1}}'
    got = desk.decode("air/a-start", body)
    assert got.columns.end == [NOW - 300]
    assert got.columns.period == [3600]


def test_period_of_the_message(desk: Any) -> None:
    """A message may say another period than the device's usual one."""
    body = f'{{"time": "{TIME}", "period_s": 3600, "values": {{"pm25": 9.1}}}}'
    assert desk.decode("air/a1", body).columns.period == [3600]


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-31T01:05:00Z",
        "2026-01-31t01:05:00z",
        "2026-01-31 08:05:00+07:00",
        "2026-01-30T15:05:00.999999999-10:00",
    ],
)
def test_times(desk: Any, time: str) -> None:
    """Every way in which RFC 3339 writes a time is the same second."""
    body = f'{{"time": "{time}", "values": {{"pm25": 9.1}}}}'
    assert desk.decode("air/a1", body).columns.end == [NOW]


def test_status(desk: Any) -> None:
    """What an instrument sends while calibrating or in error is kept, as failed."""
    for status, flag in [("measuring", 1), ("calibrating", 4), ("error", 4)]:
        body = f'{{"time":"{TIME}","status":"{status}","values":{{"pm25":9.1}}}}'
        got = desk.decode("air/a1", body)
        assert got.columns.flag == [flag]
        assert got.values == {"pm25": 9_100_000}
    values = '{"pm25": {"value": 9.1, "status": "error"}, "pm10": 20}'
    got = desk.decode("air/a1", f'{{"time": "{TIME}", "values": {values}}}')
    assert got.columns.flag == [4, 1]


def test_unknown_keys_are_left_alone(desk: Any) -> None:
    """What a later version adds beside the known keys changes nothing."""
    body = f'{{"time": "{TIME}", "battery": [1], "values": {{"pm25": 9.1}}}}'
    got = desk.decode("air/a1", body)
    assert got.values == {"pm25": 9_100_000}
    assert got.refused == []


def test_one_bad_value_costs_only_itself(desk: Any) -> None:
    """The other values of a message are stored; each refusal says how many it cost."""
    body = f'{{"time":"{TIME}","values":{{"pm25":9.1,"o3":null,"no2":"3","PM2.5":1}}}}'
    got = desk.decode("air/a1", body)
    assert got.values == {"pm25": 9_100_000}
    assert got.reasons == {"not_a_number": 2, "unknown_quantity": 1}
    assert "perhaps pm25 was meant" in got.refused[1].detail
    assert got.refused[0].payload == body.encode()


def test_tick(desk: Any) -> None:
    """A tick gives its time and nothing else; its own future is not doubted."""
    got = desk.decode("tick", '{"time": "2027-01-31T08:05:00+07:00"}')
    assert got.tick == NOW + 365 * 86_400
    assert not got.columns
    assert got.refused == []


def test_a_tick_is_never_ahead_of_the_real_time(desk: Any) -> None:
    """One slip of a sender would make everything behind it too late, for good."""
    ahead = '{"time": "2027-01-31T08:05:00+07:00"}'
    got = desk.decode("tick", ahead, wall=NOW)
    assert (got.tick, got.reasons) == (None, {"in_the_future": 1})
    assert "the real time" in got.refused[0].detail
    assert desk.decode("tick", ahead, wall=NOW + 365 * 86_400).tick is not None


def test_what_thoang_publishes_is_left_alone(desk: Any) -> None:
    """What comes back from ``out/`` is neither read nor refused."""
    got = desk.decode("out/clock", b"{")
    assert (got.tick, len(got.columns), got.refused) == (None, 0, [])


def test_a_tick_for_the_bridges_own_clock(desk: Any) -> None:
    """In a city whose clock is the bridge's, nobody else makes time."""
    wall = type(desk)(desk.city.with_run(origin="live", clock="wall"))
    assert wall.decode("tick", f'{{"time": "{TIME}"}}').reasons == {
        "unexpected_tick": 1
    }


def test_a_wrong_unit_in_the_city_file(desk: Any) -> None:
    """A city file's unit that cannot be stops the start, with the device's name."""
    device = desk.city.devices[0].model_copy(update={"units": {"pm25": "ppb"}})
    file = desk.city.file.model_copy(update={"devices": (device,)})
    with pytest.raises(UnitError, match="device a1 in the city file: unit 'ppb'"):
        Decoder(type(desk.city)(file))
