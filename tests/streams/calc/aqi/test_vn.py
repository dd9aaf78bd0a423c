"""VN_AQI follows the Decision's table, for one site and for many."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calc.aqi import vn
from streams.calc.aqi.standard import Above, Category
from streams.calc.fixed import MICRO, MISSING, Int64

columns = st.sampled_from(sorted(vn.COLUMNS))
concentrations = st.integers(0, 200_000 * MICRO)


def _array(*values: int) -> Int64:
    return np.array(values, dtype=np.int64)


@pytest.mark.parametrize("column", sorted(vn.COLUMNS))
def test_table_is_whole(column: str) -> None:
    """Each row begins where the last ended, rises, and gives both its indices."""
    table = vn.COLUMNS[column]
    assert table.rows[0].low == table.rows[0].index_low == 0
    for before, row in zip(table.rows, table.rows[1:], strict=False):
        assert (row.low, row.index_low) == (before.high, before.index_high)
    for row in table.rows:
        assert row.low < row.high
        assert row.index_low < row.index_high
        ends = _array(row.low, row.high) * MICRO
        assert vn.sub_index(column, ends).tolist() == [row.index_low, row.index_high]
    last = 300 if table.above is Above.NO_INDEX else 500
    assert table.rows[-1].index_high == last


@given(columns, concentrations)
def test_arrays_agree_with_fractions(column: str, concentration: int) -> None:
    """The array form is the exact one, rounded half-up."""
    exact = vn.sub_index_of(column, Fraction(concentration, MICRO))
    index = int(vn.sub_index(column, _array(concentration))[0])
    assert index == (MISSING if exact.index is None else exact.index)
    beyond = vn.beyond_scale(column, _array(concentration))
    assert bool(beyond[0]) == exact.beyond_scale


@given(columns, concentrations, concentrations)
def test_more_pollution_is_never_a_lower_index(column: str, a: int, b: int) -> None:
    """The sub-index is monotone wherever the table gives one."""
    low, high = vn.sub_index(column, _array(min(a, b), max(a, b))).tolist()
    assert low <= high or high == MISSING


@given(columns.filter(lambda name: name != "o3_8h"), st.integers(0, 2**63 - 1))
def test_every_concentration_has_an_index(column: str, concentration: int) -> None:
    """The sub-index is total over [0, ∞), 500 and flagged above the last row."""
    index = int(vn.sub_index(column, _array(concentration))[0])
    assert 0 <= index <= 500
    if vn.beyond_scale(column, _array(concentration))[0]:
        assert index == 500


def test_category_edges() -> None:
    """Both sides of every category edge are where the Decision puts them."""
    edges = _array(0, 50, 51, 100, 101, 150, 151, 200, 201, 300, 301, 500, MISSING)
    expected = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, -1]
    assert vn.category_of(edges).tolist() == expected


def test_categories_cover_the_scale() -> None:
    """Categories follow each other from 0 to 500 without gap or overlap."""
    assert vn.CATEGORIES[0].lowest == 0
    assert vn.CATEGORIES[-1].highest == 500
    for order, category in enumerate(vn.CATEGORIES):
        assert category.order == order
    for before, after in zip(vn.CATEGORIES, vn.CATEGORIES[1:], strict=False):
        assert after.lowest == before.highest + 1


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("category", vn.CATEGORIES, ids=lambda c: c.code)
def test_ink_can_be_read_on_the_official_colour(category: Category) -> None:
    """Text on a category's colour has a contrast of at least 4.5 to 1."""
    light, dark = sorted(
        (_luminance(category.colour), _luminance(category.ink)), reverse=True
    )
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_many_sites_at_once() -> None:
    """Each site has its own index, dominant pollutant, category and reason."""
    index = vn.hourly(
        means={
            "o3": _array(136_100_000, 136_100_000, MISSING, MISSING),
            "no2": _array(118_700_000, 118_700_000, MISSING, 10 * MICRO),
            "pm25": _array(400 * MICRO, MISSING, MISSING, MISSING),
        },
        nowcast={"pm25": _array(20_265_765, MISSING, MISSING, 501 * MICRO)},
    )
    assert index.aqi.tolist() == [59, MISSING, MISSING, 500]
    assert index.category.tolist() == [1, -1, -1, 5]
    assert index.beyond_scale.tolist() == [False, False, False, True]
    sites = [index.at(place) for place in range(4)]
    assert [site.dominant for site in sites] == ["no2", None, None, "pm25"]
    assert [site.reason for site in sites] == ["", "no_pm", "no_data", ""]
    assert sites[0].sub == {"o3": 43, "no2": 59, "pm25": 41}
    assert sites[1].sub == {"o3": 43, "no2": 59, "pm25": None}
    assert sites[3].category == vn.CATEGORIES[5]


@given(st.lists(st.tuples(*[concentrations] * 4), min_size=2, max_size=6))
def test_permuting_stations_changes_nothing(rows: list[tuple[int, ...]]) -> None:
    """A site's index does not depend on its neighbours in the array."""
    table = np.array(rows, dtype=np.int64)
    forth, back = (
        vn.daily(
            {"pm25": part[:, 0], "pm10": part[:, 1]},
            {"o3": part[:, 2]},
            {"o3": part[:, 3]},
        )
        for part in (table, table[::-1])
    )
    assert forth.aqi.tolist() == back.aqi[::-1].tolist()
    assert forth.dominant.tolist() == back.dominant[::-1].tolist()


def test_equal_sub_indices_name_the_first_pollutant() -> None:
    """Of equals PM2.5 is named before PM10, always the same."""
    index = vn.hourly({}, {"pm10": _array(50 * MICRO), "pm25": _array(25 * MICRO)})
    assert index.at(0).dominant == "pm25"


def test_daily_ozone_takes_the_higher_of_both_columns() -> None:
    """The day's ozone is the worse of its 1-hour and its 8-hour sub-index."""
    day = vn.daily(
        {"pm25": _array(MICRO, MICRO)},
        {"o3": _array(160 * MICRO, 160 * MICRO)},
        {"o3": _array(120 * MICRO, 401 * MICRO)},
    )
    assert day.sub["o3"].tolist() == [100, 50]


def test_negative_concentrations_have_no_index() -> None:
    """A concentration below zero is no air quality, good or bad."""
    assert vn.sub_index("pm25", _array(-1)).tolist() == [MISSING]
    assert vn.sub_index_of("pm25", -1).index is None


def test_unknown_names_are_refused() -> None:
    """A wrong name is an error that says what is known, not a missing value."""
    with pytest.raises(ValueError, match=r"no column 'pm1'; it has .*pm25"):
        vn.sub_index("pm1", _array(1))
    with pytest.raises(ValueError, match="not temperature"):
        vn.hourly({"temperature": _array(1)}, {})
    with pytest.raises(ValueError, match="at least one"):
        vn.hourly({}, {})
