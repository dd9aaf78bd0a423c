"""Numbers, times and ages as readers of each language write them."""

from zoneinfo import ZoneInfo

import pytest

from alerts.words import Language, load_catalogue
from web.typography import Typography
from web.words import Words

AT = 1_795_356_420


def typography(language: Language) -> Typography:
    """Return the typography of a language in Vietnam."""
    words = Words(language, load_catalogue())
    return Typography(words, ZoneInfo("Asia/Ho_Chi_Minh"))


def test_numbers() -> None:
    """Vietnamese has a decimal comma, English a decimal point."""
    assert typography("vi").number(1234.56, 1) == "1.234,6"
    assert typography("en").number(1234.56, 1) == "1,234.6"
    assert typography("vi").number(-0.04, 1) == "0,0"
    assert typography("vi").number(-3) == "\u22123"


def test_times() -> None:
    """Dates stand as 22/11/2026 21:07 in Vietnamese, in the city's time."""
    assert typography("vi").moment(AT) == "22/11/2026 21:07"
    assert typography("en").moment(AT) == "22 November 2026 21:07"
    assert typography("vi").hours(AT - 420, AT + 3180) == "21:00–22:00"
    assert typography("vi").near(AT, AT + 60) == "21:07"
    assert typography("vi").near(AT, AT + 86_400) == "22/11/2026 21:07"


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0, "vừa xong", "just now"),
        (60, "1 phút trước", "1 minute ago"),
        (3599, "59 phút trước", "59 minutes ago"),
        (3600, "1 giờ trước", "1 hour ago"),
        (100_000, "27 giờ trước", "27 hours ago"),
        (200_000, "2 ngày trước", "2 days ago"),
    ],
)
def test_ages(seconds: int, vi: str, en: str) -> None:
    """An age is written in its largest whole unit."""
    assert typography("vi").ago(seconds) == vi
    assert typography("en").ago(seconds) == en
