"""Histories played as if devices sent them: one recorded format a file.

A history brings a city of its own, derived from the file; it is published through the
bridge like anything else, or computed without any broker.
"""

from sensors.replay.formats import FORMATS, open_history
from sensors.replay.history import History, HistoryError, Message, Step
from sensors.replay.timeline import Tick, timeline

__all__ = [
    "FORMATS",
    "History",
    "HistoryError",
    "Message",
    "Step",
    "Tick",
    "open_history",
    "timeline",
]
