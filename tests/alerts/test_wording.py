"""Numbers, times and durations as readers write them."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.wording import Wording, sentence
from alerts.words import Catalogue, Language

T0 = 1_795_359_600
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def vi(catalogue: Catalogue) -> Wording:
    """Return Vietnamese."""
    return Wording(catalogue, "vi", ZONE)


@pytest.fixture
def en(catalogue: Catalogue) -> Wording:
    """Return English."""
    return Wording(catalogue, "en", ZONE)


def test_vietnamese_writes_decimals_with_a_comma(vi: Wording, en: Wording) -> None:
    """1.234,5 and 1,234.5; a minus that is a minus."""
    assert vi.number(1_234_500_000, 1) == "1.234,5"
    assert en.number(1_234_500_000, 1) == "1,234.5"
    assert vi.number(-2_500_000, 1) == "−2,5"
    assert vi.number(-1) == "0"


def test_concentrations_carry_their_unit(vi: Wording) -> None:
    """One decimal below 100, none above."""
    assert vi.concentration(55_750_000) == "55,8\u00a0µg/m³"
    assert vi.concentration(174_120_000) == "174\u00a0µg/m³"


def test_a_moment_is_written_in_the_citys_time(vi: Wording, en: Wording) -> None:
    """As Vietnamese readers write it."""
    assert vi.moment(T0) == "22:00 ngày 22/11/2026"
    assert en.moment(T0) == "22:00 on 22 November 2026"
    assert vi.moment(1_767_200_400) == "00:00 ngày 01/01/2026"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (20, "dưới 1 phút"),
        (60, "1 phút"),
        (5_400, "1 giờ 30 phút"),
        (90_000, "1 ngày 1 giờ"),
        (86_400, "1 ngày"),
    ],
)
def test_a_duration_has_at_most_two_units(vi: Wording, seconds: int, text: str) -> None:
    """The largest ones."""
    assert vi.duration(seconds) == text


def test_names_are_listed_in_words(vi: Wording, en: Wording) -> None:
    """Commas, and an "and" before the last."""
    assert vi.listed(["A", "B", "C"]) == "A, B và C"
    assert en.listed(["A", "B"]) == "A and B"
    assert en.listed(["A"]) == "A"
    assert en.listed([]) == ""


def test_a_sentence_begins_with_a_capital(vi: Wording) -> None:
    """The rest is left alone."""
    assert sentence("đường Điện Biên Phủ") == "Đường Điện Biên Phủ"
    assert vi.say("language") == "Tiếng Việt"


@given(st.integers(-(10**15), 10**15), st.integers(0, 3))
def test_a_written_number_is_never_further_off_than_half_a_digit(
    micro: int, digits: int
) -> None:
    """Half-up, exact, whatever the size."""
    wording = Wording(Catalogue({}), _ENGLISH, ZONE)
    text = wording.number(micro, digits).replace(",", "").replace("−", "-")
    assert abs(float(text) - micro / 1e6) <= 0.5 / 10**digits * 1.000001 + 1e-6


_ENGLISH: Language = "en"
