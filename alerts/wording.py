"""Owns how numbers, times and durations are written for readers of each language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.words import Catalogue, Language
from sensors.reading import MICRO
from streams.calc.fixed import half_up

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """One language in one time zone.

    Parameters
    ----------
    catalogue
        The words.
    language
        Whose readers write so.
    zone
        The city's time zone.
    """

    catalogue: Catalogue
    language: Language
    zone: ZoneInfo

    def say(self, key: str, **values: object) -> str:
        """Return the words at a dotted key."""
        return self.catalogue.say(self.language, key, **values)

    def number(self, micro: int, digits: int = 0) -> str:
        """Write a value [10⁻⁶]: 1.234,5 in Vietnamese, 1,234.5 in English.

        Rounded half-up to `digits` decimals.
        """
        scale = 10**digits
        whole = half_up(abs(micro) * scale, MICRO)
        text = f"{whole // scale:,}"
        if digits:
            text += f".{whole % scale:0{digits}d}"
        if self.language == "vi":
            text = text.translate({ord(","): ".", ord("."): ","})
        return f"\u2212{text}" if micro < 0 and whole else text

    def concentration(self, micro: int) -> str:
        """Write a concentration [10⁻⁶ µg/m³] with its unit, one decimal below 100."""
        digits = 1 if abs(micro) < 100 * MICRO else 0
        return f"{self.number(micro, digits)}\u00a0{self.say('unit.concentration')}"

    def clock(self, instant: int) -> str:
        """Write the time of day, 14:00."""
        return f"{datetime.fromtimestamp(instant, self.zone):%H:%M}"

    def moment(self, instant: int) -> str:
        """Write day and time: 14:00 ngày 22/11/2026, 14:00 on 22 November 2026."""
        there = datetime.fromtimestamp(instant, self.zone)
        return self.say(
            "wording.moment",
            clock=f"{there:%H:%M}",
            day=there.day,
            month=self.say(f"month.m{there.month}"),
            year=there.year,
        )

    def duration(self, seconds: int) -> str:
        """Write a duration [s] in its largest whole unit, at most two of them."""
        if seconds < _MINUTE_S:
            return self.say("wording.less_than_minute")
        days, rest = divmod(seconds, _DAY_S)
        hours, rest = divmod(rest, _HOUR_S)
        counts = (("days", days), ("hours", hours), ("minutes", rest // _MINUTE_S))
        parts = [self.say(f"wording.{unit}", count=n) for unit, n in counts if n]
        return " ".join(parts[:2])

    def listed(self, names: Sequence[str]) -> str:
        """Write names as a list in words: A, B và C."""
        if len(names) < 2:  # noqa: PLR2004  # one name is no list
            return "".join(names)
        return ", ".join(names[:-1]) + self.say("wording.and") + names[-1]


def sentence(text: str) -> str:
    """Begin `text` with a capital letter."""
    return text[:1].upper() + text[1:]
