"""Owns how old a value may be before it is called old or is no longer a value."""

from enum import StrEnum


class Freshness(StrEnum):
    """What an age means to a reader."""

    CURRENT = "current"
    OLD = "old"
    GONE = "gone"
    NEVER = "never"


def freshness(time: int | None, now: int, old_s: int, gone_s: int) -> Freshness:
    """Judge a value that stands for the time until `time` [unix s].

    >>> freshness(0, 3600, old_s=3600, gone_s=10_800)
    <Freshness.CURRENT: 'current'>
    >>> freshness(0, 10_801, old_s=3600, gone_s=10_800)
    <Freshness.GONE: 'gone'>
    """
    if time is None:
        return Freshness.NEVER
    age = now - time
    if age > gone_s:
        return Freshness.GONE
    return Freshness.OLD if age > old_s else Freshness.CURRENT
