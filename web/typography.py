"""Owns how numbers, times and ages are written for readers of each language."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alerts.wording import Wording
from sensors.reading import MICRO
from web.words import Words

MINUTE = 60
HOUR = 3600
DAY = 86_400


def rfc3339(instant: int) -> str:
    """Write an instant [unix s] for machines.

    >>> rfc3339(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True, eq=False)
class Typography:
    """Numbers and times as readers of `words.language` write them.

    Parameters
    ----------
    words
        Words of the language.
    zone
        The city's time zone.
    """

    words: Words
    zone: ZoneInfo

    @property
    def wording(self) -> Wording:
        """How alerts write for the same readers."""
        return Wording(self.words.catalogue, self.words.language, self.zone)

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number: 1.234,5 in Vietnamese, 1,234.5 in English."""
        return self.wording.number(round(value * MICRO), digits)

    def percent(self, fraction: float) -> str:
        """Write a fraction 0 to 1 as whole percent."""
        return f"{int(fraction * 100 + 0.5)}\u00a0%"

    def local(self, instant: int) -> datetime:
        """Return an instant [unix s] in the city's time."""
        return datetime.fromtimestamp(instant, self.zone)

    def clock(self, instant: int) -> str:
        """Write the time of day, 14:00."""
        return f"{self.local(instant):%H:%M}"

    def date(self, instant: int) -> str:
        """Write the day: 22/11/2026 in Vietnamese, 22 Nov 2026 in English."""
        there = self.local(instant)
        month = self.words(f"month.m{there.month}")
        return self.words(
            "web.date", d=f"{there:%d}", m=month, y=there.year, day=there.day
        )

    def moment(self, instant: int) -> str:
        """Write day and time of day: 22/11/2026 14:00."""
        return f"{self.date(instant)} {self.clock(instant)}"

    def near(self, instant: int, now: int) -> str:
        """Write the time of day, with the day when it is not today."""
        same_day = self.local(instant).date() == self.local(now).date()
        return self.clock(instant) if same_day else self.moment(instant)

    def hours(self, start: int, end: int) -> str:
        """Write an interval within a day: 13:00–14:00."""
        return f"{self.clock(start)}\u2013{self.clock(end)}"

    def span(self, seconds: int) -> str:
        """Write a duration: 40 minutes, 3 hours, 2 days."""
        if seconds < MINUTE:
            return self.words("web.span.moment")
        for unit, size in (("day", DAY), ("hour", HOUR), ("minute", MINUTE)):
            if seconds >= size * (2 if unit == "day" else 1):
                count = seconds // size
                break
        form = "one" if count == 1 else "many"
        return self.words(f"web.span.{unit}_{form}", n=count)

    def ago(self, seconds: int) -> str:
        """Write an age: just now, 40 minutes ago."""
        if seconds < MINUTE:
            return self.words("web.span.now")
        return self.words("web.span.ago", span=self.span(seconds))

    def hour_or_day(self, instant: int) -> str:
        """Write a mark of a time axis: 14:00, or the day at midnight, 22/11."""
        there = self.local(instant)
        if there.hour or there.minute:
            return f"{there:%H:%M}"
        month = self.words(f"month.m{there.month}")
        return self.words("web.day", d=f"{there:%d}", m=month, day=there.day)
