"""Owns the shape of an advice card; what is advised is `alerts.advice`'s."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AdviceCard:
    """What one group of people should do.

    Parameters
    ----------
    group
        ``everyone``, ``sensitive`` or ``outdoor``.
    title, text
        Whom it is for and what to do.
    why
        Pollutant, value, averaging, station, time.
    source
        Whose advice it is.
    until
        Until when it holds [unix s].
    """

    group: str
    title: str
    text: str
    why: str
    source: str
    until: int
